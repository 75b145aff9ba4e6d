/* memo.h: the memory of a verifier: proofs by digest. Bounded, sharded, least recently used first.
 *
 * An entry is found only by a SHA-256 over every byte that the proof rested on, the collateral
 * included; so it can't be used with other collateral, another chain or another key. Entries hold
 * values, never views. */
#ifndef ASSAY_VERIFY_MEMO_H
#define ASSAY_VERIFY_MEMO_H

#include "verify/steps.h"

typedef struct memo memo;

/* Room for `capacity` chains and as many pairs, rounded up to the shards. NULL: no memory. */
memo *memo_new(size_t capacity);
void memo_free(memo *m);

/* A chain proved before: its facts and (one reference on) the leaf's key. */
bool memo_find_chain(memo *m, const sha256_digest *key, pck_facts *facts, p256_key **leaf_key);
void memo_keep_chain(memo *m, const sha256_digest *key, const pck_facts *facts, p256_key *leaf_key);

/* A QE report and attestation key proved before: (one reference on) the attestation key. */
bool memo_find_pair(memo *m, const sha256_digest *key, p256_key **attestation_key);
void memo_keep_pair(memo *m, const sha256_digest *key, p256_key *attestation_key);

void memo_statistics(memo *m, assay_verifier_statistics *out);

#endif
