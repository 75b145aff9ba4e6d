/* samples.c: items and platforms by number. */
#include <stdio.h>

#include "contract/samples.h"

/* splitmix64: bytes that do not compress and differ for each number. */
static void fill(uint64_t seed, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (i % 8 == 0)
            seed += 0x9e3779b97f4a7c15;
        uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        out[i] = (uint8_t)((z ^ (z >> 31)) >> (8 * (i % 8)));
    }
}

void sample_platform_make(uint64_t number, sample_platform *out)
{
    const uint64_t kind = number % 60;
    store_platform *platform = &out->record.platform;
    *out = (sample_platform) { 0 };
    fill(number << 20, out->qe_id, sizeof(out->qe_id));
    fill(number << 20 | 1 << 10, out->encrypted_ppid, sizeof(out->encrypted_ppid));
    fill(number << 20 | 1 << 16, out->certificate, sizeof(out->certificate));
    *platform = (store_platform) {
        .qe_id = SPAN(out->qe_id),
        .pce_svn = 13,
        .encrypted_ppid = SPAN(out->encrypted_ppid),
        .fmspc = { 0x00, 0x80, 0x6f, (uint8_t)(kind % 20 + 1), 0, 0 },
        .ca = 2,
        .state = STORE_PLATFORM_REGISTERED,
        .registered = 1751624924,
        .updated = 1751624924,
    };
    memset(platform->cpu_svn, 7, sizeof(platform->cpu_svn));
    memset(out->pck.tcbm, (int)(kind / 20 + 3), 16);
    out->pck.tcbm[16] = 11;
    out->pck.certificate = SPAN(out->certificate);
    memcpy(out->selection.cpu_svn, platform->cpu_svn, 16);
    memcpy(out->selection.tcbm, out->pck.tcbm, STORE_TCBM_SIZE);
    out->selection.pce_svn = platform->pce_svn;
    out->record.certificates = &out->pck;
    out->record.certificate_count = 1;
    out->record.selections = &out->selection;
    out->record.selection_count = 1;
}

store_item sample_item(unsigned number, char *key)
{
    snprintf(key, 64, "tcb/sgx/%012u/standard", number);
    return (store_item) {
        .key = key,
        .body = SPAN_TEXT("{\"tcbInfo\":{\"id\":\"SGX\",\"version\":3},\"signature\":\"00\"}"),
        .chain = "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n",
        .source = "https://api.trustedservices.intel.com/",
        .issue_date = 1751000000 + number,
        .next_update = 1753592000 + number,
        .evaluation_number = 17,
        .fetched = 1751624924,
    };
}
