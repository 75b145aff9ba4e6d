/* amd_question.c: chips and TCBs of AMD as clients name them. collateral-service.md 3, 4. */
#include <stdio.h>

#include "serve/amd_question.h"
#include "serve/item_answer.h"
#include "serve/item_rows.h"

void amd_tcb_of(const amd_vcek *parts, uint8_t out[AMD_TCB_SIZE])
{
    const bool turin = parts->product == AMD_TURIN;
    const size_t shift = turin ? 1 : 0;
    memset(out, 0, AMD_TCB_SIZE);
    if (turin)
        out[0] = parts->fmc;
    out[shift] = parts->boot_loader;
    out[shift + 1] = parts->tee;
    out[turin ? 3 : 6] = parts->snp;
    out[7] = parts->microcode;
}

void amd_tcb_text(const uint8_t tcb[AMD_TCB_SIZE], char out[2 * AMD_TCB_SIZE + 1])
{
    for (size_t i = 0; i < AMD_TCB_SIZE; i++)
        snprintf(out + 2 * i, 3, "%02X", tcb[AMD_TCB_SIZE - 1 - i]);
}

static assay_status tcb_read(call *c, assay_span hex, uint8_t out[AMD_TCB_SIZE])
{
    uint8_t reversed[AMD_TCB_SIZE];
    if (hex.size != 2 * AMD_TCB_SIZE ||
        assay_hex_decode(hex, reversed, sizeof(reversed), NULL) != ASSAY_OK)
        return call_fail(c, 400, hex.size == 0 ? "missing_parameter" : "bad_parameter",
                         "query.tcbVersion", "want %d hex digits", 2 * AMD_TCB_SIZE);
    for (size_t i = 0; i < AMD_TCB_SIZE; i++)
        out[i] = reversed[AMD_TCB_SIZE - 1 - i];
    return ASSAY_OK;
}

assay_status amd_chip_read(call *c, assay_span hex, const char *where, item_name *name)
{
    const size_t size = item_chip_size(name->product);
    uint8_t chip[AMD_CHIP_SIZE] = { 0 };
    const bool whole = hex.size == 2 * AMD_CHIP_SIZE;
    if ((!whole && hex.size != 2 * size) ||
        assay_hex_decode(hex, chip, hex.size / 2, NULL) != ASSAY_OK)
        return call_fail(c, 400, hex.size == 0 ? "missing_parameter" : "bad_parameter", where,
                         "want a chip id of %zu hex digits", 2 * size);
    memset(name->chip_id, 0, sizeof(name->chip_id));
    memcpy(name->chip_id, chip, size);
    if (span_is_zero(span_of(chip, size)))
        return call_fail(c, 404, "not_found", where,
                         "a masked chip id (all zero) can't be resolved: ask the cloud provider");
    return ASSAY_OK;
}

static assay_span said_or(assay_span said, const char *configured)
{
    return said.size > 0 ? said : SPAN_TEXT(configured);
}

/* ---- The certificates ---- */

static assay_status certificates_of(call *c, answer *out, amd_certificates *found)
{
    const item_name chain = item_amd_chain_of(&found->name);
    answer vcek = { .code = 0 }, issuer = { .code = 0 };
    TRY(item_answer(c, &found->name, NULL, &vcek));
    TRY(item_answer(c, &chain, NULL, &issuer));
    TRY(answer_pem(c, "CERTIFICATE", &vcek));
    found->vcek_pem = vcek.body;
    found->chain_pem = issuer.body;
    *out = issuer;
    out->issued = vcek.issued;
    out->body = span_of(NULL, 0);
    for (size_t i = 0; i < vcek.tag_count; i++)
        out->tags[out->tag_count++] = vcek.tags[i];
    return ASSAY_OK;
}

/* Nobody says the product: which one knows the chip? */
static assay_status product_search(call *c, assay_span chip, answer *out, amd_certificates *found)
{
    assay_status status = ASSAY_OK;
    for (amd_product product = AMD_MILAN; product < AMD_PRODUCT_COUNT; product++) {
        c->error = (assay_error) { .status = ASSAY_OK };
        c->code = 0;
        found->name.product = product;
        TRY(amd_chip_read(c, chip, "query.platformId", &found->name));
        status = certificates_of(c, out, found);
        if (status == ASSAY_OK || c->code != 404)
            return status;
    }
    return status;
}

assay_status amd_certificates_get(call *c, const amd_question *question, answer *out,
                                  amd_certificates *found)
{
    const serve_config *config = &c->service->config;
    const assay_span product = said_or(question->product, config->thim.product);
    const assay_span chip = said_or(question->chip, config->thim.chip_id);
    *found = (amd_certificates) { .name = { .kind = ITEM_VCEK } };
    TRY(tcb_read(c, said_or(question->tcb, config->thim.tcb_version), found->name.tcb));
    if (product.size == 0)
        return product_search(c, chip, out, found);
    found->name.product = amd_product_find(product);
    if (found->name.product == AMD_NONE)
        return call_fail(c, 400, "bad_parameter", "query.productName",
                         "want Milan, Genoa or Turin");
    TRY(amd_chip_read(c, chip, "query.platformId", &found->name));
    return certificates_of(c, out, found);
}
