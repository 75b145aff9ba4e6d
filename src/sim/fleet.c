/* fleet.c: platforms of a simulated vendor, made by number. collateral-service.md 1, 3. */
#include "sim/fleet.h"

#include <stdio.h>

#include "sim/certificates.h"

const fleet_model fleet_models[] = {
    { "E5", { 0x00, 0x60, 0x6a }, PCK_CA_PLATFORM, SIM_SGX_ONLY, 20 },
    { "E5", { 0x90, 0xc0, 0x6f }, PCK_CA_PLATFORM, SIM_SGX_AND_TDX, 30 },
    { "E5", { 0x50, 0x80, 0x6f }, PCK_CA_PLATFORM, SIM_SGX_AND_TDX, 20 },
    { "E5", { 0xb0, 0xc0, 0x6f }, PCK_CA_PLATFORM, SIM_SGX_AND_TDX, 10 },
    { "E3", { 0x00, 0x90, 0x6e, 0xd5 }, PCK_CA_PROCESSOR, SIM_SGX_ONLY, 15 },
    { "client", { 0x00, 0xa0, 0x67, 0x11 }, PCK_CA_PROCESSOR, SIM_SGX_ONLY, 5 },
    { .kind = NULL },
};

const char *const sim_world_profiles[SIM_WORLD_COUNT] = {
    [SIM_WORLD_SGX] = "sgx-v3",
    [SIM_WORLD_PROCESSOR] = "sgx-v3-processor",
    [SIM_WORLD_TDX] = "tdx-v4",
};

/* How many of 100 platforms are at which level. */
static const unsigned level_shares[] = { 70, 8, 6, 3, 8, 2, 2, 1 };
enum { LEVEL_SHARE_COUNT = sizeof(level_shares) / sizeof(level_shares[0]) };

/* One platform in so many has got its TCB after it was registered; certificates for the levels
 * before this one are then not available. */
enum { FRESH_OF = 16, FRESH_LEVEL = 4 };

const fleet_model *fleet_model_find(const uint8_t fmspc[6])
{
    for (const fleet_model *row = fleet_models; row->kind != NULL; row++) {
        if (memcmp(row->fmspc, fmspc, sizeof(row->fmspc)) == 0)
            return row;
    }
    return NULL;
}

assay_status fleet_init(sim_fleet *fleet, uint64_t seed, int64_t now, unsigned days, uint64_t count,
                        assay_error *err)
{
    memset(fleet, 0, sizeof(*fleet));
    fleet->seed = seed;
    fleet->count = count;
    for (size_t i = 0; i < SIM_WORLD_COUNT; i++)
        sim_world_init(&fleet->worlds[i], sim_profile_find(sim_world_profiles[i]), seed, now, days);
    return sim_keyring_derive(seed, &fleet->ring, err);
}

/* ---- Members ---- */

static enum sim_world_id world_id_of(const fleet_model *model)
{
    if (model->ca == PCK_CA_PROCESSOR)
        return SIM_WORLD_PROCESSOR;
    return model->reach == SIM_SGX_AND_TDX ? SIM_WORLD_TDX : SIM_WORLD_SGX;
}

static const fleet_model *draw_model(uint16_t drawn)
{
    const fleet_model *row = fleet_models;
    for (unsigned left = drawn % 100u; row[1].kind != NULL && left >= row->share; row++)
        left -= row->share;
    return row;
}

static size_t draw_level(uint16_t drawn)
{
    size_t level = 0;
    for (unsigned left = drawn % 100u; level + 1 < LEVEL_SHARE_COUNT && left >= level_shares[level];
         level++)
        left -= level_shares[level];
    return level;
}

static void member_draw(const sim_fleet *fleet, uint64_t number, fleet_member *m)
{
    char name[40];
    uint8_t random[64];
    snprintf(name, sizeof(name), "platform %llu", (unsigned long long)number);
    sim_random(fleet->seed, name, random, sizeof(random));
    memcpy(m->qe_id, random, SIM_QE_ID_SIZE);
    memcpy(m->ppid, random + 16, SIM_PPID_SIZE);
    memcpy(m->instance_id, random + 32, sizeof(m->instance_id));
    m->model = draw_model(load_u16le(random + 48));
    m->level = draw_level(load_u16le(random + 50));
    m->fresh = random[52] % FRESH_OF == 0;
    m->world = &fleet->worlds[world_id_of(m->model)];
    const sim_level *level = &m->world->tcb_info.levels[m->level];
    memcpy(m->cpu_svn, level->sgx, sizeof(m->cpu_svn));
    m->pce_svn = (uint16_t)level->pce_svn;
}

/* The platform of a world as `vendor new` makes it. */
static void member_of_world(const sim_world *world, fleet_member *m)
{
    const sim_platform *p = &world->platform;
    memcpy(m->qe_id, world->quote.header + QUOTE_V4_USER_DATA_OFFSET, SIM_QE_ID_SIZE);
    memcpy(m->ppid, p->ppid, SIM_PPID_SIZE);
    memcpy(m->instance_id, p->instance_id, sizeof(m->instance_id));
    memcpy(m->pce_id, p->pce_id, sizeof(m->pce_id));
    memcpy(m->cpu_svn, p->cpu_svn, sizeof(m->cpu_svn));
    m->pce_svn = (uint16_t)p->pce_svn;
    m->model = fleet_model_find(p->fmspc);
    m->world = world;
}

bool fleet_find(const sim_fleet *fleet, uint64_t number, fleet_member *out)
{
    fleet_member member = { .number = number };
    if (number < fleet->count && number < SIM_WORLD_NUMBER)
        member_draw(fleet, number, &member);
    else if (number >= SIM_WORLD_NUMBER && number - SIM_WORLD_NUMBER < SIM_WORLD_COUNT)
        member_of_world(&fleet->worlds[number - SIM_WORLD_NUMBER], &member);
    else
        return false;
    *out = member;
    return true;
}

/* ---- Tokens ---- */

enum { MARK_SIZE = 16, NUMBER_SIZE = 8, TOKEN_HEAD = MARK_SIZE + NUMBER_SIZE + SIM_PPID_SIZE };

static const struct {
    const char *mark;
    size_t size;
} tokens[SIM_TOKEN_COUNT] = {
    [SIM_ENCRYPTED_PPID] = { "assay-sim ppid 1", SIM_ENCRYPTED_PPID_SIZE },
    [SIM_MANIFEST] = { "assay-sim mani 1", SIM_MANIFEST_SIZE },
    [SIM_ADD_PACKAGE] = { "assay-sim pack 1", SIM_MANIFEST_SIZE },
};

size_t fleet_token_size(fleet_token token)
{
    return tokens[token].size;
}

void fleet_token_write(const sim_fleet *fleet, const fleet_member *member, fleet_token token,
                       sim_bytes *out)
{
    char name[48];
    uint8_t number[NUMBER_SIZE], fill[SIM_MANIFEST_SIZE];
    store_u64le(number, member->number);
    snprintf(name, sizeof(name), "%s %llu", tokens[token].mark, (unsigned long long)member->number);
    sim_random(fleet->seed, name, fill, tokens[token].size - TOKEN_HEAD);
    bytes_add_text(out, tokens[token].mark);
    bytes_add(out, SPAN(number));
    bytes_add(out, SPAN(member->ppid));
    bytes_add(out, span_of(fill, tokens[token].size - TOKEN_HEAD));
}

bool fleet_token_find(const sim_fleet *fleet, fleet_token token, assay_span bytes,
                      fleet_member *out)
{
    fleet_member member;
    if (bytes.size != tokens[token].size ||
        !span_is(span_slice(bytes, 0, MARK_SIZE), tokens[token].mark) ||
        !fleet_find(fleet, load_u64le(bytes.data + MARK_SIZE), &member) ||
        !span_equal(span_slice(bytes, MARK_SIZE + NUMBER_SIZE, SIM_PPID_SIZE), SPAN(member.ppid)))
        return false;
    *out = member;
    return true;
}

/* ---- Certificates ---- */

size_t fleet_member_level_count(const fleet_member *member)
{
    return member->world->tcb_info.level_count;
}

const sim_level *fleet_member_level(const fleet_member *member, size_t level)
{
    return &member->world->tcb_info.levels[level];
}

bool fleet_member_has(const fleet_member *member, size_t level, fleet_claim claim)
{
    return claim == SIM_BY_MANIFEST || !member->fresh || level >= FRESH_LEVEL;
}

void fleet_level_tcbm(const sim_level *level, uint8_t out[SIM_TCBM_SIZE])
{
    memcpy(out, level->sgx, sizeof(level->sgx));
    store_u16le(out + sizeof(level->sgx), (uint16_t)level->pce_svn);
}

bool fleet_level_covered(const sim_level *level, const uint8_t cpu_svn[16], uint16_t pce_svn)
{
    for (size_t i = 0; i < sizeof(level->sgx); i++) {
        if (cpu_svn[i] < level->sgx[i])
            return false;
    }
    return pce_svn >= level->pce_svn;
}

size_t fleet_member_select(const fleet_member *member, const uint8_t cpu_svn[16], uint16_t pce_svn,
                           fleet_claim claim)
{
    for (size_t i = 0; i < fleet_member_level_count(member); i++) {
        if (fleet_member_has(member, i, claim) &&
            fleet_level_covered(fleet_member_level(member, i), cpu_svn, pce_svn))
            return i;
    }
    return SIZE_MAX;
}

/* The leaf of a world's own platform keeps its serial number at the newest level. */
static void draw_serial(const fleet_member *member, size_t level, sim_world *world)
{
    char name[64];
    if (member->number >= SIM_WORLD_NUMBER && level == 0)
        return;
    snprintf(name, sizeof(name), "pck serial %llu %zu", (unsigned long long)member->number, level);
    sim_random(world->seed, name, world->certificates[SIM_LEAF].serial, 20);
    world->certificates[SIM_LEAF].serial[0] &= 0x7f;
    world->certificates[SIM_LEAF].serial[0] |= 0x40;
}

void fleet_member_enter(const fleet_member *member, size_t level, sim_world *world)
{
    const sim_level *row = fleet_member_level(member, level);
    sim_platform *p = &world->platform;
    memcpy(p->ppid, member->ppid, sizeof(p->ppid));
    memcpy(p->instance_id, member->instance_id, sizeof(p->instance_id));
    memcpy(p->pce_id, member->pce_id, sizeof(p->pce_id));
    memcpy(p->fmspc, member->model->fmspc, sizeof(p->fmspc));
    memcpy(p->cpu_svn, row->sgx, sizeof(p->cpu_svn));
    for (size_t i = 0; i < 16; i++)
        p->components[i] = row->sgx[i];
    p->pce_svn = row->pce_svn;
    memcpy(world->tcb_info.fmspc, p->fmspc, sizeof(p->fmspc));
    memcpy(world->quote.header + QUOTE_V4_USER_DATA_OFFSET, member->qe_id, SIM_QE_ID_SIZE);
    draw_serial(member, level, world);
}

const sim_profile *fleet_member_profile(const fleet_member *member)
{
    return sim_profile_find(sim_world_profiles[world_id_of(member->model)]);
}

assay_status fleet_member_certificate(const sim_fleet *fleet, const fleet_member *member,
                                      size_t level, sim_key signing_key, sim_bytes *out,
                                      assay_error *err)
{
    sim_world world = *member->world;
    const sim_chain leaf = { .certificates = { SIM_LEAF }, .count = 1 };
    fleet_member_enter(member, level, &world);
    world.certificates[SIM_LEAF].signing_key = signing_key;
    return sim_chain_write(&world, &fleet->ring, &leaf, out, err);
}
