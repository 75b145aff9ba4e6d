/* pck.c: the SGX extension of PCK certificates: which platform, at which TCB. verification.md 2.3.
 */
#include "wire/der.h"
#include "x509/x509.h"

enum { COMPONENTS = 16, SGX_TYPE_LAST = 2 };

/* Suffixes of 1.2.840.113741.1.13.1. */
enum {
    OID_PPID = 1,
    OID_TCB = 2,
    OID_PCE_SVN = 17,
    OID_CPU_SVN = 18,
    OID_PCE_ID = 3,
    OID_FMSPC = 4,
    OID_SGX_TYPE = 5,
    OID_PLATFORM_INSTANCE_ID = 6,
    OID_CONFIGURATION = 7,
    OID_DYNAMIC_PLATFORM = 1,
    OID_CACHED_KEYS = 2,
    OID_SMT_ENABLED = 3
};

/* An OID under the arc of the extension: one suffix, or two. */
typedef struct sgx_oid {
    const char *name;
    uint8_t suffix[2]; /* [1] is 0 when there is one */
} sgx_oid;

static bool oid_is(assay_span oid, const sgx_oid *wanted)
{
    static const uint8_t arc[] = { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01 };
    size_t suffix_size = wanted->suffix[1] == 0 ? 1 : 2;
    return oid.size == sizeof(arc) + suffix_size && memcmp(oid.data, arc, sizeof(arc)) == 0 &&
           memcmp(oid.data + sizeof(arc), wanted->suffix, suffix_size) == 0;
}

/* The next pair, SEQUENCE { OID, value }, must be this one. */
static assay_status pair_read(der_reader *r, sgx_oid wanted, uint8_t tag, der_element *value,
                              assay_error *err)
{
    der_element pair, oid;
    TRY(der_expect(r, DER_SEQUENCE, wanted.name, &pair, err));
    der_reader in = der_inside(r, &pair);
    TRY(der_expect(&in, DER_OID, wanted.name, &oid, err));
    if (!oid_is(oid.content, &wanted))
        return der_fail(&in, &oid, err, "another element where %s belongs", wanted.name);
    TRY(der_expect(&in, tag, wanted.name, value, err));
    return der_end(&in, err);
}

static assay_status octets_read(der_reader *r, sgx_oid wanted, uint8_t *out, size_t size,
                                assay_error *err)
{
    der_element value;
    TRY(pair_read(r, wanted, DER_OCTET_STRING, &value, err));
    if (value.content.size != size)
        return der_fail(r, &value, err, "%s has %zu octets, want %zu", wanted.name,
                        value.content.size, size);
    memcpy(out, value.content.data, size);
    return ASSAY_OK;
}

static assay_status number_read(der_reader *r, sgx_oid wanted, uint8_t tag, uint64_t max,
                                uint64_t *out, assay_error *err)
{
    der_element value;
    TRY(pair_read(r, wanted, tag, &value, err));
    return der_unsigned(r, &value, max, out, err);
}

static assay_status flag_read(der_reader *r, sgx_oid wanted, pck_flag *out, assay_error *err)
{
    der_element value;
    bool set = false;
    TRY(pair_read(r, wanted, DER_BOOLEAN, &value, err));
    TRY(der_boolean(r, &value, &set, err));
    *out = set ? PCK_FLAG_TRUE : PCK_FLAG_FALSE;
    return ASSAY_OK;
}

static assay_status tcb_read(der_reader *r, pck_extension *out, assay_error *err)
{
    der_element sequence;
    uint64_t svn = 0;
    TRY(pair_read(r, (sgx_oid) { "TCB", { OID_TCB } }, DER_SEQUENCE, &sequence, err));
    der_reader in = der_inside(r, &sequence);
    for (uint8_t i = 0; i < COMPONENTS; i++) {
        sgx_oid component = { "component SVN", { OID_TCB, (uint8_t)(i + 1) } };
        TRY(number_read(&in, component, DER_INTEGER, UINT8_MAX, &svn, err));
        out->components[i] = (uint8_t)svn;
    }
    TRY(number_read(&in, (sgx_oid) { "PCESVN", { OID_TCB, OID_PCE_SVN } }, DER_INTEGER, UINT16_MAX,
                    &svn, err));
    out->pce_svn = (uint16_t)svn;
    TRY(octets_read(&in, (sgx_oid) { "CPUSVN", { OID_TCB, OID_CPU_SVN } }, out->cpu_svn,
                    sizeof(out->cpu_svn), err));
    return der_end(&in, err);
}

/* What only the Platform CA certifies. */
static assay_status platform_read(der_reader *r, pck_extension *out, assay_error *err)
{
    der_element sequence;
    TRY(octets_read(r, (sgx_oid) { "platform instance id", { OID_PLATFORM_INSTANCE_ID } },
                    out->platform_instance_id, sizeof(out->platform_instance_id), err));
    out->has_platform_instance_id = true;
    TRY(pair_read(r, (sgx_oid) { "configuration", { OID_CONFIGURATION } }, DER_SEQUENCE, &sequence,
                  err));
    der_reader in = der_inside(r, &sequence);
    TRY(flag_read(&in, (sgx_oid) { "dynamicPlatform", { OID_CONFIGURATION, OID_DYNAMIC_PLATFORM } },
                  &out->dynamic_platform, err));
    TRY(flag_read(&in, (sgx_oid) { "cachedKeys", { OID_CONFIGURATION, OID_CACHED_KEYS } },
                  &out->cached_keys, err));
    TRY(flag_read(&in, (sgx_oid) { "smtEnabled", { OID_CONFIGURATION, OID_SMT_ENABLED } },
                  &out->smt_enabled, err));
    return der_end(&in, err);
}

static assay_status extension_read(der_reader *r, pck_ca issuer, pck_extension *out,
                                   assay_error *err)
{
    der_element whole;
    uint64_t type = 0;
    TRY(der_expect(r, DER_SEQUENCE, "SGX extension", &whole, err));
    TRY(der_end(r, err));
    der_reader in = der_inside(r, &whole);
    TRY(octets_read(&in, (sgx_oid) { "PPID", { OID_PPID } }, out->ppid, sizeof(out->ppid), err));
    TRY(tcb_read(&in, out, err));
    TRY(octets_read(&in, (sgx_oid) { "PCEID", { OID_PCE_ID } }, out->pce_id, sizeof(out->pce_id),
                    err));
    TRY(octets_read(&in, (sgx_oid) { "FMSPC", { OID_FMSPC } }, out->fmspc, sizeof(out->fmspc),
                    err));
    TRY(number_read(&in, (sgx_oid) { "SGX type", { OID_SGX_TYPE } }, DER_ENUMERATED, SGX_TYPE_LAST,
                    &type, err));
    out->sgx_type = (uint8_t)type;
    if (issuer == PCK_CA_PLATFORM)
        TRY(platform_read(&in, out, err));
    return der_end(&in, err);
}

assay_status pck_extension_parse(const x509_cert *leaf, pck_ca issuer, const char *where,
                                 pck_extension *out, assay_error *err)
{
    pck_extension parsed = { .dynamic_platform = PCK_FLAG_UNDEFINED,
                             .cached_keys = PCK_FLAG_UNDEFINED,
                             .smt_enabled = PCK_FLAG_UNDEFINED };
    der_reader r = { .base = leaf->der.data, .in = leaf->sgx_extension, .where = where };
    if (issuer == PCK_CA_NONE || leaf->sgx_extension.size == 0)
        return error_as(err,
                        fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET,
                             issuer == PCK_CA_NONE ? "the issuer is not one of the two PCK CAs"
                                                   : "the certificate has no SGX extension"),
                        QVL_UNSUPPORTED_PCK_CERT_FORMAT, 0);
    TRY_AS(QVL_UNSUPPORTED_PCK_CERT_FORMAT, extension_read(&r, issuer, &parsed, err));
    *out = parsed;
    return ASSAY_OK;
}
