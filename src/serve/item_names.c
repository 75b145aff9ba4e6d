/* item_names.c: what vendor items are called in the store, and how the vendor is asked for them.
 * collateral-service.md 3. */
#include <stdio.h>
#include <strings.h>

#include "serve/item_rows.h"

enum { TURIN_CHIP_SIZE = 8 };

const item_row item_rows[ITEM_KIND_COUNT] = {
    [ITEM_TCB_INFO] = { "tcb_info",
                        "tcb",
                        { PART_TEE, PART_FMSPC, PART_CHANNEL },
                        ASSAY_FETCH_TCB_INFO },
    [ITEM_QE_IDENTITY] = { "qe_identity",
                           "identity",
                           { PART_QE, PART_CHANNEL },
                           ASSAY_FETCH_QE_IDENTITY },
    [ITEM_QVE_IDENTITY] = { "qve_identity",
                            "identity/qve",
                            { PART_CHANNEL },
                            ASSAY_FETCH_QVE_IDENTITY },
    [ITEM_QAE_IDENTITY] = { "qae_identity",
                            "identity/qae",
                            { PART_CHANNEL },
                            ASSAY_FETCH_QAE_IDENTITY },
    [ITEM_PCK_CRL] = { "pck_crl", "crl/pck", { PART_CA }, ASSAY_FETCH_PCK_CRL },
    [ITEM_ROOT_CRL] = { "root_crl", "crl/root", { PART_NONE }, ASSAY_FETCH_ROOT_CA_CRL },
    [ITEM_EVALUATION_NUMBERS] = { "evaluation_numbers",
                                  "numbers",
                                  { PART_TEE },
                                  ASSAY_FETCH_EVALUATION_NUMBERS },
    [ITEM_FMSPCS] = { "fmspcs", "fmspcs", { PART_FILTER }, ASSAY_FETCH_FMSPCS },
    [ITEM_AMD_CHAIN] = { "amd_chain",
                         "amd/chain",
                         { PART_SIGNER, PART_PRODUCT },
                         ASSAY_FETCH_AMD_CHAIN },
    [ITEM_AMD_CRL] = { "amd_crl", "amd/crl", { PART_SIGNER, PART_PRODUCT }, ASSAY_FETCH_AMD_CRL },
    [ITEM_VCEK] = { "vcek", "amd/vcek", { PART_PRODUCT, PART_CHIP, PART_TCB }, ASSAY_FETCH_VCEK },
    [ITEM_PCK_CHAIN] = { "pck_chain", "chain/pck", { PART_CA }, ASSAY_FETCH_NONE },
};

static const char *const ca_words[] = {
    [PCK_CA_NONE] = "none", [PCK_CA_PROCESSOR] = "processor", [PCK_CA_PLATFORM] = "platform"
};
static const char *const filters[] = { "all", "client", "E3", "E5" };

size_t item_chip_size(amd_product product)
{
    return product == AMD_TURIN ? TURIN_CHIP_SIZE : AMD_CHIP_SIZE;
}

/* ---- Keys ---- */

enum { SEGMENT_SIZE = 2 * AMD_CHIP_SIZE + 1 };

static void upper_hex_of(assay_span bytes, char *out)
{
    for (size_t i = 0; i < bytes.size; i++)
        snprintf(out + 2 * i, 3, "%02X", bytes.data[i]);
}

static void channel_write(const item_name *name, char out[SEGMENT_SIZE])
{
    if (name->number != 0)
        snprintf(out, SEGMENT_SIZE, "%u", name->number);
    else
        snprintf(out, SEGMENT_SIZE, "%s", name->early ? "early" : "standard");
}

static void part_write(item_part part, const item_name *name, char out[SEGMENT_SIZE])
{
    const char *word = "";
    switch (part) {
    case PART_TEE:
        word = assay_tee_name(name->tee);
        break;
    case PART_QE:
        word = name->tee == ASSAY_TEE_TDX ? "td_qe" : "qe";
        break;
    case PART_FMSPC:
        upper_hex_of(SPAN(name->fmspc), out);
        return;
    case PART_CHANNEL:
        channel_write(name, out);
        return;
    case PART_CA:
        word = ca_words[name->ca];
        break;
    case PART_FILTER:
        word = name->filter != NULL ? name->filter : filters[0];
        break;
    case PART_SIGNER:
        word = name->vlek ? "vlek" : "vcek";
        break;
    case PART_PRODUCT:
        word = amd_product_name(name->product);
        break;
    case PART_CHIP:
        assay_hex_encode(span_of(name->chip_id, item_chip_size(name->product)), out);
        return;
    case PART_TCB:
        assay_hex_encode(SPAN(name->tcb), out);
        return;
    case PART_NONE:
        break;
    }
    snprintf(out, SEGMENT_SIZE, "%s", word);
}

void item_key(const item_name *name, char out[ITEM_KEY_SIZE])
{
    const item_row *row = &item_rows[name->kind];
    size_t at = (size_t)snprintf(out, ITEM_KEY_SIZE, "%s", row->prefix);
    for (size_t i = 0; i < ITEM_PART_MAX && row->parts[i] != PART_NONE; i++) {
        char segment[SEGMENT_SIZE];
        part_write(row->parts[i], name, segment);
        at += (size_t)snprintf(out + at, ITEM_KEY_SIZE - at, "/%s", segment);
    }
}

/* ---- Keys read back ---- */

static bool channel_read(assay_span text, item_name *out)
{
    out->early = span_is(text, "early");
    if (out->early || span_is(text, "standard"))
        return true;
    uint32_t value = 0;
    bool fits = text.size >= 1 && text.size <= 9 && text.data[0] != '0';
    for (size_t i = 0; fits && i < text.size; i++) {
        fits = text.data[i] >= '0' && text.data[i] <= '9';
        value = value * 10 + (uint32_t)(text.data[i] - '0');
    }
    out->number = value;
    return fits;
}

static bool filter_read(assay_span text, item_name *out)
{
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
        if (span_is(text, filters[i]))
            out->filter = filters[i];
    return out->filter != NULL;
}

static bool tee_read(assay_span text, const char *sgx, const char *tdx, item_name *out)
{
    out->tee = span_is(text, sgx)   ? ASSAY_TEE_SGX
               : span_is(text, tdx) ? ASSAY_TEE_TDX
                                    : ASSAY_TEE_NONE;
    return out->tee != ASSAY_TEE_NONE;
}

static bool hex_read(assay_span text, uint8_t *out, size_t size)
{
    return text.size == 2 * size && assay_hex_decode(text, out, size, NULL) == ASSAY_OK;
}

static bool part_read(item_part part, assay_span text, item_name *out)
{
    switch (part) {
    case PART_TEE:
        return tee_read(text, "sgx", "tdx", out);
    case PART_QE:
        return tee_read(text, "qe", "td_qe", out);
    case PART_FMSPC:
        return hex_read(text, out->fmspc, sizeof(out->fmspc));
    case PART_CHANNEL:
        return channel_read(text, out);
    case PART_CA:
        out->ca = span_is(text, "processor")  ? PCK_CA_PROCESSOR
                  : span_is(text, "platform") ? PCK_CA_PLATFORM
                                              : PCK_CA_NONE;
        return out->ca != PCK_CA_NONE;
    case PART_FILTER:
        return filter_read(text, out);
    case PART_SIGNER:
        out->vlek = span_is(text, "vlek");
        return out->vlek || span_is(text, "vcek");
    case PART_PRODUCT:
        out->product = amd_product_find(text);
        return out->product != AMD_NONE;
    case PART_CHIP:
        return hex_read(text, out->chip_id, item_chip_size(out->product));
    case PART_TCB:
        return hex_read(text, out->tcb, sizeof(out->tcb));
    case PART_NONE:
        return false;
    }
    return false;
}

/* Each part is one segment; nothing may be left over. */
static bool key_fits(item_kind kind, assay_span key, item_name *out)
{
    const item_row *row = &item_rows[kind];
    const size_t size = strlen(row->prefix);
    if (key.size < size || memcmp(key.data, row->prefix, size) != 0)
        return false;
    *out = (item_name) { .kind = kind };
    assay_span left = span_of(key.data + size, key.size - size);
    for (size_t i = 0; i < ITEM_PART_MAX && row->parts[i] != PART_NONE; i++) {
        if (left.size < 2 || left.data[0] != '/')
            return false;
        left = span_of(left.data + 1, left.size - 1);
        const uint8_t *end = memchr(left.data, '/', left.size);
        const size_t length = end != NULL ? (size_t)(end - left.data) : left.size;
        if (!part_read(row->parts[i], span_of(left.data, length), out))
            return false;
        left = span_of(left.data + length, left.size - length);
    }
    return left.size == 0;
}

assay_status item_parse_key(const char *key, item_name *out, assay_error *err)
{
    for (item_kind kind = 0; kind < ITEM_KIND_COUNT; kind++) {
        item_name name;
        if (key_fits(kind, SPAN_TEXT(key), &name)) {
            *out = name;
            return ASSAY_OK;
        }
    }
    return fail(err, ASSAY_MALFORMED, "item.key", ASSAY_NO_OFFSET, "\"%.80s\" names no item", key);
}

/* ---- Requests ---- */

static void amd_request(const item_name *name, assay_fetch_request *out)
{
    amd_vcek tcb = { .product = name->product };
    amd_tcb_read(name->product, name->tcb, &tcb);
    out->amd.product = amd_product_name(name->product);
    out->amd.vlek = name->vlek;
    out->amd.chip_id = SPAN(name->chip_id);
    out->amd.boot_loader = tcb.boot_loader;
    out->amd.tee = tcb.tee;
    out->amd.snp = tcb.snp;
    out->amd.microcode = tcb.microcode;
    out->amd.fmc = tcb.fmc;
}

void item_request(const item_name *name, assay_fetch_request *out)
{
    *out = (assay_fetch_request) { .kind = item_rows[name->kind].fetch,
                                   .tee = name->tee,
                                   .channel = name->early ? ASSAY_TCB_EARLY : ASSAY_TCB_STANDARD,
                                   .evaluation_number = name->number,
                                   .platform_filter = name->filter };
    memcpy(out->fmspc, name->fmspc, sizeof(out->fmspc));
    out->ca = name->ca == PCK_CA_PROCESSOR  ? ASSAY_CA_PROCESSOR
              : name->ca == PCK_CA_PLATFORM ? ASSAY_CA_PLATFORM
                                            : ASSAY_CA_NONE;
    if (name->product != AMD_NONE)
        amd_request(name, out);
}

item_name item_amd_chain_of(const item_name *name)
{
    return (item_name) { .kind = ITEM_AMD_CHAIN, .product = name->product, .vlek = name->vlek };
}
