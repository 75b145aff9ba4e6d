/* issuer_chain.c: reads an issuer chain of two certificates. verification.md 2.5, 2.6, 4.1 step 10.
 */
#include <stdio.h>

#include "collateral/issuer_chain.h"
#include "wire/pem.h"

enum { CHAIN_SIZE = 2, CODE_CHAIN = 0xE022 };

static assay_status blocks_read(assay_span pem, const char *name, arena *memory, pem_blocks *out,
                                assay_error *err)
{
    const size_t capacity = pem.size / 4 * 3 + 3 * (LIMIT_CHAIN_CERTIFICATES + 1);
    uint8_t *buffer = arena_new(memory, capacity, 1);
    if (buffer == NULL)
        return fail(err, ASSAY_NO_MEMORY, name, ASSAY_NO_OFFSET, "no memory for the chain");
    assay_status status = pem_decode(pem, "CERTIFICATE", buffer, capacity, out, err);
    return status == ASSAY_OK ? ASSAY_OK : error_inside(err, status, name);
}

static assay_status certificates_read(const pem_blocks *blocks, const char *name,
                                      x509_cert certificates[CHAIN_SIZE], assay_error *err)
{
    for (size_t i = 0; i < CHAIN_SIZE; i++) {
        char where[ASSAY_WHERE_SIZE];
        snprintf(where, sizeof(where), "%s[%zu]", name, i);
        TRY(x509_cert_parse(blocks->der[i], where, &certificates[i], err));
    }
    return ASSAY_OK;
}

static bool self_issued(const x509_cert *certificate)
{
    return span_equal(certificate->subject, certificate->issuer);
}

static assay_status order(const x509_cert certificates[CHAIN_SIZE], const char *name,
                          issuer_chain *out, assay_error *err)
{
    if (span_equal(certificates[0].der, certificates[1].der))
        return fail(err, ASSAY_MALFORMED, name, ASSAY_NO_OFFSET,
                    "holds the same certificate twice");
    const size_t root = self_issued(&certificates[1]) ? 1 : 0;
    if (!self_issued(&certificates[root]))
        return fail(err, ASSAY_MALFORMED, name, ASSAY_NO_OFFSET, "has no self-issued root");
    out->root = certificates[root];
    out->end = certificates[1 - root];
    return ASSAY_OK;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static assay_status read_two(assay_span pem, const char *name, uint16_t count_code, arena *memory,
                             issuer_chain *out, assay_error *err)
{
    pem_blocks blocks;
    x509_cert certificates[CHAIN_SIZE];
    TRY(blocks_read(pem, name, memory, &blocks, err));
    if (blocks.count != CHAIN_SIZE) {
        fail(err, ASSAY_MALFORMED, name, ASSAY_NO_OFFSET, "%zu certificates, want two: %s",
             blocks.count, "the issuer and its root");
        return error_as(err, ASSAY_MALFORMED, QVL_UNSUPPORTED_CERT_FORMAT, count_code);
    }
    TRY(certificates_read(&blocks, name, certificates, err));
    TRY(order(certificates, name, out, err));
    out->validity = (assay_validity) {
        .begin = earlier(out->end.not_before, out->root.not_before),
        .latest_begin = later(out->end.not_before, out->root.not_before),
        .end = earlier(out->end.not_after, out->root.not_after),
    };
    return ASSAY_OK;
}

assay_status issuer_chain_read(assay_span pem, const char *name, uint16_t count_code, arena *memory,
                               issuer_chain *out, assay_error *err)
{
    issuer_chain chain;
    assay_status status = read_two(pem, name, count_code, memory, &chain, err);
    if (status != ASSAY_OK)
        return error_as(err, status, QVL_UNSUPPORTED_CERT_FORMAT, CODE_CHAIN);
    *out = chain;
    return ASSAY_OK;
}
