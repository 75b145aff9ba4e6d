/* json_text.c: the little JSON that the command itself writes, around that of the library. */
#include "json_text.h"

#include <stdio.h>
#include <string.h>

#include "assay/appraise.h"

void json_text_put(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20 || c >= 0x7F)
            printf("\\u%04x", c < 0x80 ? (unsigned)c : 0xFFFDU);
        else
            putchar(c);
    }
    putchar('"');
}

void json_names_put(const char *const *names)
{
    putchar('[');
    for (const char *const *name = names; *name != NULL; name++) {
        if (name != names)
            putchar(',');
        json_text_put(*name);
    }
    putchar(']');
}

void json_members_put(const char *object)
{
    const size_t size = strlen(object);
    if (size > 2)
        fwrite(object + 1, 1, size - 2, stdout);
}

void json_refusal_put(assay_status status, const assay_error *error)
{
    char *text = NULL;
    if (assay_appraisal_to_json(NULL, status, error, &text) == ASSAY_OK)
        json_members_put(text);
    else
        printf("\"status\":\"refused\"");
    assay_text_free(text);
}
