/* amd_forge.h: ARK, ASK, VCEK and CRL made to order by OpenSSL, sound or with one fault. */
#ifndef TESTS_AMD_FORGE_H
#define TESTS_AMD_FORGE_H

#include "base/span.h"

enum { AMD_FORGE_TEXT = 16384, AMD_FORGE_SPLS = 5, AMD_FORGE_NO_SPL = -1 };

typedef struct amd_forge amd_forge; /* three keys */

amd_forge *amd_forge_new(void);
void amd_forge_free(amd_forge *forge);

typedef enum amd_forge_usage {
    AMD_FORGE_SIGNS_ALL,
    AMD_FORGE_SIGNS_NO_CRLS,
    AMD_FORGE_NO_CA
} amd_forge_usage;
typedef enum amd_forge_signer { AMD_FORGE_BY_ISSUER, AMD_FORGE_BY_ANOTHER } amd_forge_signer;

typedef struct amd_plan {
    const char *ark_name, *ask_name, *vcek_name; /* common names */
    amd_forge_usage ark_usage, ask_usage;
    amd_forge_signer ask_signer, vcek_signer;
    int salt_size;
    const char *digest;
    const char *product;      /* productName; NULL: left out */
    const char *chip_hex;     /* the extension's value */
    int spls[AMD_FORGE_SPLS]; /* bl, tee, snp, ucode, fmc */
    const char *critical_oid; /* one more critical extension in the VCEK; NULL: none */
    const char *repeated_oid; /* one more that is there already; NULL: none */
    const char *vcek_curve;
} amd_plan;

/* What a sound Milan looks like. */
amd_plan amd_plan_milan(void);

typedef struct amd_forged {
    char chain[AMD_FORGE_TEXT]; /* PEM: ASK, ARK */
    char ark[AMD_FORGE_TEXT];   /* PEM */
    uint8_t vcek[AMD_FORGE_TEXT];
    size_t vcek_size;
    uint8_t crl[AMD_FORGE_TEXT];
    size_t crl_size;
} amd_forged;

void amd_forge_make(const amd_forge *forge, const amd_plan *plan, amd_forged *out);

#endif
