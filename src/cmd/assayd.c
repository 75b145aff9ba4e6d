/* assayd.c: the collateral service as a program. */
#include <stdio.h>
#include <time.h>

#include "exit_code.h"
#include "serve/command.h"

int main(int count, char **words)
{
    int code = assayd_command(words + 1, count > 0 ? (size_t)(count - 1) : 0, (int64_t)time(NULL));
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "assayd: standard output can't be written\n");
        return EXIT_CODE_ENVIRONMENT;
    }
    return code;
}
