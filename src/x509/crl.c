/* crl.c: reads certificate revocation lists and answers whether a serial number is on one.
 * verification.md 2.4, 2.5; RFC 5280 5. */
#include "x509/extension.h"
#include "x509/name.h"

enum {
    CRL_VERSION_2 = 1,
    SERIAL_MAX_SIZE = 20,
    NUMBER_MAX_SIZE = 20,
    REASON_REMOVE_FROM_CRL = 8,
    REASON_UNUSED = 7,
    REASON_LAST = 10,
    /* arcs under 2.5.29 */
    CRL_NUMBER = 20,
    REASON_CODE = 21,
    DELTA_CRL_INDICATOR = 27,
    ISSUING_DISTRIBUTION_POINT = 28,
    CERTIFICATE_ISSUER = 29,
    AUTHORITY_KEY_ID = 35
};

static assay_status extension_refuse(const der_reader *r, const x509_extension *at,
                                     const char *fault, assay_error *err)
{
    return error_as(err, der_fail(r, &at->whole, err, "%s", fault), QVL_CRL_INVALID_EXTENSIONS, 0);
}

/* What no extension of a list or of an entry may be. */
static assay_status extensions_check(const der_reader *r, const x509_extensions *list,
                                     assay_error *err)
{
    const x509_extension *repeated = x509_extensions_repeated(list);
    if (repeated != NULL)
        return extension_refuse(r, repeated, "an extension is repeated", err);
    for (size_t i = 0; i < list->count; i++) {
        const x509_extension *e = &list->at[i];
        if (x509_extension_is(e, DELTA_CRL_INDICATOR))
            return extension_refuse(r, e, "a delta CRL is not a complete one", err);
        if (x509_extension_is(e, ISSUING_DISTRIBUTION_POINT))
            return extension_refuse(r, e, "issuingDistributionPoint limits what is listed", err);
        if (x509_extension_is(e, CERTIFICATE_ISSUER))
            return extension_refuse(r, e, "an indirect CRL lists other issuers' certificates", err);
        if (e->critical)
            return extension_refuse(r, e, "no extension here may be critical", err);
    }
    return ASSAY_OK;
}

static assay_status reason_check(const der_reader *r, const x509_extension *extension,
                                 assay_error *err)
{
    der_element value;
    uint64_t reason = 0;
    der_reader in = der_inside(r, &extension->value);
    TRY(der_expect(&in, DER_ENUMERATED, "reasonCode", &value, err));
    TRY(der_end(&in, err));
    TRY(der_unsigned(&in, &value, REASON_LAST, &reason, err));
    if (reason == REASON_UNUSED)
        return der_fail(&in, &value, err, "reason code 7 is not defined");
    if (reason == REASON_REMOVE_FROM_CRL)
        return error_as(err, der_fail(&in, &value, err, "removeFromCRL belongs to delta CRLs"),
                        QVL_CRL_INVALID, 0);
    return ASSAY_OK;
}

static assay_status entry_extensions_check(der_reader *r, assay_error *err)
{
    x509_extensions list;
    TRY(x509_extensions_read(r, &list, err));
    TRY(extensions_check(r, &list, err));
    for (size_t i = 0; i < list.count; i++)
        if (x509_extension_is(&list.at[i], REASON_CODE))
            TRY(reason_check(r, &list.at[i], err));
    return ASSAY_OK;
}

static assay_status entry_check(der_reader *r, assay_error *err)
{
    der_element entry, serial, time;
    assay_span magnitude;
    int64_t revoked_at;
    TRY(der_expect(r, DER_SEQUENCE, "revoked certificate", &entry, err));
    der_reader in = der_inside(r, &entry);
    TRY(der_expect(&in, DER_INTEGER, "userCertificate", &serial, err));
    TRY(der_magnitude(&in, &serial, &magnitude, err));
    if (magnitude.size > SERIAL_MAX_SIZE)
        return der_fail(&in, &serial, err, "a serial number of %zu octets, want at most %d",
                        magnitude.size, SERIAL_MAX_SIZE);
    TRY(der_next(&in, &time, err));
    TRY(der_time(&in, &time, &revoked_at, err));
    if (der_more(&in))
        TRY(entry_extensions_check(&in, err));
    return der_end(&in, err);
}

static assay_status entries_read(der_reader *r, x509_crl *out, assay_error *err)
{
    der_element list;
    if (!der_next_is(r, DER_SEQUENCE))
        return ASSAY_OK;
    TRY(der_next(r, &list, err));
    if (list.content.size == 0)
        return der_fail(r, &list, err, "revokedCertificates is there but empty");
    for (der_reader in = der_inside(r, &list); der_more(&in); out->entry_count++) {
        if (out->entry_count == LIMIT_CRL_ENTRIES)
            return der_fail(r, &list, err, "more than %d entries", LIMIT_CRL_ENTRIES);
        TRY(entry_check(&in, err));
    }
    out->entries = list.content;
    return ASSAY_OK;
}

static assay_status number_read(const der_reader *r, const x509_extension *extension,
                                assay_span *out, assay_error *err)
{
    der_element number;
    der_reader in = der_inside(r, &extension->value);
    TRY(der_expect(&in, DER_INTEGER, "crlNumber", &number, err));
    TRY(der_end(&in, err));
    TRY(der_magnitude(&in, &number, out, err));
    if (out->size > NUMBER_MAX_SIZE)
        return der_fail(&in, &number, err, "a CRL number of %zu octets, want at most %d", out->size,
                        NUMBER_MAX_SIZE);
    return ASSAY_OK;
}

static assay_status extensions_take(der_reader *r, x509_crl *out, assay_error *err)
{
    x509_extensions list;
    bool has_number = false;
    der_element at = { .full = r->in };
    TRY(x509_extensions_read(r, &list, err));
    TRY(der_end(r, err));
    TRY(extensions_check(r, &list, err));
    for (size_t i = 0; i < list.count; i++) {
        if (x509_extension_is(&list.at[i], AUTHORITY_KEY_ID))
            TRY(x509_authority_key_id(r, &list.at[i], &out->authority_key_id, err));
        if (x509_extension_is(&list.at[i], CRL_NUMBER)) {
            has_number = true;
            TRY(number_read(r, &list.at[i], &out->number, err));
        }
    }
    if (has_number && out->authority_key_id.size > 0)
        return ASSAY_OK;
    return der_fail(r, &at, err, "crlNumber and authorityKeyIdentifier are required");
}

static assay_status extensions_read(der_reader *r, x509_crl *out, assay_error *err)
{
    der_element wrapped = { .full = r->in };
    if (!der_more(r))
        return error_as(err, der_fail(r, &wrapped, err, "a CRL without extensions"),
                        QVL_CRL_INVALID_EXTENSIONS, 0);
    TRY(der_expect(r, DER_CONTEXT_CONSTRUCTED | 0, "crlExtensions", &wrapped, err));
    TRY(der_end(r, err));
    der_reader in = der_inside(r, &wrapped);
    TRY_AS(QVL_CRL_INVALID_EXTENSIONS, extensions_take(&in, out, err));
    return ASSAY_OK;
}

static assay_status times_read(der_reader *r, x509_crl *out, assay_error *err)
{
    der_element this_update, next_update;
    TRY(der_next(r, &this_update, err));
    TRY(der_time(r, &this_update, &out->this_update, err));
    TRY(der_next(r, &next_update, err)); /* optional in RFC 5280: without it nothing goes stale */
    return der_time(r, &next_update, &out->next_update, err);
}

static assay_status tbs_read(der_reader *r, x509_crl *out, assay_error *err)
{
    der_element number;
    uint64_t version = 0;
    assay_span common_name;
    TRY(der_expect(r, DER_INTEGER, "version", &number, err));
    TRY(der_unsigned(r, &number, UINT32_MAX, &version, err));
    if (version != CRL_VERSION_2)
        return der_fail(r, &number, err, "the CRL is not of version 2");
    TRY(x509_algorithm_read(r, "signature", err));
    TRY(x509_name_read(r, "issuer", &out->issuer, &common_name, err));
    TRY(times_read(r, out, err));
    TRY(entries_read(r, out, err));
    return extensions_read(r, out, err);
}

static assay_status crl_read(der_reader *r, x509_crl *out, assay_error *err)
{
    der_element tbs;
    TRY(x509_signed_read(r, &tbs, out->signature, err));
    out->tbs = tbs.full;
    der_reader in = der_inside(r, &tbs);
    return tbs_read(&in, out, err);
}

assay_status x509_crl_parse(assay_span der, const char *where, x509_crl *out, assay_error *err)
{
    x509_crl crl = { .der = der };
    der_reader r = der_reader_of(der, where);
    assay_status status = crl_read(&r, &crl, err);
    if (status != ASSAY_OK)
        return error_as(err, status, QVL_CRL_UNSUPPORTED_FORMAT, 0xE038);
    *out = crl;
    return ASSAY_OK;
}

/* The next entry of a list whose form was checked while parsing. */
static bool entry_next(der_reader *entries, der_reader *in, assay_span *serial)
{
    der_element entry, number;
    if (!der_more(entries) || der_next(entries, &entry, NULL) != ASSAY_OK)
        return false;
    *in = der_inside(entries, &entry);
    return der_next(in, &number, NULL) == ASSAY_OK &&
           der_magnitude(in, &number, serial, NULL) == ASSAY_OK;
}

bool x509_crl_lists(const x509_crl *crl, assay_span serial)
{
    der_reader entries = der_reader_of(crl->entries, "crl"), in;
    assay_span listed;
    while (entry_next(&entries, &in, &listed))
        if (span_equal(listed, serial))
            return true;
    return false;
}

bool x509_crl_entry(const x509_crl *crl, size_t *cursor, assay_span *serial, int64_t *revoked_at)
{
    if (*cursor >= crl->entries.size)
        return false;
    assay_span left = span_slice(crl->entries, *cursor, crl->entries.size - *cursor);
    der_reader entries = der_reader_of(left, "crl"), in;
    der_element time;
    if (!entry_next(&entries, &in, serial) || der_next(&in, &time, NULL) != ASSAY_OK ||
        der_time(&in, &time, revoked_at, NULL) != ASSAY_OK)
        return false;
    *cursor = crl->entries.size - entries.in.size;
    return true;
}
