/* sgx_extension.c: what a PCK certificate says about its platform. verification.md 2.3. */
#include "sim/certificates.h"

#define SGX_OID "1.2.840.113741.1.13.1"

static void pair_open(der_writer *w, const char *oid)
{
    der_open(w, DER_SEQUENCE);
    der_put_oid(w, oid);
}

static void put_octets(der_writer *w, const char *oid, assay_span value)
{
    pair_open(w, oid);
    der_element_put(w, DER_OCTET_STRING, value);
    der_close(w);
}

static void put_flag(der_writer *w, const char *oid, uint8_t octet)
{
    pair_open(w, oid);
    der_put_boolean(w, octet);
    der_close(w);
}

static void put_tcb(der_writer *w, const sim_platform *p)
{
    static const char *const oids[] = {
        SGX_OID ".2.1",  SGX_OID ".2.2",  SGX_OID ".2.3",  SGX_OID ".2.4",  SGX_OID ".2.5",
        SGX_OID ".2.6",  SGX_OID ".2.7",  SGX_OID ".2.8",  SGX_OID ".2.9",  SGX_OID ".2.10",
        SGX_OID ".2.11", SGX_OID ".2.12", SGX_OID ".2.13", SGX_OID ".2.14", SGX_OID ".2.15",
        SGX_OID ".2.16", SGX_OID ".2.17",
    };
    pair_open(w, SGX_OID ".2");
    der_open(w, DER_SEQUENCE);
    for (size_t i = 0; i < 17; i++) {
        pair_open(w, oids[i]);
        der_put_unsigned(w, DER_INTEGER, i < 16 ? p->components[i] : p->pce_svn);
        der_close(w);
    }
    put_octets(w, SGX_OID ".2.18", SPAN(p->cpu_svn));
    der_close(w);
    der_close(w);
}

static void put_platform_ca_part(der_writer *w, const sim_platform *p)
{
    put_octets(w, SGX_OID ".6", SPAN(p->instance_id));
    pair_open(w, SGX_OID ".7");
    der_open(w, DER_SEQUENCE);
    put_flag(w, SGX_OID ".7.1", p->dynamic_platform);
    put_flag(w, SGX_OID ".7.2", p->cached_keys);
    put_flag(w, SGX_OID ".7.3", p->smt_enabled);
    der_close(w);
    der_close(w);
}

void sim_sgx_extension_write(const sim_platform *p, pck_ca ca, der_writer *w)
{
    bool swapped = p->form == SIM_EXTENSION_OTHER_ORDER;
    bool seven = (ca == PCK_CA_PLATFORM) != (p->form == SIM_EXTENSION_OTHER_COUNT);
    der_open(w, DER_SEQUENCE);
    put_octets(w, SGX_OID ".1", SPAN(p->ppid));
    put_tcb(w, p);
    if (swapped)
        put_octets(w, SGX_OID ".4", SPAN(p->fmspc));
    put_octets(w, SGX_OID ".3", SPAN(p->pce_id));
    if (!swapped)
        put_octets(w, SGX_OID ".4", SPAN(p->fmspc));
    if (p->form == SIM_EXTENSION_REPEATED_FMSPC)
        put_octets(w, SGX_OID ".4", SPAN(p->fmspc));
    pair_open(w, SGX_OID ".5");
    der_put_unsigned(w, DER_ENUMERATED, p->sgx_type);
    der_close(w);
    if (seven)
        put_platform_ca_part(w, p);
    if (p->form == SIM_EXTENSION_UNKNOWN_ELEMENT)
        put_octets(w, SGX_OID ".8", SPAN(p->pce_id));
    der_close(w);
}
