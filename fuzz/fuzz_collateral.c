/* fuzz_collateral.c: any bytes as a bundle of collateral: whatever loads can be asked, and written
 * out and read back to the same outcome. No root but Intel's is trusted. */
#include <stdlib.h>

#include "collateral/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Checks that rest on others never pass without them. */
static void promises(const assay_collateral *collateral)
{
    static const struct {
        collateral_check check, rests_on;
    } rows[] = {
        { CHECK_TCB_SIGNATURE, CHECK_TCB_SIGNER },
        { CHECK_TCB_SIGNATURE, CHECK_TCB_INFO },
        { CHECK_IDENTITY_SIGNATURE, CHECK_IDENTITY_SIGNER },
        { CHECK_IDENTITY_SIGNATURE, CHECK_QE_IDENTITY },
        { CHECK_TCB_SIGNER, CHECK_ROOT_CRL },
        { CHECK_IDENTITY_SIGNER, CHECK_ROOT_CRL },
        { CHECK_PCK_CRL, CHECK_ROOT_CRL },
        { CHECK_ROOT_CRL, CHECK_CHAINS },
        { CHECK_ROOT_CRL, CHECK_CRLS },
        { CHECK_CHAINS, CHECK_PRESENT },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        require(collateral->outcomes[rows[i].check].status != ASSAY_OK ||
                collateral->outcomes[rows[i].rests_on].status == ASSAY_OK);
    for (unsigned check = 0; check < CHECK_COUNT; check++)
        require(collateral->outcomes[check].status == collateral->outcomes[check].error.status);
}

static void written_back(const assay_collateral *collateral)
{
    char *text = NULL;
    assay_collateral *back = NULL;
    assay_error before = { 0 }, after = { 0 };
    if (assay_collateral_to_json(collateral, &text, NULL) != ASSAY_OK)
        return;
    require(assay_collateral_from_json(SPAN_TEXT(text), NULL, &back, NULL) == ASSAY_OK);
    require(assay_collateral_check(collateral, &before) == assay_collateral_check(back, &after));
    require(before.code == after.code && before.qvl == after.qvl);
    assay_collateral_unref(back);
    assay_text_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    assay_collateral *collateral = NULL;
    assay_error error = { 0 };
    assay_status status =
        assay_collateral_from_json(span_of(data, size), NULL, &collateral, &error);
    if (status != ASSAY_OK) {
        require(error.status == status && error.where[0] != '\0');
        return 0;
    }
    promises(collateral);
    written_back(collateral);
    assay_collateral_unref(collateral);
    return 0;
}
