/* faults.c: finds and applies faults. The rows stand in faults_*.c. */
#include "sim/faults.h"

static const sim_fault *const tables[] = {
    sim_faults_of_quote, sim_faults_of_qe,        sim_faults_of_certificates,
    sim_faults_of_crls,  sim_faults_of_documents, sim_faults_of_tcb,
};

const sim_fault *sim_fault_next(size_t *cursor)
{
    size_t left = (*cursor)++;
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (const sim_fault *row = tables[i]; row->name != NULL; row++) {
            if (left-- == 0)
                return row;
        }
    }
    return NULL;
}

const sim_fault *sim_fault_find(const char *name)
{
    size_t cursor = 0;
    const sim_fault *row;
    while ((row = sim_fault_next(&cursor)) != NULL) {
        if (strcmp(row->name, name) == 0)
            break;
    }
    return row;
}

static void patch_bytes(const sim_patch *patch, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < patch->size && patch->offset + i < size; i++) {
        uint8_t value = (uint8_t)(patch->value >> (8 * i));
        uint8_t *octet = bytes + patch->offset + i;
        *octet = patch->kind == SIM_XOR ? *octet ^ value : value;
    }
}

static void patch_world(const sim_patch *patch, sim_world *world)
{
    sim_quote *quote = &world->quote;
    if (patch->place == SIM_HEADER)
        patch_bytes(patch, quote->header, sizeof(quote->header));
    if (patch->place == SIM_BODY)
        patch_bytes(patch, quote->body, sizeof(quote->body));
    if (patch->place == SIM_QE_REPORT)
        patch_bytes(patch, quote->qe_report, sizeof(quote->qe_report));
}

void sim_fault_change_world(const sim_fault *fault, sim_world *world)
{
    patch_world(&fault->patch, world);
    patch_world(&fault->second_patch, world);
    if (fault->document == SIM_TCB_INFO)
        sim_document_edit(&world->tcb_info.document, fault->edit);
    if (fault->document == SIM_IDENTITY)
        sim_document_edit(&world->identity.document, fault->edit);
    if (fault->change_world != NULL)
        fault->change_world(world);
}

static void patch_built(const sim_patch *patch, sim_artifacts *artifacts)
{
    const sim_quote_map *map = &artifacts->map;
    const size_t starts[] = {
        [SIM_BUILT_QUOTE] = 0,
        [SIM_BUILT_BODY] = map->body,
        [SIM_BUILT_AUTH_SIZE] = map->auth_size,
        [SIM_BUILT_SIGNATURE] = map->signature,
        [SIM_BUILT_KEY] = map->attestation_key,
        [SIM_BUILT_OUTER] = map->outer_type,
        [SIM_BUILT_QE_REPORT] = map->qe_report,
        [SIM_BUILT_QE_SIGNATURE] = map->qe_signature,
        [SIM_BUILT_QE_AUTH_SIZE] = map->qe_auth_size,
        [SIM_BUILT_QE_AUTH_DATA] = map->qe_auth_data,
        [SIM_BUILT_CERTIFICATION] = map->certification_type,
    };
    if (patch->place < SIM_BUILT_QUOTE)
        return;
    size_t start = starts[patch->place];
    if (start < artifacts->quote.size)
        patch_bytes(patch, artifacts->quote.data + start, artifacts->quote.size - start);
}

void sim_fault_change_built(const sim_fault *fault, sim_artifacts *artifacts)
{
    patch_built(&fault->patch, artifacts);
    patch_built(&fault->second_patch, artifacts);
    if (fault->change_built != NULL)
        fault->change_built(artifacts);
}
