/* fleet.h: the platforms of a simulated vendor, by number: made when they are asked for, so that a
 * million of them need no memory. collateral-service.md 1 and 3; verification.md 2.3.
 *
 * Platform i of a seed is always the same one: QE-ID, PPID, FMSPC, CA and raw TCB follow from both.
 * The platforms of `assay-sim vendor new --seed N` belong to the fleet of that seed too: numbers
 * SIM_WORLD_NUMBER and up, one for each row of sim_world_profiles.
 *
 * Conventions, where genuine values are encrypted for Intel alone:
 *   encrypted PPID   384 bytes: "assay-sim ppid 1", number (u64, little-endian), PPID, random fill
 *   manifest         512 bytes: "assay-sim mani 1", number, PPID, random fill
 *   add package      512 bytes: "assay-sim pack 1", number, PPID, random fill
 * Every platform has the seed's one PCK key (SIM_KEY_LEAF) and a certificate for each TCB level. */
#ifndef ASSAY_SIM_FLEET_H
#define ASSAY_SIM_FLEET_H

#include "sim/keys.h"

/* ---- Models: one row for each FMSPC ---- */

typedef enum sim_reach { SIM_SGX_ONLY, SIM_SGX_AND_TDX } sim_reach;

typedef struct fleet_model {
    const char *kind; /* as Intel's fmspcs?platform= says: "E5", "E3", "client" */
    uint8_t fmspc[6];
    pck_ca ca;
    sim_reach reach;
    unsigned share; /* of 100 platforms */
} fleet_model;

/* Ends with a NULL kind. The FMSPCs of every profile of `vendor new` are among them. */
extern const fleet_model fleet_models[];
const fleet_model *fleet_model_find(const uint8_t fmspc[6]); /* NULL: none */

/* ---- The fleet ---- */

enum sim_world_id { SIM_WORLD_SGX, SIM_WORLD_PROCESSOR, SIM_WORLD_TDX, SIM_WORLD_COUNT };
extern const char *const sim_world_profiles[SIM_WORLD_COUNT];

#define SIM_WORLD_NUMBER (UINT64_C(1) << 32)

enum {
    SIM_QE_ID_SIZE = 16,
    SIM_PPID_SIZE = 16,
    SIM_TCBM_SIZE = 18,
    SIM_ENCRYPTED_PPID_SIZE = 384,
    SIM_MANIFEST_SIZE = 512
};

typedef struct sim_fleet {
    uint64_t seed;
    uint64_t count;
    sim_world worlds[SIM_WORLD_COUNT];
    sim_keyring ring;
} sim_fleet;

/* Platforms 0 to count - 1; `now` and `days` as in sim_world_init(). NO_MEMORY. */
assay_status fleet_init(sim_fleet *fleet, uint64_t seed, int64_t now, unsigned days, uint64_t count,
                        assay_error *err);

typedef struct fleet_member {
    uint64_t number;
    const sim_world *world; /* whose CA and levels it has */
    const fleet_model *model;
    size_t level; /* the TCB level that it is at */
    bool fresh;   /* its TCB came after registration: see fleet_member_has() */
    uint8_t qe_id[SIM_QE_ID_SIZE];
    uint8_t ppid[SIM_PPID_SIZE];
    uint8_t instance_id[16];
    uint8_t pce_id[2]; /* these two as they stand in requests: little-endian */
    uint8_t cpu_svn[16];
    uint16_t pce_svn;
} fleet_member;

/* False when the fleet has no such number. */
bool fleet_find(const sim_fleet *fleet, uint64_t number, fleet_member *out);

/* ---- What stands for a platform in requests ---- */

typedef enum fleet_token {
    SIM_ENCRYPTED_PPID,
    SIM_MANIFEST,
    SIM_ADD_PACKAGE,
    SIM_TOKEN_COUNT
} fleet_token;

size_t fleet_token_size(fleet_token token);
void fleet_token_write(const sim_fleet *fleet, const fleet_member *member, fleet_token token,
                       sim_bytes *out);

/* False when these bytes stand for no platform of the fleet. */
bool fleet_token_find(const sim_fleet *fleet, fleet_token token, assay_span bytes,
                      fleet_member *out);

/* ---- PCK certificates ---- */

/* How a platform came to ask: with its manifest everything can be made; by its encrypted PPID, one
 * platform in sixteen has no certificate for the newest TCBs ("Not available"). */
typedef enum fleet_claim { SIM_BY_PPID, SIM_BY_MANIFEST } fleet_claim;

size_t fleet_member_level_count(const fleet_member *member);
const sim_level *fleet_member_level(const fleet_member *member, size_t level);
bool fleet_member_has(const fleet_member *member, size_t level, fleet_claim claim);

/* CPUSVN and PCESVN (little-endian) of a level. */
void fleet_level_tcbm(const sim_level *level, uint8_t out[SIM_TCBM_SIZE]);

/* True when a raw TCB is nowhere below the level. */
bool fleet_level_covered(const sim_level *level, const uint8_t cpu_svn[16], uint16_t pce_svn);

/* The first level, from the newest, that is not above the raw TCB and has a certificate;
 * SIZE_MAX: none. */
size_t fleet_member_select(const fleet_member *member, const uint8_t cpu_svn[16], uint16_t pce_svn,
                           fleet_claim claim);

/* Makes `world`, of the same CA and seed, that of this platform at that level: its certificate, its
 * FMSPC, its quote's QE-ID. */
void fleet_member_enter(const fleet_member *member, size_t level, sim_world *world);

/* The profile of `vendor new` that a platform has when nobody names one. */
const sim_profile *fleet_member_profile(const fleet_member *member);

/* Appends the PCK certificate (PEM). `signing_key` SIM_KEY_NONE: its CA's. NO_MEMORY. */
assay_status fleet_member_certificate(const sim_fleet *fleet, const fleet_member *member,
                                      size_t level, sim_key signing_key, sim_bytes *out,
                                      assay_error *err);

#endif
