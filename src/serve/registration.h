/* registration.h: platforms that are registered: what POST platforms says, and what follows.
 * collateral-service.md 1, 7.6, 7.8. */
#ifndef ASSAY_SERVE_REGISTRATION_H
#define ASSAY_SERVE_REGISTRATION_H

#include "serve/platforms.h"
#include "wire/json.h"

enum { ENCRYPTED_PPID_SIZE = 384, PLATFORM_MANIFEST_MAX = 64 * 1024 };

/* {qe_id, pce_id, cpu_svn, pce_svn, enc_ppid, platform_manifest}, hex in any case. Without a
 * manifest all others must be there; with one the encrypted PPID is dropped, and SVNs may be empty.
 * Unknown members are refused with a suggestion. Bytes live in the arena. MALFORMED. */
assay_status registration_take(json_t *object, const char *where, arena *memory,
                               store_platform *out, assay_error *err);

/* The same for a whole body. */
assay_status registration_parse(assay_span body, arena *memory, store_platform *out,
                                assay_error *err);

typedef enum registered {
    REGISTERED_BEFORE, /* nothing was to be done */
    REGISTERED_NOW,
    REGISTERED_QUEUED,     /* fill mode OFFLINE */
    REGISTERED_FOR_LATER,  /* queued: the vendor could not be asked */
    REGISTERED_UNAVAILABLE /* the vendor has no certificate for it */
} registered;

/* Which channels of TCB infos and identities are fetched with a registration. */
enum { REGISTER_STANDARD = 1, REGISTER_EARLY = 2 };

/* Registers: asks the vendor where the fill mode allows it, stores in one transaction with the
 * audit entry, and fetches what else a verifier will ask for. What was stored is durable when this
 * returns OK. Without a vendor, a platform with certificates takes another manifest only from a
 * caller with the scope import: 409 platform_manifest, or what the vendor failed with. */
assay_status platform_register(call *c, const store_platform *platform, unsigned channels,
                               registered *out);

#endif
