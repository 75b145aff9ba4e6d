/* build.c: turns a world into bytes. */
#include "sim/build.h"

#include "sim/certificates.h"
#include "sim/documents.h"

/* The world's own root, before any fault touched it. */
static assay_status put_own_root(const sim_world *world, const sim_keyring *ring, sim_bytes *out,
                                 assay_error *err)
{
    sim_world genuine;
    sim_chain chain = { .certificates = { SIM_ROOT }, .count = 1 };
    sim_world_init(&genuine, &sim_profiles[0], world->seed, world->now, SIM_DEFAULT_DAYS);
    return sim_chain_write(&genuine, ring, &chain, out, err);
}

static assay_status build(const sim_world *world, const sim_keyring *ring, sim_artifacts *out,
                          assay_error *err)
{
    const sim_chain *tcb_chain = &world->tcb_info.document.chain;
    const sim_chain *identity_chain = &world->identity.document.chain;
    TRY(sim_quote_write(world, ring, &out->quote, &out->map, err));
    TRY(sim_tcb_info_write(&world->tcb_info, ring, &out->tcb_info, err));
    TRY(sim_chain_write(world, ring, tcb_chain, &out->tcb_info_issuer_chain, err));
    TRY(sim_identity_write(&world->identity, ring, &out->qe_identity, err));
    TRY(sim_chain_write(world, ring, identity_chain, &out->qe_identity_issuer_chain, err));
    TRY(sim_crl_write(world, ring, &world->root_crl, &out->root_ca_crl, err));
    TRY(sim_crl_write(world, ring, &world->pck_crl, &out->pck_crl, err));
    TRY(sim_chain_write(world, ring, &world->pck_crl_issuer_chain, &out->pck_crl_issuer_chain,
                        err));
    return put_own_root(world, ring, &out->root, err);
}

static bool any_failed(const sim_artifacts *a)
{
    return a->quote.failed || a->tcb_info.failed || a->tcb_info_issuer_chain.failed ||
           a->qe_identity.failed || a->qe_identity_issuer_chain.failed || a->root_ca_crl.failed ||
           a->pck_crl.failed || a->pck_crl_issuer_chain.failed || a->root.failed;
}

assay_status sim_build(const sim_world *world, sim_artifacts *out, assay_error *err)
{
    sim_keyring ring;
    TRY(sim_keyring_derive(world->seed, &ring, err));
    TRY(build(world, &ring, out, err));
    if (any_failed(out))
        return fail(err, ASSAY_NO_MEMORY, "simulator", ASSAY_NO_OFFSET, "no memory to build");
    return ASSAY_OK;
}

void sim_artifacts_free(sim_artifacts *a)
{
    sim_bytes *all[] = { &a->quote,
                         &a->tcb_info,
                         &a->tcb_info_issuer_chain,
                         &a->qe_identity,
                         &a->qe_identity_issuer_chain,
                         &a->root_ca_crl,
                         &a->pck_crl,
                         &a->pck_crl_issuer_chain,
                         &a->root };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        bytes_free(all[i]);
}

assay_collateral_items sim_artifacts_items(const sim_artifacts *a)
{
    return (assay_collateral_items) {
        .tcb_info = bytes_span(&a->tcb_info),
        .tcb_info_issuer_chain = bytes_span(&a->tcb_info_issuer_chain),
        .qe_identity = bytes_span(&a->qe_identity),
        .qe_identity_issuer_chain = bytes_span(&a->qe_identity_issuer_chain),
        .root_ca_crl = bytes_span(&a->root_ca_crl),
        .pck_crl = bytes_span(&a->pck_crl),
        .pck_crl_issuer_chain = bytes_span(&a->pck_crl_issuer_chain),
    };
}

enum { ENVELOPE_TAIL_SIZE = sizeof(",\"signature\":\"\"}") - 1 + 2 * P256_SIGNATURE_SIZE };

/* The inner object and the signature of an untouched body; false: the body is given whole. */
static bool split_body(assay_span body, const char *member, assay_span *inner,
                       assay_span *signature)
{
    size_t head = strlen("{\"\":") + strlen(member);
    if (body.size < head + ENVELOPE_TAIL_SIZE || body.data[body.size - 1] != '}' ||
        !span_is(span_slice(body, 2, strlen(member)), member))
        return false;
    size_t tail = body.size - ENVELOPE_TAIL_SIZE;
    *inner = span_slice(body, head, tail - head);
    *signature = span_slice(body, body.size - 2 - 2 * P256_SIGNATURE_SIZE, 2 * P256_SIGNATURE_SIZE);
    return span_is(span_slice(body, tail, 14), ",\"signature\":\"");
}

/* DER as hex; what is text already, as it is. */
static void put_crl_text(assay_span crl, sim_bytes *out)
{
    if (crl.size > 0 && crl.data[0] == DER_SEQUENCE)
        bytes_add_hex(out, crl, hex_lower);
    else
        bytes_add(out, crl);
}

void sim_collateral_json_write(const sim_artifacts *a, sim_bytes *out)
{
    sim_bytes root_crl = { 0 }, pck_crl = { 0 };
    assay_span info = bytes_span(&a->tcb_info), info_signature = { NULL, 0 };
    assay_span identity = bytes_span(&a->qe_identity), identity_signature = { NULL, 0 };
    bool split = split_body(info, "tcbInfo", &info, &info_signature) &&
                 split_body(identity, "enclaveIdentity", &identity, &identity_signature);
    if (!split) {
        info = bytes_span(&a->tcb_info);
        identity = bytes_span(&a->qe_identity);
    }
    put_crl_text(bytes_span(&a->root_ca_crl), &root_crl);
    put_crl_text(bytes_span(&a->pck_crl), &pck_crl);
    const sim_member members[] = {
        { "tcb_info_issuer_chain", bytes_span(&a->tcb_info_issuer_chain) },
        { "tcb_info", info },
        { "qe_identity_issuer_chain", bytes_span(&a->qe_identity_issuer_chain) },
        { "qe_identity", identity },
        { "pck_crl_issuer_chain", bytes_span(&a->pck_crl_issuer_chain) },
        { "root_ca_crl", bytes_span(&root_crl) },
        { "pck_crl", bytes_span(&pck_crl) },
        { "tcb_info_signature", info_signature },
        { "qe_identity_signature", identity_signature },
    };
    sim_json_object_write(members, split ? 9 : 7, out);
    out->failed |= root_crl.failed | pck_crl.failed;
    bytes_free(&root_crl);
    bytes_free(&pck_crl);
}
