/* fuzz_platforms.c: any bytes as the body of POST platforms (src/serve/registration.c). What is
 * taken names a platform by its manifest or by its encrypted PPID, and reads the same again. */
#include <stdlib.h>

#include "serve/registration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

static void hold_platform(const store_platform *p)
{
    hold(p->qe_id.size >= 1 && p->qe_id.size <= STORE_QE_ID_MAX);
    hold((p->encrypted_ppid.size == 0) != (p->platform_manifest.size == 0));
    hold(p->encrypted_ppid.size == 0 || p->encrypted_ppid.size == ENCRYPTED_PPID_SIZE);
    hold(p->platform_manifest.size <= PLATFORM_MANIFEST_MAX);
    hold(span_is_zero(SPAN(p->fmspc)) && p->state == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const assay_span body = { data, size };
    arena memory = { NULL };
    store_platform first, again;
    assay_error error = { .status = ASSAY_OK };
    char tag[PLATFORM_TAG_SIZE];
    if (registration_parse(body, &memory, &first, &error) == ASSAY_OK) {
        hold_platform(&first);
        hold(registration_parse(body, &memory, &again, NULL) == ASSAY_OK);
        hold(span_equal(first.qe_id, again.qe_id) && first.pce_id == again.pce_id);
        platform_tag(first.qe_id, first.pce_id, tag);
    } else {
        hold(error.detail[0] != '\0');
    }
    arena_free(&memory);
    return 0;
}
