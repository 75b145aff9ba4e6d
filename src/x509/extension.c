/* extension.c: what certificates and CRLs have in common: the signed envelope, lists of extensions,
 * the authority's key identifier. RFC 5280 4.1.1, 4.2, 4.2.1.1; verification.md 2.5. */
#include "x509/extension.h"

static const uint8_t ecdsa_with_sha256[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
                                             0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };

assay_status x509_oid_read(der_reader *r, const char *what, assay_span *out, assay_error *err)
{
    der_element oid;
    TRY(der_expect(r, DER_OID, what, &oid, err));
    bool begins = true; /* a number: its first octet may not be a superfluous 0x80 */
    for (size_t i = 0; i < oid.content.size; i++) {
        if (begins && oid.content.data[i] == 0x80)
            return der_fail(r, &oid, err, "%s has a number that is not minimal", what);
        begins = (oid.content.data[i] & 0x80) == 0;
    }
    if (oid.content.size == 0 || !begins)
        return der_fail(r, &oid, err, "%s ends inside a number", what);
    *out = oid.content;
    return ASSAY_OK;
}

static assay_status extension_read(der_reader *r, x509_extension *out, assay_error *err)
{
    der_element flag;
    TRY(der_expect(r, DER_SEQUENCE, "extension", &out->whole, err));
    der_reader in = der_inside(r, &out->whole);
    TRY(x509_oid_read(&in, "extnID", &out->oid, err));
    out->critical = false;
    if (der_next_is(&in, DER_BOOLEAN)) {
        TRY(der_next(&in, &flag, err));
        TRY(der_boolean(&in, &flag, &out->critical, err));
        if (!out->critical)
            return der_fail(&in, &flag, err,
                            "critical FALSE is spelt out: DER leaves defaults out");
    }
    TRY(der_expect(&in, DER_OCTET_STRING, "extnValue", &out->value, err));
    return der_end(&in, err);
}

assay_status x509_extensions_read(der_reader *r, x509_extensions *out, assay_error *err)
{
    der_element list;
    TRY(der_expect(r, DER_SEQUENCE, "extensions", &list, err));
    if (list.content.size == 0)
        return der_fail(r, &list, err, "the list of extensions is empty");
    out->count = 0;
    for (der_reader in = der_inside(r, &list); der_more(&in); out->count++) {
        if (out->count == X509_EXTENSIONS_MAX)
            return der_fail(r, &list, err, "more than %d extensions", X509_EXTENSIONS_MAX);
        TRY(extension_read(&in, &out->at[out->count], err));
    }
    return ASSAY_OK;
}

const x509_extension *x509_extensions_repeated(const x509_extensions *list)
{
    for (size_t i = 1; i < list->count; i++)
        for (size_t j = 0; j < i; j++)
            if (span_equal(list->at[i].oid, list->at[j].oid))
                return &list->at[i];
    return NULL;
}

bool x509_extension_is(const x509_extension *extension, uint8_t arc)
{
    const uint8_t oid[] = { 0x55, 0x1d, arc };
    return span_equal(extension->oid, SPAN(oid));
}

assay_status x509_authority_key_id(const der_reader *r, const x509_extension *extension,
                                   assay_span *out, assay_error *err)
{
    der_element sequence, id;
    der_reader value = der_inside(r, &extension->value);
    TRY(der_expect(&value, DER_SEQUENCE, "authorityKeyIdentifier", &sequence, err));
    TRY(der_end(&value, err));
    der_reader in = der_inside(&value, &sequence);
    TRY(der_expect(&in, DER_CONTEXT | 0, "keyIdentifier", &id, err));
    TRY(der_end(&in, err));
    if (id.content.size == 0)
        return der_fail(&in, &id, err, "keyIdentifier is empty");
    *out = id.content;
    return ASSAY_OK;
}

assay_status x509_algorithm_read(der_reader *r, const char *what, assay_error *err)
{
    der_element algorithm;
    TRY(der_expect(r, DER_SEQUENCE, what, &algorithm, err));
    if (span_equal(algorithm.full, SPAN(ecdsa_with_sha256)))
        return ASSAY_OK;
    return fail(err, ASSAY_UNSUPPORTED, r->where, algorithm.full.data - r->base,
                "%s is not ecdsa-with-SHA256", what);
}

assay_status x509_signature_read(der_reader *r, uint8_t out[P256_SIGNATURE_SIZE], assay_error *err)
{
    der_element bits;
    assay_span octets;
    TRY(der_expect(r, DER_BIT_STRING, "signatureValue", &bits, err));
    TRY(der_bit_octets(r, &bits, &octets, err));
    return der_ecdsa_signature(octets, P256_SIGNATURE_SIZE / 2, out, r->where, err);
}

assay_status x509_signed_read(der_reader *r, der_element *tbs, uint8_t signature[64],
                              assay_error *err)
{
    der_element whole;
    TRY(der_expect(r, DER_SEQUENCE, "the outer structure", &whole, err));
    TRY(der_end(r, err));
    der_reader in = der_inside(r, &whole);
    TRY(der_expect(&in, DER_SEQUENCE, "the signed part", tbs, err));
    TRY(x509_algorithm_read(&in, "signatureAlgorithm", err));
    TRY(x509_signature_read(&in, signature, err));
    return der_end(&in, err);
}
