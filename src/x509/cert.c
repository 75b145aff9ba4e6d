/* cert.c: reads certificates of the profile in verification.md 2.2, by the rules of 2.5 and 2.6.
 * RFC 5280 4.1. */
#include "x509/extension.h"
#include "x509/name.h"

enum { SERIAL_MAX_SIZE = 20, VERSION_3 = 2, KNOWN_OID_MAX_SIZE = 9 };

/* SubjectPublicKeyInfo of every P-256 key, up to its uncompressed point: id-ecPublicKey,
 * prime256v1, BIT STRING of 66 octets without unused bits, 04. */
static const uint8_t spki_head[] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
};
enum { SPKI_POINT = sizeof(spki_head) - 1, SPKI_SIZE = SPKI_POINT + P256_POINT_SIZE };

static assay_status unsupported(const der_reader *r, const der_element *at, const char *detail,
                                assay_error *err)
{
    return fail(err, ASSAY_UNSUPPORTED, r->where, at->full.data - r->base, "%s", detail);
}

static assay_status version_read(der_reader *r, assay_error *err)
{
    der_element outer, number;
    uint64_t version = 0;
    if (!der_next_is(r, DER_CONTEXT_CONSTRUCTED | 0)) {
        outer = (der_element) { .full = r->in };
        return unsupported(r, &outer, "a certificate of version 1, want 3", err);
    }
    TRY(der_next(r, &outer, err));
    der_reader in = der_inside(r, &outer);
    TRY(der_expect(&in, DER_INTEGER, "version", &number, err));
    TRY(der_end(&in, err));
    TRY(der_unsigned(&in, &number, UINT32_MAX, &version, err));
    if (version != VERSION_3)
        return unsupported(r, &number, "the certificate is not of version 3", err);
    return ASSAY_OK;
}

static assay_status serial_read(der_reader *r, assay_span *out, assay_error *err)
{
    der_element number;
    TRY(der_expect(r, DER_INTEGER, "serialNumber", &number, err));
    TRY(der_magnitude(r, &number, out, err));
    if (out->size == 0 || out->size > SERIAL_MAX_SIZE)
        return der_fail(r, &number, err, "a serial number of %zu octets, want 1 to %d", out->size,
                        SERIAL_MAX_SIZE);
    return ASSAY_OK;
}

static assay_status validity_read(der_reader *r, x509_cert *out, assay_error *err)
{
    der_element validity, begin, end;
    TRY(der_expect(r, DER_SEQUENCE, "validity", &validity, err));
    der_reader in = der_inside(r, &validity);
    TRY(der_next(&in, &begin, err));
    TRY(der_next(&in, &end, err));
    TRY(der_end(&in, err));
    TRY(der_time(&in, &begin, &out->not_before, err));
    return der_time(&in, &end, &out->not_after, err);
}

static assay_status key_read(der_reader *r, x509_cert *out, assay_error *err)
{
    der_element spki;
    TRY(der_expect(r, DER_SEQUENCE, "subjectPublicKeyInfo", &spki, err));
    if (spki.full.size != SPKI_SIZE || memcmp(spki.full.data, spki_head, sizeof(spki_head)) != 0)
        return unsupported(r, &spki, "the public key is not an uncompressed point on P-256", err);
    out->point = spki.full.data + SPKI_POINT;
    if (p256_point_valid(out->point + 1))
        return ASSAY_OK;
    return error_as(err, der_fail(r, &spki, err, "the public key is not on the curve P-256"),
                    QVL_UNSUPPORTED_CERT_FORMAT, 0);
}

static assay_status take_authority_key_id(const der_reader *r, const x509_extension *extension,
                                          x509_cert *out, assay_error *err)
{
    return x509_authority_key_id(r, extension, &out->authority_key_id, err);
}

static assay_status take_subject_key_id(const der_reader *r, const x509_extension *extension,
                                        x509_cert *out, assay_error *err)
{
    der_element id;
    der_reader value = der_inside(r, &extension->value);
    TRY(der_expect(&value, DER_OCTET_STRING, "subjectKeyIdentifier", &id, err));
    TRY(der_end(&value, err));
    if (id.content.size == 0)
        return der_fail(&value, &id, err, "subjectKeyIdentifier is empty");
    out->subject_key_id = id.content;
    return ASSAY_OK;
}

static assay_status take_key_usage(const der_reader *r, const x509_extension *extension,
                                   x509_cert *out, assay_error *err)
{
    der_element bits;
    der_reader value = der_inside(r, &extension->value);
    TRY(der_expect(&value, DER_BIT_STRING, "keyUsage", &bits, err));
    TRY(der_end(&value, err));
    TRY(der_named_bits(&value, &bits, &out->key_usage, err));
    if (out->key_usage == 0)
        return der_fail(&value, &bits, err, "keyUsage allows nothing");
    out->has_key_usage = true;
    return ASSAY_OK;
}

static assay_status path_length_read(der_reader *r, x509_cert *out, assay_error *err)
{
    der_element number;
    uint64_t length = 0;
    TRY(der_expect(r, DER_INTEGER, "pathLenConstraint", &number, err));
    TRY(der_unsigned(r, &number, INT16_MAX, &length, err));
    if (!out->is_ca)
        return der_fail(r, &number, err, "a path length without the CA bit");
    out->path_length = (int)length;
    return ASSAY_OK;
}

static assay_status take_basic_constraints(const der_reader *r, const x509_extension *extension,
                                           x509_cert *out, assay_error *err)
{
    der_element sequence, flag;
    der_reader value = der_inside(r, &extension->value);
    TRY(der_expect(&value, DER_SEQUENCE, "basicConstraints", &sequence, err));
    TRY(der_end(&value, err));
    der_reader in = der_inside(&value, &sequence);
    if (der_next_is(&in, DER_BOOLEAN)) {
        TRY(der_next(&in, &flag, err));
        TRY(der_boolean(&in, &flag, &out->is_ca, err));
        if (!out->is_ca)
            return der_fail(&in, &flag, err, "cA FALSE is spelt out: DER leaves defaults out");
    }
    if (der_more(&in))
        TRY(path_length_read(&in, out, err));
    out->has_basic_constraints = true;
    return der_end(&in, err);
}

/* GeneralNames of URIs: the content of fullName. */
static assay_status locations_check(der_reader *r, assay_error *err)
{
    do {
        der_element uri;
        TRY(der_expect(r, DER_CONTEXT | 6, "uniformResourceIdentifier", &uri, err));
        for (size_t i = 0; i < uri.content.size; i++)
            if (uri.content.data[i] <= 0x20 || uri.content.data[i] >= 0x7f)
                return der_fail(r, &uri, err, "octet 0x%02x in a URI", uri.content.data[i]);
    } while (der_more(r));
    return ASSAY_OK;
}

/* Where CRLs lie is never used, but it must be well-formed: distribution points with a fullName of
 * URIs, without reasons and without another issuer. */
static assay_status check_distribution_points(const der_reader *r, const x509_extension *extension,
                                              x509_cert *out, assay_error *err)
{
    (void)out;
    der_element points, point, name, full_name;
    der_reader value = der_inside(r, &extension->value);
    TRY(der_expect(&value, DER_SEQUENCE, "cRLDistributionPoints", &points, err));
    TRY(der_end(&value, err));
    der_reader each = der_inside(&value, &points);
    do {
        TRY(der_expect(&each, DER_SEQUENCE, "distributionPoint", &point, err));
        der_reader in_point = der_inside(&each, &point);
        TRY(der_expect(&in_point, DER_CONTEXT_CONSTRUCTED | 0, "distributionPointName", &name,
                       err));
        TRY(der_end(&in_point, err));
        der_reader in_name = der_inside(&each, &name);
        TRY(der_expect(&in_name, DER_CONTEXT_CONSTRUCTED | 0, "fullName", &full_name, err));
        TRY(der_end(&in_name, err));
        der_reader locations = der_inside(&each, &full_name);
        TRY(locations_check(&locations, err));
    } while (der_more(&each));
    return ASSAY_OK;
}

static assay_status take_sgx_extension(const der_reader *r, const x509_extension *extension,
                                       x509_cert *out, assay_error *err)
{
    (void)r;
    (void)err;
    out->sgx_extension = extension->value.content;
    return ASSAY_OK;
}

/* The extensions of the profile: how critical each must be, and what is taken from it. */
static const struct known_extension {
    uint8_t oid[KNOWN_OID_MAX_SIZE];
    uint8_t oid_size;
    bool critical;
    assay_status (*take)(const der_reader *r, const x509_extension *extension, x509_cert *out,
                         assay_error *err);
} known_extensions[] = {
    { { 0x55, 0x1d, 14 }, 3, false, take_subject_key_id },
    { { 0x55, 0x1d, 15 }, 3, true, take_key_usage },
    { { 0x55, 0x1d, 19 }, 3, true, take_basic_constraints },
    { { 0x55, 0x1d, 31 }, 3, false, check_distribution_points },
    { { 0x55, 0x1d, 35 }, 3, false, take_authority_key_id },
    { { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01 }, 9, false, take_sgx_extension },
};

static const struct known_extension *known_extension_of(assay_span oid)
{
    for (size_t i = 0; i < sizeof(known_extensions) / sizeof(known_extensions[0]); i++)
        if (span_equal(oid, span_of(known_extensions[i].oid, known_extensions[i].oid_size)))
            return &known_extensions[i];
    return NULL;
}

/* Standard extensions that restrict what a certificate is good for (name and policy constraints,
 * extended key usage, address blocks, proxies, Netscape's type). None is in the profile and none is
 * evaluated here: they are refused also when they are not critical. */
static bool is_restriction(assay_span oid)
{
    static const assay_span arcs[] = {
        SPAN_CONST("\x55\x1d"), /* 2.5.29 */
        SPAN_CONST("\x2b\x06\x01\x05\x05\x07\x01\x07"),
        SPAN_CONST("\x2b\x06\x01\x05\x05\x07\x01\x08"),
        SPAN_CONST("\x2b\x06\x01\x05\x05\x07\x01\x0e"),
        SPAN_CONST("\x60\x86\x48\x01\x86\xf8\x42\x01"),
    };
    for (size_t i = 0; i < sizeof(arcs) / sizeof(arcs[0]); i++)
        if (span_equal(span_slice(oid, 0, arcs[i].size), arcs[i]))
            return true;
    return false;
}

/* The first fault is kept; what follows from it depends on the role. */
static void fault_note(x509_cert *out, const x509_extension *extension, const char *fault)
{
    if (out->extension_fault != NULL || extension == NULL)
        return;
    out->extension_fault = fault;
    out->faulty_extension = extension->whole.full;
}

static assay_status extensions_take(der_reader *r, x509_cert *out, assay_error *err)
{
    x509_extensions list;
    TRY(x509_extensions_read(r, &list, err));
    TRY(der_end(r, err));
    fault_note(out, x509_extensions_repeated(&list), "an extension is repeated");
    for (size_t i = 0; i < list.count; i++) {
        const x509_extension *extension = &list.at[i];
        const struct known_extension *known = known_extension_of(extension->oid);
        if (known != NULL)
            TRY(known->take(r, extension, out, err));
        if (known == NULL && extension->critical)
            fault_note(out, extension, "a critical extension is not known");
        if (known == NULL && is_restriction(extension->oid))
            fault_note(out, extension, "a standard extension is not of the profile");
        if (known != NULL && extension->critical != known->critical)
            fault_note(out, extension,
                       known->critical ? "keyUsage or basicConstraints is not critical"
                                       : "an extension is critical that must not be");
    }
    return ASSAY_OK;
}

static assay_status tbs_read(der_reader *r, x509_cert *out, assay_error *err)
{
    assay_span issuer_common_name;
    TRY(version_read(r, err));
    TRY(serial_read(r, &out->serial, err));
    TRY(x509_algorithm_read(r, "signature", err));
    TRY(x509_name_read(r, "issuer", &out->issuer, &issuer_common_name, err));
    TRY(validity_read(r, out, err));
    TRY(x509_name_read(r, "subject", &out->subject, &out->common_name, err));
    TRY(key_read(r, out, err));
    if (!der_more(r))
        return ASSAY_OK;
    der_element wrapped; /* unique identifiers, [1] and [2], are refused here */
    TRY(der_expect(r, DER_CONTEXT_CONSTRUCTED | 3, "extensions", &wrapped, err));
    TRY(der_end(r, err));
    der_reader in = der_inside(r, &wrapped);
    return extensions_take(&in, out, err);
}

static assay_status cert_read(der_reader *r, x509_cert *out, assay_error *err)
{
    der_element tbs;
    TRY(x509_signed_read(r, &tbs, out->signature, err));
    out->tbs = tbs.full;
    der_reader in = der_inside(r, &tbs);
    return tbs_read(&in, out, err);
}

/* What is sound but not of the profile is a matter of format (S1); broken DER has no status of its
 * own in Intel's library: what it means depends on whose certificate it is. */
assay_status x509_cert_parse(assay_span der, const char *where, x509_cert *out, assay_error *err)
{
    x509_cert cert = { .der = der, .path_length = -1 };
    der_reader r = der_reader_of(der, where);
    assay_status status = cert_read(&r, &cert, err);
    if (status == ASSAY_UNSUPPORTED)
        return error_as(err, status, QVL_UNSUPPORTED_CERT_FORMAT, 0);
    TRY(status);
    *out = cert;
    return ASSAY_OK;
}

sha256_digest x509_key_digest(const uint8_t *point)
{
    const assay_span spki[] = { span_of(spki_head, SPKI_POINT), span_of(point, P256_POINT_SIZE) };
    return sha256_of(spki, 2);
}
