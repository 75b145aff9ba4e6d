/* samples.h: items and platforms by number, for tests and measurements. */
#ifndef TESTS_CONTRACT_SAMPLES_H
#define TESTS_CONTRACT_SAMPLES_H

#include "store/store.h"

enum { SAMPLE_CERTIFICATE_SIZE = 1200, SAMPLE_PPID_SIZE = 384 };

/* What a sample borrows. */
typedef struct sample_platform {
    uint8_t qe_id[16];
    uint8_t encrypted_ppid[SAMPLE_PPID_SIZE];
    uint8_t certificate[SAMPLE_CERTIFICATE_SIZE];
    store_pck pck;
    store_selection selection;
    store_platform_record record;
} sample_platform;

/* Platform `number`: registered, with one certificate that is selected for its raw TCB. One of 20
 * FMSPCs, of 3 certificate TCBs each; qe_id spread like random ones. */
void sample_platform_make(uint64_t number, sample_platform *out);

/* The item `number`: "tcb/sgx/%012u/standard". `key` is of at least 64 bytes. */
store_item sample_item(unsigned number, char *key);

#endif
