/* crl_form.c: CRLs come as DER, PEM or hex of DER: tells which, and reads it. verification.md 2.4,
 * 2.6, 4.1 step 11. */
#include "collateral/issuer_chain.h"
#include "wire/der.h"
#include "wire/pem.h"

enum { CODE_CRL = 0xE038 };

crl_form crl_form_of(assay_span item)
{
    if (item.size > 0 && item.data[0] == DER_SEQUENCE)
        return CRL_FORM_DER;
    return pem_looks_like(item) ? CRL_FORM_PEM : CRL_FORM_HEX;
}

assay_span crl_without_nul(assay_span der)
{
    der_reader r = der_reader_of(der, "");
    der_element outer;
    if (der_next(&r, &outer, NULL) == ASSAY_OK && outer.full.size + 1 == der.size &&
        der.data[der.size - 1] == '\0')
        return outer.full;
    return der;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static assay_span without_space(assay_span text)
{
    if (text.size > 0 && text.data[text.size - 1] == '\0')
        text.size--;
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    while (text.size > 0 && is_space(text.data[0]))
        text = span_of(text.data + 1, text.size - 1);
    return text;
}

static assay_status hex_read(assay_span item, uint8_t *buffer, assay_span *der, assay_error *err)
{
    assay_span text = without_space(item);
    TRY(assay_hex_decode(text, buffer, text.size / 2, err));
    *der = span_of(buffer, text.size / 2);
    return ASSAY_OK;
}

static assay_status pem_read(assay_span item, uint8_t *buffer, size_t capacity, assay_span *der,
                             assay_error *err)
{
    pem_blocks blocks;
    TRY(pem_decode(item, "X509 CRL", buffer, capacity, &blocks, err));
    if (blocks.count != 1)
        return fail(err, ASSAY_MALFORMED, "", ASSAY_NO_OFFSET, "%zu CRLs, want one", blocks.count);
    *der = blocks.der[0];
    return ASSAY_OK;
}

static assay_status text_read(assay_span item, crl_form form, const char *name, arena *memory,
                              assay_span *der, assay_error *err)
{
    const size_t capacity = item.size / 4 * 3 + 3 * (LIMIT_CHAIN_CERTIFICATES + 1);
    uint8_t *buffer = arena_new(memory, capacity, 1);
    if (buffer == NULL)
        return fail(err, ASSAY_NO_MEMORY, name, ASSAY_NO_OFFSET, "no memory for the CRL");
    assay_status status = form == CRL_FORM_PEM ? pem_read(item, buffer, capacity, der, err)
                                               : hex_read(item, buffer, der, err);
    return status == ASSAY_OK ? ASSAY_OK : error_inside(err, status, name);
}

static assay_status parse(assay_span item, const char *name, arena *memory, x509_crl *out,
                          assay_error *err)
{
    const crl_form form = crl_form_of(item);
    assay_span der = crl_without_nul(item);
    if (form != CRL_FORM_DER)
        TRY(text_read(item, form, name, memory, &der, err));
    return x509_crl_parse(der, name, out, err);
}

assay_status crl_read(assay_span item, const char *name, arena *memory, x509_crl *out,
                      assay_error *err)
{
    assay_status status = parse(item, name, memory, out, err);
    if (status == ASSAY_OK)
        return ASSAY_OK;
    error_as(err, status, QVL_CRL_UNSUPPORTED_FORMAT, CODE_CRL);
    if (err != NULL && err->qvl == QVL_CRL_UNSUPPORTED_FORMAT)
        err->code = CODE_CRL; /* the C interface has its own return for CRLs that do not parse */
    return status;
}
