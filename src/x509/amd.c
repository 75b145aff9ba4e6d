/* amd.c: ARK and ASK: names, pins, links; and the CRLs of the ARK. collateral-service.md 3, "AMD
 * KDS". */
#include "wire/pem.h"
#include "x509/amd_inside.h"

enum { CHAIN_TEXT_MAX = 32 * 1024, CERTIFICATE_MAX = 8 * 1024 };

/* ---- Products ---- */

/* SHA-256 of the SubjectPublicKeyInfo of AMD's roots. */
static const struct product_row {
    const char *name;
    uint8_t root_key[SHA256_SIZE];
} products[AMD_PRODUCT_COUNT] = {
    [AMD_NONE] = { .name = "" },
    [AMD_MILAN] = { "Milan", { 0x9f, 0x05, 0x6b, 0xee, 0x44, 0x37, 0x7e, 0x29, 0x30, 0x8c, 0xb5,
                               0xff, 0xa8, 0x95, 0xbd, 0xfb, 0x62, 0xd1, 0x88, 0x81, 0xfa, 0x6b,
                               0xed, 0x8d, 0x6f, 0x07, 0x5b, 0x02, 0x04, 0x08, 0x9c, 0xb9 } },
    [AMD_GENOA] = { "Genoa", { 0x42, 0x9a, 0x69, 0xc9, 0x42, 0x2a, 0xa2, 0x58, 0xee, 0x4d, 0x8d,
                               0xb5, 0xfc, 0xda, 0x9c, 0x64, 0x70, 0xef, 0x15, 0xf8, 0xcd, 0x5a,
                               0x9c, 0xeb, 0xd6, 0xcb, 0xc7, 0xd9, 0x0b, 0x86, 0x38, 0x31 } },
    [AMD_TURIN] = { "Turin", { 0x4f, 0x12, 0x54, 0x10, 0x56, 0x3a, 0x2a, 0xb9, 0xa5, 0x03, 0x56,
                               0xf9, 0x24, 0x3f, 0x6f, 0xe0, 0xb6, 0xf7, 0x3d, 0xe9, 0x86, 0x03,
                               0xf5, 0x3f, 0x90, 0x33, 0x9c, 0x70, 0xe9, 0xd7, 0xad, 0x08 } },
};

/* The processors that KDS knows by another's name. */
static const struct {
    const char *name;
    amd_product product;
} other_names[] = { { "Bergamo", AMD_GENOA }, { "Siena", AMD_GENOA } };

const char *amd_product_name(amd_product product)
{
    return products[product].name;
}

static bool is_name(assay_span text, const char *name)
{
    if (text.size != strlen(name))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        uint8_t wanted = (uint8_t)name[i];
        uint8_t lower = c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
        if (lower != (uint8_t)(wanted | 0x20))
            return false;
    }
    return true;
}

amd_product amd_product_find(assay_span name)
{
    for (amd_product product = AMD_MILAN; product < AMD_PRODUCT_COUNT; product++)
        if (is_name(name, products[product].name))
            return product;
    for (size_t i = 0; i < sizeof(other_names) / sizeof(other_names[0]); i++)
        if (is_name(name, other_names[i].name))
            return other_names[i].product;
    return AMD_NONE;
}

/* The product behind a prefix: "ARK-", "SEV-"; exact. */
static amd_product product_behind(const char *common_name, const char *prefix)
{
    const size_t size = strlen(prefix);
    if (strncmp(common_name, prefix, size) != 0)
        return AMD_NONE;
    for (amd_product product = AMD_MILAN; product < AMD_PRODUCT_COUNT; product++)
        if (strcmp(common_name + size, products[product].name) == 0)
            return product;
    return AMD_NONE;
}

/* ---- Reading ---- */

/* The DER itself, or the one PEM block; `buffer` holds a decoded one. */
static assay_status one_der(assay_span in, const char *label, const char *where, uint8_t *buffer,
                            size_t capacity, assay_span *out, assay_error *err)
{
    pem_blocks blocks;
    *out = in;
    if (!pem_looks_like(in))
        return ASSAY_OK;
    if (in.size > capacity)
        return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "%zu bytes, want at most %zu",
                    in.size, capacity);
    assay_status status = pem_decode(in, label, buffer, capacity, &blocks, err);
    if (status != ASSAY_OK)
        return error_inside(err, status, where);
    if (blocks.count != 1)
        return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "%zu blocks, want one",
                    blocks.count);
    *out = blocks.der[0];
    return ASSAY_OK;
}

assay_status amd_single_certificate_read(assay_span in, const char *where, amd_certificate **out,
                                         assay_error *err)
{
    uint8_t buffer[CERTIFICATE_MAX];
    assay_span der;
    TRY(one_der(in, "CERTIFICATE", where, buffer, sizeof(buffer), &der, err));
    return amd_certificate_read(der, where, out, err);
}

/* ---- Roots ---- */

assay_status amd_roots_add(amd_roots *roots, assay_span certificate, assay_error *err)
{
    AUTO_CERTIFICATE *root = NULL;
    TRY(amd_single_certificate_read(certificate, "amd_root", &root, err));
    const amd_certificate_facts *facts = amd_certificate_facts_of(root);
    if (!span_equal(facts->issuer, facts->subject) || facts->key_kind != AMD_KEY_RSA)
        return fail(err, ASSAY_MALFORMED, "amd_root", ASSAY_NO_OFFSET,
                    "\"%s\" is no self-issued certificate of an RSA key", facts->common_name);
    for (size_t i = 0; i < roots->count; i++)
        if (memcmp(roots->keys[i], facts->key.bytes, SHA256_SIZE) == 0)
            return ASSAY_OK;
    if (roots->count >= AMD_ROOT_MAX)
        return fail(err, ASSAY_USAGE, "amd_root", ASSAY_NO_OFFSET, "more than %d roots",
                    AMD_ROOT_MAX);
    memcpy(roots->keys[roots->count++], facts->key.bytes, SHA256_SIZE);
    return ASSAY_OK;
}

static assay_status root_trusted_check(const amd_certificate_facts *ark, amd_product product,
                                       const amd_roots *roots, assay_error *err)
{
    if (memcmp(products[product].root_key, ark->key.bytes, SHA256_SIZE) == 0)
        return ASSAY_OK;
    for (size_t i = 0; roots != NULL && i < roots->count; i++)
        if (memcmp(roots->keys[i], ark->key.bytes, SHA256_SIZE) == 0)
            return ASSAY_OK;
    char digest[2 * SHA256_SIZE + 1];
    assay_hex_encode(SPAN(ark->key.bytes), digest);
    return fail(err, ASSAY_UNTRUSTED, "amd_chain.ark", ASSAY_NO_OFFSET,
                "root key with SHA-256 %s is not AMD's for %s, and not named as a further root",
                digest, products[product].name);
}

/* ---- The chain ---- */

static assay_status chain_fail(assay_status status, const char *where,
                               const amd_certificate_facts *facts, const char *wanted,
                               assay_error *err)
{
    return fail(err, status, where, ASSAY_NO_OFFSET, "\"%s\", want %s", facts->common_name, wanted);
}

static assay_status chain_names_check(const amd_certificate_facts *ask,
                                      const amd_certificate_facts *ark, amd_chain *out,
                                      assay_error *err)
{
    const amd_product product = product_behind(ark->common_name, "ARK-");
    out->product = product;
    if (product == AMD_NONE)
        return chain_fail(ASSAY_MALFORMED, "amd_chain.ark", ark, "ARK-Milan, -Genoa or -Turin",
                          err);
    out->is_vlek = product_behind(ask->common_name, "SEV-VLEK-") == product;
    if (!out->is_vlek && product_behind(ask->common_name, "SEV-") != product)
        return chain_fail(ASSAY_MALFORMED, "amd_chain.ask", ask,
                          "SEV- or SEV-VLEK- and the product of the ARK", err);
    if (!span_equal(ask->issuer, ark->subject) || !span_equal(ark->issuer, ark->subject))
        return chain_fail(ASSAY_UNTRUSTED, "amd_chain.ask", ask,
                          "one issued by the ARK, which is issued by itself", err);
    return ASSAY_OK;
}

static assay_status authority_check(const amd_certificate_facts *facts, const char *where,
                                    assay_error *err)
{
    if (facts->key_kind == AMD_KEY_RSA && facts->is_ca && facts->signs_certificates)
        return ASSAY_OK;
    return chain_fail(ASSAY_UNTRUSTED, where, facts, "an RSA key that may sign certificates", err);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static assay_status links_check(amd_certificate *const chain[AMD_CHAIN_SIZE],
                                const amd_roots *roots, amd_chain *out, assay_error *err)
{
    const amd_certificate_facts *ask = amd_certificate_facts_of(chain[AMD_ASK]);
    const amd_certificate_facts *ark = amd_certificate_facts_of(chain[AMD_ARK]);
    TRY(chain_names_check(ask, ark, out, err));
    TRY(root_trusted_check(ark, out->product, roots, err));
    TRY(authority_check(ark, "amd_chain.ark", err));
    TRY(authority_check(ask, "amd_chain.ask", err));
    TRY(amd_certificate_signed_by(chain[AMD_ARK], chain[AMD_ARK], "amd_chain.ark", err));
    TRY(amd_certificate_signed_by(chain[AMD_ASK], chain[AMD_ARK], "amd_chain.ask", err));
    out->not_before = later(ask->not_before, ark->not_before);
    out->not_after = earlier(ask->not_after, ark->not_after);
    return ASSAY_OK;
}

assay_status amd_chain_read(assay_span pem, const amd_roots *roots, checked_chain *out,
                            assay_error *err)
{
    static const char *const places[AMD_CHAIN_SIZE] = { "amd_chain.ask", "amd_chain.ark" };
    uint8_t buffer[CHAIN_TEXT_MAX / 4 * 3];
    pem_blocks blocks;
    if (pem.size > CHAIN_TEXT_MAX)
        return fail(err, ASSAY_MALFORMED, "amd_chain", ASSAY_NO_OFFSET,
                    "%zu bytes, want at most %d", pem.size, CHAIN_TEXT_MAX);
    assay_status status = pem_decode(pem, "CERTIFICATE", buffer, sizeof(buffer), &blocks, err);
    if (status != ASSAY_OK)
        return error_inside(err, status, "amd_chain");
    if (blocks.count != AMD_CHAIN_SIZE)
        return fail(err, ASSAY_MALFORMED, "amd_chain", ASSAY_NO_OFFSET,
                    "%zu certificates, want two: the ASK and the ARK", blocks.count);
    for (size_t i = 0; i < AMD_CHAIN_SIZE; i++)
        TRY(amd_certificate_read(blocks.der[i], places[i], &out->certificates[i], err));
    return links_check(out->certificates, roots, &out->facts, err);
}

assay_status amd_chain_check(assay_span pem, const amd_roots *roots, amd_chain *out,
                             assay_error *err)
{
    AUTO_CHAIN chain = { .facts = { .product = AMD_NONE } };
    TRY(amd_chain_read(pem, roots, &chain, err));
    *out = chain.facts;
    return ASSAY_OK;
}

/* ---- CRL ---- */

assay_status amd_crl_check(assay_span crl, assay_span chain_pem, const amd_roots *roots,
                           amd_crl *out, assay_error *err)
{
    AUTO_CHAIN chain = { .facts = { .product = AMD_NONE } };
    uint8_t buffer[CHAIN_TEXT_MAX];
    assay_span der;
    amd_crl_facts facts;
    TRY(one_der(crl, "X509 CRL", "amd_crl", buffer, sizeof(buffer), &der, err));
    TRY(amd_chain_read(chain_pem, roots, &chain, err));
    if (!amd_certificate_facts_of(chain.certificates[AMD_ARK])->signs_crls)
        return fail(err, ASSAY_UNTRUSTED, "amd_chain.ark", ASSAY_NO_OFFSET,
                    "keyUsage of the ARK lacks cRLSign");
    TRY(amd_crl_signed_by(der, chain.certificates[AMD_ARK], "amd_crl", &facts, err));
    *out = (amd_crl) { facts.this_update, facts.next_update, facts.entry_count };
    return ASSAY_OK;
}
