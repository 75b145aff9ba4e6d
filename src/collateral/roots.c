/* roots.c: reads the key of a trust anchor from a file: certificate or public key, PEM or DER.
 * verification.md 2.1, 2.6. */
#include "assay/collateral.h"
#include "wire/der.h"
#include "wire/pem.h"
#include "x509/x509.h"

enum { ROOT_FILE_SIZE = 8 * 1024 };

static const char where[] = "root";

/* SubjectPublicKeyInfo of a P-256 key up to the 04 of its point: ecPublicKey, prime256v1. */
static const uint8_t p256_prefix[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                       0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                       0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04 };

/* The algorithm comes first in a SubjectPublicKeyInfo and begins with an OID; the first element of
 * a certificate, its TBS, does not. */
static bool is_public_key(assay_span der)
{
    der_reader r = der_reader_of(der, where);
    der_element outer, algorithm;
    if (der_expect(&r, DER_SEQUENCE, "root", &outer, NULL) != ASSAY_OK)
        return false;
    der_reader inner = der_inside(&r, &outer);
    if (der_expect(&inner, DER_SEQUENCE, "algorithm", &algorithm, NULL) != ASSAY_OK)
        return false;
    der_reader first = der_inside(&inner, &algorithm);
    return der_next_is(&first, DER_OID);
}

static assay_status public_key_read(assay_span der, uint8_t point[P256_POINT_SIZE],
                                    assay_error *err)
{
    const size_t prefix = sizeof(p256_prefix);
    if (der.size != prefix - 1 + P256_POINT_SIZE || memcmp(der.data, p256_prefix, prefix) != 0)
        return fail(err, ASSAY_UNSUPPORTED, where, ASSAY_NO_OFFSET,
                    "is no P-256 public key with an uncompressed point");
    memcpy(point, der.data + prefix - 1, P256_POINT_SIZE);
    if (!p256_point_valid(point + 1))
        return fail(err, ASSAY_MALFORMED, where, (int64_t)prefix, "the point is not on the curve");
    return ASSAY_OK;
}

static assay_status certificate_read(assay_span der, uint8_t point[P256_POINT_SIZE],
                                     assay_error *err)
{
    x509_cert certificate;
    TRY(x509_cert_parse(der, where, &certificate, err));
    if (!span_equal(certificate.issuer, certificate.subject))
        return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET,
                    "\"%.*s\" was issued by somebody else: want a self-issued certificate",
                    (int)certificate.common_name.size, (const char *)certificate.common_name.data);
    memcpy(point, certificate.point, P256_POINT_SIZE);
    return ASSAY_OK;
}

static bool has_label(assay_span file, const char *begin)
{
    size_t at = 0;
    while (at < file.size && file.data[at] != '-')
        at++;
    return span_is(span_slice(file, at, strlen(begin)), begin);
}

static assay_status file_decode(assay_span file, uint8_t buffer[ROOT_FILE_SIZE], assay_span *der,
                                assay_error *err)
{
    if (file.size > ROOT_FILE_SIZE)
        return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "%zu bytes, want at most %d",
                    file.size, ROOT_FILE_SIZE);
    *der = file;
    if (!pem_looks_like(file))
        return ASSAY_OK;
    const char *label =
        has_label(file, "-----BEGIN PUBLIC KEY-----") ? "PUBLIC KEY" : "CERTIFICATE";
    pem_blocks blocks;
    assay_status status = pem_decode(file, label, buffer, ROOT_FILE_SIZE, &blocks, err);
    if (status != ASSAY_OK)
        return error_inside(err, status, where);
    if (blocks.count != 1)
        return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET,
                    "%zu certificates or keys, want one", blocks.count);
    *der = blocks.der[0];
    return ASSAY_OK;
}

static bool has_root(const assay_roots *roots, const uint8_t *point)
{
    for (size_t i = 0; i < roots->count; i++) {
        if (memcmp(roots->points[i], point, P256_POINT_SIZE) == 0)
            return true;
    }
    return false;
}

assay_status assay_roots_add(assay_roots *roots, assay_span file, assay_error *err)
{
    uint8_t buffer[ROOT_FILE_SIZE];
    uint8_t point[P256_POINT_SIZE];
    assay_span der;
    TRY(file_decode(file, buffer, &der, err));
    TRY(is_public_key(der) ? public_key_read(der, point, err) : certificate_read(der, point, err));
    if (has_root(roots, point))
        return ASSAY_OK;
    if (roots->count >= ASSAY_ROOT_MAX)
        return fail(err, ASSAY_USAGE, where, ASSAY_NO_OFFSET, "more than %d roots", ASSAY_ROOT_MAX);
    memcpy(roots->points[roots->count++], point, P256_POINT_SIZE);
    return ASSAY_OK;
}
