/* certificates.c: certificates and CRLs as the vendor makes them, and with every fault.
 * verification.md 2.2, 2.4, 2.6. */
#include "sim/certificates.h"

#include "wire/base64.h"

#define OID_KEY_USAGE         "2.5.29.15"
#define OID_SUBJECT_KEY       "2.5.29.14"
#define OID_BASIC_CONSTRAINTS "2.5.29.19"
#define OID_CRL_URL           "2.5.29.31"
#define OID_AUTHORITY_KEY     "2.5.29.35"
#define OID_SGX               "1.2.840.113741.1.13.1"
#define OID_UNKNOWN           "1.2.3.4.5"

void sim_algorithm_write(der_writer *w, sim_algorithm algorithm)
{
    static const char *const oids[] = { [SIM_ECDSA_SHA256] = "1.2.840.10045.4.3.2",
                                        [SIM_ECDSA_SHA1] = "1.2.840.10045.4.1",
                                        [SIM_RSA_SHA256] = "1.2.840.113549.1.1.11" };
    der_open(w, DER_SEQUENCE);
    der_put_oid(w, oids[algorithm]);
    if (algorithm == SIM_RSA_SHA256)
        der_put_null(w);
    der_close(w);
}

void sim_name_write(der_writer *w, const char *common_name)
{
    const struct {
        const char *oid;
        uint8_t tag;
        const char *text;
    } parts[] = {
        { "2.5.4.3", DER_UTF8_STRING, common_name },
        { "2.5.4.10", DER_UTF8_STRING, "Intel Corporation" },
        { "2.5.4.7", DER_UTF8_STRING, "Santa Clara" },
        { "2.5.4.8", DER_UTF8_STRING, "CA" },
        { "2.5.4.6", DER_PRINTABLE_STRING, "US" },
    };
    der_open(w, DER_SEQUENCE);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        der_open(w, DER_SET);
        der_open(w, DER_SEQUENCE);
        der_put_oid(w, parts[i].oid);
        der_put_text(w, parts[i].tag, parts[i].text);
        der_close(w);
        der_close(w);
    }
    der_close(w);
}

void sim_extension_open(der_writer *w, const char *oid, sim_criticality critical)
{
    der_open(w, DER_SEQUENCE);
    der_put_oid(w, oid);
    if (critical == SIM_CRITICAL)
        der_put_boolean(w, 0xff);
    der_open(w, DER_OCTET_STRING);
}

void sim_extension_close(der_writer *w)
{
    der_close(w);
    der_close(w);
}

void sim_extension_write(der_writer *w, const char *oid, sim_criticality critical, assay_span value)
{
    sim_extension_open(w, oid, critical);
    der_raw(w, value);
    sim_extension_close(w);
}

void sim_authority_key_write(der_writer *w, const uint8_t *point, uint8_t flip)
{
    uint8_t id[SHA1_SIZE];
    sim_key_id(point, id);
    id[SHA1_SIZE - 1] ^= flip;
    sim_extension_open(w, OID_AUTHORITY_KEY, SIM_NOT_CRITICAL);
    der_open(w, DER_SEQUENCE);
    der_element_put(w, DER_CONTEXT | 0, SPAN(id));
    der_close(w);
    sim_extension_close(w);
}

static void put_key_ids(der_writer *w, const uint8_t *own_point)
{
    uint8_t id[SHA1_SIZE];
    sim_key_id(own_point, id);
    sim_extension_open(w, OID_SUBJECT_KEY, SIM_NOT_CRITICAL);
    der_element_put(w, DER_OCTET_STRING, SPAN(id));
    sim_extension_close(w);
}

void sim_crl_url_write(der_writer *w, const char *url)
{
    sim_extension_open(w, OID_CRL_URL, SIM_NOT_CRITICAL);
    der_open(w, DER_SEQUENCE);
    der_open(w, DER_SEQUENCE);
    der_open(w, DER_CONTEXT_CONSTRUCTED | 0);
    der_open(w, DER_CONTEXT_CONSTRUCTED | 0);
    der_put_text(w, DER_CONTEXT | 6, url);
    der_close(w);
    der_close(w);
    der_close(w);
    der_close(w);
    sim_extension_close(w);
}

void sim_key_usage_write(der_writer *w, uint16_t key_usage)
{
    sim_extension_open(w, OID_KEY_USAGE, SIM_CRITICAL);
    der_put_named_bits(w, key_usage);
    sim_extension_close(w);
}

static void put_basic_constraints(der_writer *w, const sim_certificate *c)
{
    sim_extension_open(w, OID_BASIC_CONSTRAINTS, SIM_CRITICAL);
    der_open(w, DER_SEQUENCE);
    if (c->basic == SIM_BASIC_TRUE) {
        der_put_boolean(w, 0xff);
        if (c->path_length != SIM_NO_PATH_LENGTH)
            der_put_unsigned(w, DER_INTEGER, (uint64_t)c->path_length);
    }
    der_close(w);
    sim_extension_close(w);
}

static void put_extensions(const sim_world *world, const sim_keyring *ring,
                           const sim_certificate *c, der_writer *w)
{
    const sim_certificate *issuer = &world->certificates[c->issuer];
    static const uint8_t null[] = { DER_NULL, 0 };
    der_open(w, DER_CONTEXT_CONSTRUCTED | 3);
    der_open(w, DER_SEQUENCE);
    sim_authority_key_write(w, ring->keys[issuer->key].point, c->authority_key_flip);
    sim_crl_url_write(w, c->crl_url);
    put_key_ids(w, ring->keys[c->key].point);
    if (c->key_usage != 0)
        sim_key_usage_write(w, c->key_usage);
    if (c->extra == SIM_EXTRA_REPEATED)
        sim_key_usage_write(w, c->key_usage);
    if (c->basic != SIM_BASIC_ABSENT)
        put_basic_constraints(w, c);
    if (c->has_sgx_extension) {
        bool other = c == &world->certificates[SIM_OTHER_LEAF];
        sim_extension_open(w, OID_SGX, SIM_NOT_CRITICAL);
        sim_sgx_extension_write(other ? &world->other_platform : &world->platform, world->ca, w);
        sim_extension_close(w);
    }
    if (c->extra == SIM_EXTRA_UNKNOWN)
        sim_extension_write(w, OID_UNKNOWN, SIM_NOT_CRITICAL, SPAN(null));
    if (c->extra == SIM_EXTRA_UNKNOWN_CRITICAL)
        sim_extension_write(w, OID_UNKNOWN, SIM_CRITICAL, SPAN(null));
    der_close(w);
    der_close(w);
}

static void put_public_key(const sim_keyring *ring, const sim_certificate *c, der_writer *w)
{
    static const char *const curves[] = { "1.2.840.10045.3.1.7", "1.3.132.0.34" };
    uint8_t point[97] = { 0 };
    size_t size = c->point == SIM_OTHER_CURVE ? 97 : P256_POINT_SIZE;
    memcpy(point, ring->keys[c->key].point, P256_POINT_SIZE);
    uint8_t parity = point[64] & 1;
    if (c->point == SIM_COMPRESSED) {
        point[0] = 0x02 | parity;
        size = 33;
    }
    if (c->point == SIM_HYBRID)
        point[0] = 0x06 | parity;
    der_open(w, DER_SEQUENCE);
    der_open(w, DER_SEQUENCE);
    der_put_oid(w, "1.2.840.10045.2.1");
    der_put_oid(w, curves[c->point == SIM_OTHER_CURVE]);
    der_close(w);
    der_put_bits(w, span_of(point, size));
    der_close(w);
}

void sim_serial(const sim_world *world, const sim_keyring *ring, sim_certificate_id id,
                uint8_t out[20])
{
    const sim_certificate *c = &world->certificates[id];
    if (span_is_zero(SPAN(c->serial)))
        sim_key_id(ring->keys[c->key].point, out);
    else
        memcpy(out, c->serial, 20);
}

static void put_serial(const sim_world *world, const sim_keyring *ring, sim_certificate_id id,
                       der_writer *w)
{
    uint8_t serial[20], padded[24] = { DER_INTEGER, 22, 0, 0 };
    uint8_t long_length[24] = { DER_INTEGER, 0x81, 21, 0 };
    sim_serial(world, ring, id, serial);
    memcpy(padded + 4, serial, sizeof(serial));
    memcpy(long_length + 4, serial, sizeof(serial));
    switch (world->certificates[id].form) {
    case SIM_DER_LONG_LENGTH:
        long_length[4] |= 0x80; /* so that the leading zero octet belongs there */
        der_raw(w, SPAN(long_length));
        break;
    case SIM_DER_PADDED_INTEGER:
        der_raw(w, SPAN(padded));
        break;
    case SIM_DER_STRICT:
    case SIM_DER_TRAILING_BYTE:
        der_put_magnitude(w, SPAN(serial));
        break;
    }
}

static void put_tbs(const sim_world *world, const sim_keyring *ring, sim_certificate_id id,
                    der_writer *w)
{
    const sim_certificate *c = &world->certificates[id];
    der_open(w, DER_SEQUENCE);
    der_open(w, DER_CONTEXT_CONSTRUCTED | 0);
    der_put_unsigned(w, DER_INTEGER, 2);
    der_close(w);
    put_serial(world, ring, id, w);
    sim_algorithm_write(w, c->inner_algorithm);
    sim_name_write(w, world->certificates[c->issuer].common_name);
    der_open(w, DER_SEQUENCE);
    der_put_time(w, c->not_before);
    der_put_time(w, c->not_after);
    der_close(w);
    sim_name_write(w, c->common_name);
    put_public_key(ring, c, w);
    put_extensions(world, ring, c, w);
    der_close(w);
}

/* Puts SEQUENCE { tbs, algorithm, BIT STRING { signature } } behind `out`. */
static assay_status put_signed(const sim_keyring *ring, sim_key key, sim_algorithm algorithm,
                               const sim_bytes *tbs, sim_bytes *out, assay_error *err)
{
    uint8_t raw[P256_SIGNATURE_SIZE];
    TRY(sim_sign(ring, key, bytes_span(tbs), raw, err));
    sim_bytes signature = { 0 };
    der_writer s = { .out = &signature }, w = { .out = out };
    der_put_signature(&s, raw);
    der_open(&w, DER_SEQUENCE);
    der_raw(&w, bytes_span(tbs));
    sim_algorithm_write(&w, algorithm);
    der_put_bits(&w, bytes_span(&signature));
    der_close(&w);
    out->failed |= signature.failed | tbs->failed;
    bytes_free(&signature);
    return ASSAY_OK;
}

assay_status sim_certificate_write(const sim_world *world, const sim_keyring *ring,
                                   sim_certificate_id id, sim_bytes *out, assay_error *err)
{
    const sim_certificate *c = &world->certificates[id];
    sim_key key =
        c->signing_key != SIM_KEY_NONE ? c->signing_key : world->certificates[c->issuer].key;
    sim_bytes tbs = { 0 };
    der_writer w = { .out = &tbs };
    put_tbs(world, ring, id, &w);
    assay_status status = put_signed(ring, key, c->outer_algorithm, &tbs, out, err);
    if (c->form == SIM_DER_TRAILING_BYTE)
        bytes_add_u8(out, 0);
    bytes_free(&tbs);
    return status;
}

void sim_pem_write(assay_span der, const char *label, sim_bytes *out)
{
    sim_bytes text = { 0 };
    bytes_add_repeated(&text, 0, base64_encoded_size(der.size, BASE64_STANDARD) + 1);
    bytes_add_format(out, "-----BEGIN %s-----\n", label);
    if (!text.failed)
        base64_encode(der, BASE64_STANDARD, (char *)text.data);
    for (size_t at = 0; at + 1 < text.size; at += 64) {
        size_t left = text.size - 1 - at;
        bytes_add(out, span_of(text.data + at, left < 64 ? left : 64));
        bytes_add_u8(out, '\n');
    }
    bytes_add_format(out, "-----END %s-----\n", label);
    out->failed |= text.failed;
    bytes_free(&text);
}

assay_status sim_chain_write(const sim_world *world, const sim_keyring *ring,
                             const sim_chain *chain, sim_bytes *out, assay_error *err)
{
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < chain->count && status == ASSAY_OK; i++) {
        sim_bytes der = { 0 };
        status = sim_certificate_write(world, ring, chain->certificates[i], &der, err);
        sim_pem_write(bytes_span(&der), "CERTIFICATE", out);
        if (i + 1 < chain->count)
            bytes_add(out, chain->between);
        out->failed |= der.failed;
        bytes_free(&der);
    }
    bytes_add(out, chain->after);
    return status;
}

/* ---- CRLs ---- */

static void put_entry(const sim_world *world, const sim_keyring *ring, const sim_crl *crl,
                      const sim_crl_entry *entry, der_writer *w)
{
    uint8_t serial[20], reason[] = { DER_ENUMERATED, 1, entry->reason };
    memcpy(serial, entry->serial, sizeof(serial));
    if (span_is_zero(SPAN(serial)))
        sim_serial(world, ring, entry->certificate, serial);
    der_open(w, DER_SEQUENCE);
    der_put_magnitude(w, SPAN(serial));
    der_put_time(w, crl->this_update);
    der_open(w, DER_SEQUENCE);
    sim_extension_write(w, "2.5.29.21", SIM_NOT_CRITICAL, SPAN(reason));
    der_close(w);
    der_close(w);
}

static void put_crl_extra(sim_crl_extra extra, der_writer *w)
{
    static const uint8_t null[] = { DER_NULL, 0 }, one[] = { DER_INTEGER, 1, 1 };
    static const uint8_t indirect[] = { DER_SEQUENCE, 3, DER_CONTEXT | 4, 1, 0xff };
    if (extra == SIM_CRL_EXTRA_UNKNOWN_CRITICAL)
        sim_extension_write(w, OID_UNKNOWN, SIM_CRITICAL, SPAN(null));
    if (extra == SIM_CRL_EXTRA_DELTA)
        sim_extension_write(w, "2.5.29.27", SIM_CRITICAL, SPAN(one));
    if (extra == SIM_CRL_EXTRA_INDIRECT)
        sim_extension_write(w, "2.5.29.28", SIM_CRITICAL, SPAN(indirect));
}

static void put_crl_tbs(const sim_world *world, const sim_keyring *ring, const sim_crl *crl,
                        der_writer *w)
{
    const sim_certificate *issuer = &world->certificates[crl->issuer];
    der_open(w, DER_SEQUENCE);
    der_put_unsigned(w, DER_INTEGER, 1);
    sim_algorithm_write(w, SIM_ECDSA_SHA256);
    sim_name_write(w, issuer->common_name);
    der_put_time(w, crl->this_update);
    der_put_time(w, crl->next_update);
    if (crl->entry_count > 0) {
        der_open(w, DER_SEQUENCE);
        for (size_t i = 0; i < crl->entry_count; i++)
            put_entry(world, ring, crl, &crl->entries[i], w);
        der_close(w);
    }
    der_open(w, DER_CONTEXT_CONSTRUCTED | 0);
    der_open(w, DER_SEQUENCE);
    if (crl->extra != SIM_CRL_EXTRA_NO_NUMBER) {
        sim_extension_open(w, "2.5.29.20", SIM_NOT_CRITICAL);
        der_put_unsigned(w, DER_INTEGER, crl->number);
        sim_extension_close(w);
    }
    sim_authority_key_write(w, ring->keys[issuer->key].point, crl->authority_key_flip);
    put_crl_extra(crl->extra, w);
    der_close(w);
    der_close(w);
    der_close(w);
}

assay_status sim_crl_write(const sim_world *world, const sim_keyring *ring, const sim_crl *crl,
                           sim_bytes *out, assay_error *err)
{
    sim_key key =
        crl->signing_key != SIM_KEY_NONE ? crl->signing_key : world->certificates[crl->issuer].key;
    sim_bytes tbs = { 0 }, der = { 0 };
    der_writer w = { .out = &tbs };
    put_crl_tbs(world, ring, crl, &w);
    assay_status status = put_signed(ring, key, SIM_ECDSA_SHA256, &tbs, &der, err);
    switch (crl->encoding) {
    case SIM_CRL_DER:
        bytes_add(out, bytes_span(&der));
        break;
    case SIM_CRL_HEX:
        bytes_add_hex(out, bytes_span(&der), hex_lower);
        break;
    case SIM_CRL_PEM:
        sim_pem_write(bytes_span(&der), "X509 CRL", out);
        break;
    }
    out->failed |= der.failed | tbs.failed;
    bytes_free(&tbs);
    bytes_free(&der);
    return status;
}
