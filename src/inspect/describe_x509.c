/* describe_x509.c: certificates with their SGX extension, and CRLs. verification.md 2. */
#include <stdio.h>

#include "inspect/describe.h"
#include "wire/pem.h"
#include "x509/x509.h"

enum { NAME_SIZE = 48 };

/* Certificates of a file, parsed; `buffer` holds the DER of PEM. */
typedef struct certificate_list {
    uint8_t *buffer;
    pem_blocks blocks;
    x509_cert certs[LIMIT_CHAIN_CERTIFICATES];
    pck_extension extensions[LIMIT_CHAIN_CERTIFICATES]; /* of those that have one */
} certificate_list;

/* One block of DER as it is, or the blocks of PEM. The caller frees *buffer. */
static assay_status der_blocks(assay_span file, const char *label, uint8_t **buffer,
                               pem_blocks *out, assay_error *err)
{
    *buffer = NULL;
    if (!pem_looks_like(file)) {
        out->der[0] = file;
        out->count = 1;
        return ASSAY_OK;
    }
    const size_t capacity = file.size;
    *buffer = memory_new(capacity);
    if (*buffer == NULL)
        return fail(err, ASSAY_NO_MEMORY, label, ASSAY_NO_OFFSET, "no memory for %zu bytes",
                    capacity);
    return pem_decode(file, label, *buffer, capacity, out, err);
}

static assay_status certificate_read(certificate_list *list, size_t i, assay_error *err)
{
    char where[NAME_SIZE];
    snprintf(where, sizeof(where), "certificates[%zu]", i);
    x509_cert *cert = &list->certs[i];
    TRY(x509_cert_parse(list->blocks.der[i], where, cert, err));
    if (cert->sgx_extension.size == 0)
        return ASSAY_OK;
    return pck_extension_parse(cert, pck_ca_of_name(cert->issuer), where, &list->extensions[i],
                               err);
}

static assay_status certificates_read(assay_span file, certificate_list *list, assay_error *err)
{
    TRY(der_blocks(file, "CERTIFICATE", &list->buffer, &list->blocks, err));
    for (size_t i = 0; i < list->blocks.count; i++)
        TRY(certificate_read(list, i, err));
    return ASSAY_OK;
}

static void put_key_usage(json_writer *w, uint16_t usage)
{
    static const struct {
        const char *name;
        unsigned bit;
    } rows[] = { { "digitalSignature", KEY_USAGE_DIGITAL_SIGNATURE },
                 { "nonRepudiation", KEY_USAGE_NON_REPUDIATION },
                 { "keyCertSign", KEY_USAGE_KEY_CERT_SIGN },
                 { "cRLSign", KEY_USAGE_CRL_SIGN } };
    const assay_span none = { NULL, 0 };
    field_begin(w, "key_usage", none, none);
    json_open_array(w, "value");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (usage & rows[i].bit)
            json_put_text(w, NULL, rows[i].name);
    }
    json_close_array(w);
    field_end(w);
}

static void put_pck_flag(json_writer *w, const char *name, pck_flag flag)
{
    if (flag != PCK_FLAG_UNDEFINED)
        field_flag(w, name, flag == PCK_FLAG_TRUE);
}

static void put_pck_extension(json_writer *w, const pck_extension *pck)
{
    static const char *const types[] = { "Standard", "Scalable", "Scalable with Integrity" };
    const assay_span none = { NULL, 0 };
    field_bytes(w, "sgx.ppid", SPAN(pck->ppid));
    field_begin(w, "sgx.components", none, none);
    json_open_array(w, "value");
    for (size_t i = 0; i < sizeof(pck->components); i++)
        json_put_number(w, NULL, pck->components[i]);
    json_close_array(w);
    field_end(w);
    field_number(w, "sgx.pce_svn", pck->pce_svn);
    field_bytes(w, "sgx.cpu_svn", SPAN(pck->cpu_svn));
    field_bytes(w, "sgx.pce_id", SPAN(pck->pce_id));
    field_bytes(w, "sgx.fmspc", SPAN(pck->fmspc));
    field_text(w, "sgx.sgx_type", pck->sgx_type < 3 ? types[pck->sgx_type] : NULL);
    if (!pck->has_platform_instance_id)
        return;
    field_bytes(w, "sgx.platform_instance_id", SPAN(pck->platform_instance_id));
    put_pck_flag(w, "sgx.dynamic_platform", pck->dynamic_platform);
    put_pck_flag(w, "sgx.cached_keys", pck->cached_keys);
    put_pck_flag(w, "sgx.smt_enabled", pck->smt_enabled);
}

static void put_certificate_fields(json_writer *w, const x509_cert *cert)
{
    const assay_span point = { cert->point, P256_POINT_SIZE };
    field_hex(w, "serial", cert->der, cert->serial);
    field_span(w, "subject.common_name", cert->common_name);
    field_span(w, "issuer.common_name", x509_common_name(cert->issuer));
    field_hex(w, "subject", cert->der, cert->subject);
    field_hex(w, "issuer", cert->der, cert->issuer);
    field_time(w, "not_before", cert->not_before);
    field_time(w, "not_after", cert->not_after);
    field_hex(w, "public_key", cert->der, point);
    field_hex(w, "subject_key_id", cert->der, cert->subject_key_id);
    field_hex(w, "authority_key_id", cert->der, cert->authority_key_id);
    if (cert->has_basic_constraints)
        field_flag(w, "is_ca", cert->is_ca);
    if (cert->path_length >= 0)
        field_number(w, "path_length", (uint64_t)cert->path_length);
    if (cert->has_key_usage)
        put_key_usage(w, cert->key_usage);
    field_bytes(w, "signature", SPAN(cert->signature));
}

static void put_certificate(json_writer *w, const certificate_list *list, size_t i)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof(name), "certificates[%zu]", i);
    const x509_cert *cert = &list->certs[i];
    json_open_object(w, NULL);
    json_put_text(w, "kind", "certificate");
    json_put_text(w, "name", name);
    json_put_number(w, "size", cert->der.size);
    json_open_array(w, "fields");
    put_certificate_fields(w, cert);
    if (cert->sgx_extension.size > 0)
        put_pck_extension(w, &list->extensions[i]);
    json_close_array(w);
    json_close_object(w);
}

assay_status describe_certificates(json_writer *w, assay_span file, assay_error *err)
{
    certificate_list list = { .buffer = NULL };
    const assay_status status = certificates_read(file, &list, err);
    if (status == ASSAY_OK) {
        json_open_array(w, "fields");
        field_number(w, "count", list.blocks.count);
        json_close_array(w);
        json_open_array(w, "items");
        for (size_t i = 0; i < list.blocks.count; i++)
            put_certificate(w, &list, i);
        json_close_array(w);
    }
    memory_free(list.buffer);
    return status;
}

/* ---- CRLs ---- */

static void put_entries(json_writer *w, const x509_crl *crl)
{
    size_t cursor = 0;
    assay_span serial = { NULL, 0 };
    int64_t revoked_at = 0;
    json_open_array(w, "items");
    for (size_t i = 0; x509_crl_entry(crl, &cursor, &serial, &revoked_at); i++) {
        char name[NAME_SIZE];
        snprintf(name, sizeof(name), "entries[%zu]", i);
        json_open_object(w, NULL);
        json_put_text(w, "kind", "crl_entry");
        json_put_text(w, "name", name);
        json_open_array(w, "fields");
        field_hex(w, "serial", crl->der, serial);
        field_time(w, "revoked_at", revoked_at);
        json_close_array(w);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_crl(json_writer *w, const x509_crl *crl)
{
    json_open_array(w, "fields");
    field_span(w, "issuer.common_name", x509_common_name(crl->issuer));
    field_hex(w, "issuer", crl->der, crl->issuer);
    field_time(w, "this_update", crl->this_update);
    field_time(w, "next_update", crl->next_update);
    field_hex(w, "number", crl->der, crl->number);
    field_hex(w, "authority_key_id", crl->der, crl->authority_key_id);
    field_bytes(w, "signature", SPAN(crl->signature));
    field_number(w, "entry_count", crl->entry_count);
    json_close_array(w);
    put_entries(w, crl);
}

static assay_status crl_read(assay_span file, uint8_t **buffer, x509_crl *out, assay_error *err)
{
    pem_blocks blocks;
    TRY(der_blocks(file, "X509 CRL", buffer, &blocks, err));
    if (blocks.count != 1)
        return fail(err, ASSAY_MALFORMED, "crl", ASSAY_NO_OFFSET, "%zu CRLs, want one",
                    blocks.count);
    return x509_crl_parse(blocks.der[0], "crl", out, err);
}

assay_status describe_crl(json_writer *w, assay_span file, assay_error *err)
{
    uint8_t *buffer = NULL;
    x509_crl crl;
    const assay_status status = crl_read(file, &buffer, &crl, err);
    if (status == ASSAY_OK)
        put_crl(w, &crl);
    memory_free(buffer);
    return status;
}
