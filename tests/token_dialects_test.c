/* token_dialects_test.c */
#include "support.h"
int main(void)
{
    return 0;
}
