/* edited_text.h: a sound text with one edit: how the rows of the parser tests say what is wrong. */
#ifndef TESTS_EDITED_TEXT_H
#define TESTS_EDITED_TEXT_H

#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "support.h"

/* `text` with the first `from` replaced by `to`; malloc'd, without a NUL behind it. `from` NULL: no
 * edit; "" : `to` is put in front. The test fails when `from` is not in the text. */
static inline assay_span edited(const char *what, const char *text, const char *from,
                                const char *to)
{
    if (from == NULL)
        from = to = "";
    const char *at = strstr(text, from);
    if (at == NULL)
        test_fail("%s: \"%s\" is not in the sound text", what, from);
    size_t before = (size_t)(at - text), behind = strlen(at + strlen(from)), middle = strlen(to);
    char *out = malloc(before + middle + behind + 1);
    assert_non_null(out);
    memcpy(out, text, before);
    memcpy(out + before, to, middle);
    memcpy(out + before + middle, at + strlen(from), behind);
    return span_of(out, before + middle + behind);
}

static inline void edited_free(assay_span text)
{
    free((void *)text.data);
}

#endif
