/* classes.c: one row per class of report and policy. appraisal.md 1.1. */
#include "appraise/classes.h"

/* "Description" with a capital letter is as Intel writes it. */
static const struct {
    const char *id;
    const char *name;
    class_subject subject;
    const char *description_member;
    const char *description;
} classes[ASSAY_CLASS_COUNT] = {
    [ASSAY_CLASS_SGX_PLATFORM] = { "3123ec35-8d38-4ea5-87a5-d6c48b567570", "SGX platform",
                                   SUBJECT_PLATFORM, "description", "SGX Platform TCB" },
    [ASSAY_CLASS_TDX_15_PLATFORM] = { "f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3", "TDX 1.5 platform",
                                      SUBJECT_PLATFORM, "description", "TDX Platform TCB" },
    [ASSAY_CLASS_TDX_10_PLATFORM] = { "9eec018b-7481-4b1c-8e1a-9f7c0c8c777f", "TDX 1.0 platform",
                                      SUBJECT_PLATFORM, "description", "TDX Platform TCB" },
    [ASSAY_CLASS_TD_QE] = { "3769258c-75e6-4bc7-8d72-d2b0e224cad2", "TD quoting enclave",
                            SUBJECT_QE, "Description", "RAW TDX QE Report" },
    [ASSAY_CLASS_SGX_ENCLAVE] = { "bef7cb8c-31aa-42c1-854c-10db005d5c41", "SGX enclave",
                                  SUBJECT_ENCLAVE, "description", "SGX Platform TCB" },
    [ASSAY_CLASS_TD_10] = { "a1e4ee9c-a12e-48ac-bed0-e3f89297f687", "TD of TDX 1.0", SUBJECT_TD,
                            "Description", "Application TD TCB" },
    [ASSAY_CLASS_TD_15] = { "45b734fc-aa4e-4c3d-ad28-e43d08880e68", "TD of TDX 1.5", SUBJECT_TD,
                            "Description", "Application TD TCB" },
};

const char *assay_class_id(assay_class class_)
{
    return classes[class_].id;
}

const char *assay_class_name(assay_class class_)
{
    return classes[class_].name;
}

class_subject class_subject_of(assay_class class_)
{
    return classes[class_].subject;
}

const char *class_description_member(assay_class class_)
{
    return classes[class_].description_member;
}

const char *class_description(assay_class class_)
{
    return classes[class_].description;
}

/* `id` is in lower case; only hexadecimal letters and hyphens are compared. */
static bool same_id(assay_span text, const char *id)
{
    if (text.size != strlen(id))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t c = text.data[i];
        if ((c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c) != (uint8_t)id[i])
            return false;
    }
    return true;
}

bool class_parse(assay_span id, assay_class *out)
{
    for (int i = 0; i < ASSAY_CLASS_COUNT; i++) {
        if (same_id(id, classes[i].id)) {
            *out = (assay_class)i;
            return true;
        }
    }
    return false;
}
