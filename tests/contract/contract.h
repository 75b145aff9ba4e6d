/* contract.h: the parts of the contract, each test on a fresh store of either engine. */
#ifndef TESTS_CONTRACT_CONTRACT_H
#define TESTS_CONTRACT_CONTRACT_H

#include "contract/fixture.h"
#include "contract/samples.h"

typedef struct contract_part {
    const struct CMUnitTest *tests;
    size_t count;
} contract_part;

#define CONTRACT_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_new, fixture_free)
/* The test opens the store itself. */
#define CONTRACT_TEST_CLOSED(function)                                                             \
    cmocka_unit_test_setup_teardown(function, fixture_place, fixture_free)
#define CONTRACT_PART(tests)                                                                       \
    {                                                                                              \
        (tests), COUNT_OF(tests)                                                                   \
    }

extern const contract_part schema_contract;
extern const contract_part item_contract;
extern const contract_part platform_contract;
extern const contract_part inventory_contract;
extern const contract_part record_contract;
extern const contract_part replica_contract;
extern const contract_part concurrency_contract;

#endif
