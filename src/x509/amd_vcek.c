/* amd_vcek.c: what a VCEK says of its chip and TCB, and that the ASK issued it.
 * collateral-service.md 3, "AMD KDS"; AMD 57230 (the extensions of the certificate). */
#include "wire/der.h"
#include "x509/amd_inside.h"

/* 1.3.6.1.4.1.3704.1 and what stands below it. */
#define AMD_OID(...)                                                                               \
    {                                                                                              \
        0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x01, __VA_ARGS__                                \
    }

static const uint8_t product_oid[] = AMD_OID(2);
static const uint8_t chip_oid[] = AMD_OID(4);

static const struct spl_row {
    const char *where;
    uint8_t oid[10];
    size_t offset;
    bool only_turin;
} spls[] = {
    { "vcek.blSPL", AMD_OID(3, 1), offsetof(amd_vcek, boot_loader), false },
    { "vcek.teeSPL", AMD_OID(3, 2), offsetof(amd_vcek, tee), false },
    { "vcek.snpSPL", AMD_OID(3, 3), offsetof(amd_vcek, snp), false },
    { "vcek.ucodeSPL", AMD_OID(3, 8), offsetof(amd_vcek, microcode), false },
    { "vcek.fmcSPL", AMD_OID(3, 9), offsetof(amd_vcek, fmc), true },
};

static assay_status spl_read(const amd_certificate *vcek, const struct spl_row *row, amd_vcek *out,
                             assay_error *err)
{
    const assay_span value = amd_certificate_extension(vcek, SPAN(row->oid));
    const bool wanted = !row->only_turin || out->product == AMD_TURIN;
    if (value.size == 0 && !wanted)
        return ASSAY_OK;
    if (value.size == 0 || !wanted)
        return fail(err, ASSAY_MALFORMED, row->where, ASSAY_NO_OFFSET,
                    wanted ? "is missing" : "stands in a certificate that is not Turin's");
    der_reader r = der_reader_of(value, row->where);
    der_element number;
    uint64_t spl;
    TRY(der_expect(&r, DER_INTEGER, "SPL", &number, err));
    TRY(der_unsigned(&r, &number, UINT8_MAX, &spl, err));
    TRY(der_end(&r, err));
    *((uint8_t *)out + row->offset) = (uint8_t)spl;
    return ASSAY_OK;
}

/* "Milan-B0": the stepping behind the product says nothing here. */
static assay_status product_read(const amd_certificate *vcek, amd_vcek *out, assay_error *err)
{
    der_reader r =
        der_reader_of(amd_certificate_extension(vcek, SPAN(product_oid)), "vcek.productName");
    der_element name;
    TRY(der_expect(&r, DER_IA5_STRING, "productName", &name, err));
    TRY(der_end(&r, err));
    size_t size = 0;
    while (size < name.content.size && name.content.data[size] != '-')
        size++;
    out->product = amd_product_find(span_of(name.content.data, size));
    if (out->product == AMD_NONE)
        return der_fail(&r, &name, err, "is no product that is known");
    return ASSAY_OK;
}

/* The octets themselves, or an OCTET STRING of them: KDS has written both. */
static assay_status chip_read(const amd_certificate *vcek, amd_vcek *out, assay_error *err)
{
    assay_span value = amd_certificate_extension(vcek, SPAN(chip_oid));
    const size_t size = out->product == AMD_TURIN ? 8 : AMD_CHIP_SIZE;
    if (value.size == size + 2 && value.data[0] == DER_OCTET_STRING && value.data[1] == size)
        value = span_slice(value, 2, size);
    if (value.size != size)
        return fail(err, ASSAY_MALFORMED, "vcek.hwID", ASSAY_NO_OFFSET, "%zu bytes, want %zu of %s",
                    value.size, size, amd_product_name(out->product));
    memcpy(out->chip_id, value.data, size);
    out->chip_id_size = size;
    return ASSAY_OK;
}

static assay_status vcek_read(const amd_certificate *certificate, amd_vcek *out, assay_error *err)
{
    const amd_certificate_facts *facts = amd_certificate_facts_of(certificate);
    if (strcmp(facts->common_name, "SEV-VCEK") != 0)
        return fail(err, ASSAY_MALFORMED, "vcek", ASSAY_NO_OFFSET, "\"%s\", want SEV-VCEK",
                    facts->common_name);
    if (facts->key_kind != AMD_KEY_P384 || facts->is_ca)
        return fail(err, ASSAY_MALFORMED, "vcek", ASSAY_NO_OFFSET,
                    "want an end entity with a P-384 key");
    TRY(product_read(certificate, out, err));
    TRY(chip_read(certificate, out, err));
    for (size_t i = 0; i < sizeof(spls) / sizeof(spls[0]); i++)
        TRY(spl_read(certificate, &spls[i], out, err));
    out->not_before = facts->not_before;
    out->not_after = facts->not_after;
    return ASSAY_OK;
}

static assay_status vcek_issued_check(const amd_certificate *certificate, const amd_vcek *vcek,
                                      const checked_chain *chain, assay_error *err)
{
    const amd_certificate *ask = chain->certificates[AMD_ASK];
    if (chain->facts.is_vlek)
        return fail(err, ASSAY_UNSUPPORTED, "amd_chain.ask", ASSAY_NO_OFFSET,
                    "an ASVK issues VLEKs, which name no chip: want the chain of VCEKs");
    if (vcek->product != chain->facts.product)
        return fail(err, ASSAY_MISMATCH, "vcek.productName", ASSAY_NO_OFFSET,
                    "is of %s, the chain of %s", amd_product_name(vcek->product),
                    amd_product_name(chain->facts.product));
    if (!span_equal(amd_certificate_facts_of(certificate)->issuer,
                    amd_certificate_facts_of(ask)->subject))
        return fail(err, ASSAY_UNTRUSTED, "vcek", ASSAY_NO_OFFSET,
                    "was issued by somebody else than \"%s\"",
                    amd_certificate_facts_of(ask)->common_name);
    return amd_certificate_signed_by(certificate, ask, "vcek", err);
}

assay_status amd_vcek_check(assay_span certificate, assay_span chain_pem, const amd_roots *roots,
                            amd_vcek *out, assay_error *err)
{
    AUTO_CHAIN chain = { .facts = { .product = AMD_NONE } };
    AUTO_CERTIFICATE *leaf = NULL;
    amd_vcek vcek = { .product = AMD_NONE };
    TRY(amd_single_certificate_read(certificate, "vcek", &leaf, err));
    TRY(vcek_read(leaf, &vcek, err));
    TRY(amd_chain_read(chain_pem, roots, &chain, err));
    TRY(vcek_issued_check(leaf, &vcek, &chain, err));
    *out = vcek;
    return ASSAY_OK;
}

void amd_tcb_read(amd_product product, const uint8_t tcb[AMD_TCB_SIZE], amd_vcek *out)
{
    const size_t shift = product == AMD_TURIN ? 1 : 0;
    out->fmc = product == AMD_TURIN ? tcb[0] : 0;
    out->boot_loader = tcb[shift];
    out->tee = tcb[shift + 1];
    out->snp = product == AMD_TURIN ? tcb[3] : tcb[6];
    out->microcode = tcb[7];
}
