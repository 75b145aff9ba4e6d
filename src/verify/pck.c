/* pck.c: the PCK certificate chain of a quote: steps 7, 8, 13, 14 and 20 of verification.md 4.1.
 *
 * Certificates that are byte-equal to those which the collateral has proved are not proved again. A
 * chain that the verifier remembers skips everything here: its key covers the chain and the
 * collateral, and dates are judged elsewhere. */
#include "verify/memo.h"
#include "verify/steps.h"
#include "wire/pem.h"

static const char *const places[] = { "quote.pck_chain[0]", "quote.pck_chain[1]",
                                      "quote.pck_chain[2]" };
enum { LEAF, CA, ROOT, CHAIN_SIZE };

static const char leaf_name[] = "Intel SGX PCK Certificate";

static const x509_trust *known_trust(const verification *v)
{
    return v->collateral->outcomes[CHECK_CHAINS].status == ASSAY_OK ? &v->collateral->trust : NULL;
}

static assay_status chain_error(assay_error *err, assay_status status)
{
    return error_as(err, status, QVL_PCK_CHAIN_UNTRUSTED, 0xE022);
}

/* One certificate: taken from the collateral when its bytes are the same, parsed otherwise. */
static assay_status certificate_read(assay_span der, const x509_cert *known, size_t place,
                                     x509_cert *out, bool *is_known, assay_error *err)
{
    static const struct {
        uint16_t qvl, code;
    } broken[] = { [LEAF] = { QVL_PCK_INVALID, 0xE022 },
                   [CA] = { QVL_INTERMEDIATE_CA_INVALID, 0xE022 },
                   [ROOT] = { QVL_UNSUPPORTED_CERT_FORMAT, 0xE021 } };
    *is_known = known != NULL && span_equal(der, known->der);
    if (*is_known) {
        *out = *known;
        return ASSAY_OK;
    }
    assay_status status = x509_cert_parse(der, places[place], out, err);
    return status == ASSAY_OK ? ASSAY_OK
                              : error_as(err, status, broken[place].qvl, broken[place].code);
}

/* Leaf, CA, root in this order: a leaf or a self-issued certificate in another's place is a chain
 * out of order, which Intel reports by the format of the chain. */
static assay_status order_check(const pck_chain *chain, assay_error *err)
{
    const x509_cert *certs[CHAIN_SIZE] = { &chain->leaf, &chain->ca, &chain->root };
    for (size_t i = 0; i < CHAIN_SIZE; i++) {
        bool self_issued = span_equal(certs[i]->issuer, certs[i]->subject);
        bool out_of_place = self_issued != (i == ROOT) ||
                            (i != LEAF && span_is(certs[i]->common_name, leaf_name)) ||
                            (i != CA && pck_ca_of_name(certs[i]->subject) != PCK_CA_NONE);
        if (out_of_place)
            return chain_error(err, fail(err, ASSAY_MALFORMED, places[i], ASSAY_NO_OFFSET,
                                         "\"%.*s\" is out of order: want leaf, PCK CA, root",
                                         (int)certs[i]->common_name.size,
                                         (const char *)certs[i]->common_name.data));
    }
    return ASSAY_OK;
}

/* What stays when the bytes are gone. */
static assay_status facts_take(verification *v, assay_error *err)
{
    const pck_chain *c = v->chain;
    pck_facts *facts = &v->pck;
    *facts = (pck_facts) { .ca = pck_ca_of_name(c->leaf.issuer) };
    if (span_is(c->leaf.common_name, leaf_name) && facts->ca != PCK_CA_NONE)
        TRY_AS(QVL_UNSUPPORTED_PCK_CERT_FORMAT,
               pck_extension_parse(&c->leaf, facts->ca, places[LEAF], &facts->extension, err));
    const x509_cert *certs[CHAIN_SIZE] = { &c->leaf, &c->ca, &c->root };
    facts->validity =
        (assay_validity) { c->leaf.not_before, c->leaf.not_before, c->leaf.not_after };
    for (size_t i = CA; i < CHAIN_SIZE; i++) {
        if (certs[i]->not_before < facts->validity.begin)
            facts->validity.begin = certs[i]->not_before;
        if (certs[i]->not_before > facts->validity.latest_begin)
            facts->validity.latest_begin = certs[i]->not_before;
        if (certs[i]->not_after < facts->validity.end)
            facts->validity.end = certs[i]->not_after;
    }
    memcpy(facts->root_point, c->root.point, P256_POINT_SIZE);
    return ASSAY_OK;
}

/* Identifiers of the root that the verdict names. */
static void root_identify(pck_facts *facts)
{
    facts->root_spki_digest = x509_key_digest(facts->root_point);
    sha384(SPAN(facts->root_point), facts->root_key_id);
}

static bool chain_remembered(verification *v)
{
    if (v->memory == NULL)
        return false;
    const assay_span parts[] = { SPAN(v->collateral->digest.bytes), v->chain_text };
    v->chain_key = sha256_of(parts, 2);
    return memo_find_chain(v->memory, &v->chain_key, &v->pck, &v->leaf_key);
}

/* Step 7: PEM, exactly three certificates, their formats, the SGX extension. */
assay_status pck_chain_read(verification *v, assay_error *err)
{
    v->chain_proved = chain_remembered(v);
    if (v->chain_proved)
        return ASSAY_OK;
    pck_chain *c = v->chain;
    pem_blocks blocks;
    assay_status status =
        v->chain_text.size > LIMIT_CERTIFICATION_DATA_SIZE
            ? fail(err, ASSAY_MALFORMED, "", ASSAY_NO_OFFSET,
                   "PCK chain of %zu bytes, want up to %d", v->chain_text.size,
                   LIMIT_CERTIFICATION_DATA_SIZE)
            : pem_decode(v->chain_text, "CERTIFICATE", c->der, sizeof(c->der), &blocks, err);
    if (status != ASSAY_OK)
        return chain_error(err, error_inside(err, status, "quote.pck_chain"));
    if (blocks.count != CHAIN_SIZE)
        return chain_error(err, fail(err, ASSAY_MALFORMED, "quote.pck_chain", ASSAY_NO_OFFSET,
                                     "%zu certificates, want leaf, PCK CA, root", blocks.count));
    const x509_cert *known_ca = known_trust(v) != NULL ? &v->collateral->pck_ca : NULL;
    const x509_cert *known_root = known_trust(v) != NULL ? &v->collateral->root : NULL;
    bool unused;
    TRY(certificate_read(blocks.der[ROOT], known_root, ROOT, &c->root, &c->root_is_collaterals,
                         err));
    TRY(certificate_read(blocks.der[CA], known_ca, CA, &c->ca, &c->ca_is_collaterals, err));
    TRY(certificate_read(blocks.der[LEAF], NULL, LEAF, &c->leaf, &unused, err));
    TRY(order_check(c, err));
    return facts_take(v, err);
}

/* Step 8: the root's key is Intel's, or one that the caller named. */
assay_status pck_root_check(verification *v, assay_error *err)
{
    if (v->chain_proved || collateral_trusts_root(v->collateral, v->pck.root_point))
        return ASSAY_OK;
    char digest[2 * SHA256_SIZE + 1];
    root_identify(&v->pck);
    assay_hex_encode(SPAN(v->pck.root_spki_digest.bytes), digest);
    return error_as(err,
                    fail(err, ASSAY_UNTRUSTED, places[ROOT], ASSAY_NO_OFFSET,
                         "root key with SHA-256 %s is not Intel's, and not named as a further root",
                         digest),
                    QVL_ROOT_CA_UNTRUSTED, 0);
}

/* Step 13: roles, names, key identifiers and signatures of root, CA and leaf. */
assay_status pck_chain_check(verification *v, assay_error *err)
{
    if (v->chain_proved)
        return ASSAY_OK;
    const pck_chain *c = v->chain;
    const x509_trust *known = &v->collateral->trust;
    TRY(x509_role_check(ROLE_SGX_ROOT, &c->root, places[ROOT], err));
    TRY(x509_role_check(ROLE_PCK_CA, &c->ca, places[CA], err));
    TRY(x509_role_check(ROLE_PCK_LEAF, &c->leaf, places[LEAF], err));
    TRY(x509_link_check(ROLE_SGX_ROOT, &c->root, &c->root, known, NULL, places[ROOT], err));
    TRY(x509_link_check(ROLE_PCK_CA, &c->ca, &c->root, known, NULL, places[CA], err));
    return x509_link_check(ROLE_PCK_LEAF, &c->leaf, &c->ca, known, NULL, places[LEAF], err);
}

/* Steps 14 and 20: the CRLs are of this chain's CAs, and list neither the CA nor the leaf. One root
 * CRL under the root of the quote and under that of the collateral: so both are one key. */
assay_status pck_revocation_check(verification *v, assay_error *err)
{
    if (v->chain_proved)
        return ASSAY_OK;
    const pck_chain *c = v->chain;
    const assay_collateral *given = v->collateral;
    if (!c->ca_is_collaterals)
        TRY(x509_crl_check(&given->pck_crl, &c->ca, &given->trust, NULL, "collateral.pck_crl",
                           err));
    if (!c->root_is_collaterals)
        TRY(x509_crl_check(&given->root_crl, &c->root, &given->trust, NULL,
                           "collateral.root_ca_crl", err));
    if (x509_crl_lists(&given->root_crl, c->ca.serial))
        return error_as(err,
                        fail(err, ASSAY_REVOKED, places[CA], ASSAY_NO_OFFSET,
                             "the PCK CA certificate is on the root CRL"),
                        QVL_INTERMEDIATE_CA_REVOKED, 0);
    if (x509_crl_lists(&given->pck_crl, c->leaf.serial))
        return error_as(err,
                        fail(err, ASSAY_REVOKED, places[LEAF], ASSAY_NO_OFFSET,
                             "the PCK certificate is on the CRL of its CA"),
                        QVL_PCK_CERT_REVOKED, 0);
    root_identify(&v->pck);
    return ASSAY_OK;
}
