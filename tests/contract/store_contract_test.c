/* store_contract_test.c: what src/store/store.h promises, on the engine that ASSAY_STORE_URL names
 * (PostgreSQL by tests/with-postgres) or, without it, on SQLite. */
#include "contract/contract.h"

enum { TEST_MAX = 128 };

int main(void)
{
    static const contract_part *const parts[] = { &schema_contract,     &item_contract,
                                                  &platform_contract,   &inventory_contract,
                                                  &record_contract,     &replica_contract,
                                                  &concurrency_contract };
    struct CMUnitTest tests[TEST_MAX];
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        for (size_t j = 0; j < parts[i]->count && count < TEST_MAX; j++)
            tests[count++] = parts[i]->tests[j];
    }
    return _cmocka_run_group_tests("store_contract", tests, count, NULL, NULL);
}
