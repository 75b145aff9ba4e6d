/* reasons.c: appends reasons and notes to a verdict; what does not fit any more is left out. */
#include "verify/steps.h"

void note_add(assay_verdict *verdict, assay_note_kind kind, uint64_t value, const char *text)
{
    if (verdict->note_count < ASSAY_NOTE_MAX)
        verdict->notes[verdict->note_count++] =
            (assay_note) { .kind = kind, .value = value, .text = text };
}

void reason_add(assay_verdict *verdict, assay_reason reason)
{
    if (verdict->reason_count < ASSAY_REASON_MAX)
        verdict->reasons[verdict->reason_count++] = reason;
}
