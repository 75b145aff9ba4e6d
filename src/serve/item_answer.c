/* item_answer.c: replies made from one vendor item. collateral-service.md 1, 5, 7.5. */
#include <stdio.h>

#include "serve/item_answer.h"
#include "serve/item_warning.h"
#include "wire/base64.h"

enum { PEM_LINE = 64 };

static assay_status no_memory(call *c)
{
    return fail(&c->error, ASSAY_NO_MEMORY, "reply", ASSAY_NO_OFFSET, "no memory");
}

static int64_t sooner(int64_t a, int64_t b)
{
    if (a == 0 || b == 0)
        return a == 0 ? b : a;
    return a < b ? a : b;
}

void answer_add_item(answer *out, const store_item *item, bool stale)
{
    out->issued = item->issue_date > out->issued ? item->issue_date : out->issued;
    out->fetched = sooner(out->fetched, item->fetched);
    out->next_update = sooner(out->next_update, item->next_update);
    out->stale = out->stale || stale;
    answer_tag(out, item->key);
}

/* "NAME: chain" for each name. */
static assay_status chain_lines(call *c, const char *chain, const char *const *names,
                                const char **out)
{
    const size_t size = strlen(chain);
    char *encoded = arena_new(c->memory, size + 1, 3);
    size_t room = 1;
    for (size_t i = 0; names[i] != NULL; i++)
        room += strlen(names[i]) + 3 * size + 4;
    char *lines = arena_new(c->memory, room, 1);
    if (encoded == NULL || lines == NULL)
        return no_memory(c);
    http_percent_encode(SPAN_TEXT(chain), encoded);
    size_t at = 0;
    for (size_t i = 0; names[i] != NULL; i++)
        at += (size_t)snprintf(lines + at, room - at, "%s: %s\r\n", names[i], encoded);
    *out = lines;
    return ASSAY_OK;
}

assay_status item_answer(call *c, const item_name *name, const char *const *chain_headers,
                         answer *out)
{
    store_item item;
    bool stale = false;
    TRY(item_get(c, name, &item, &stale));
    answer_add_item(out, &item, stale);
    if (out->warning == NULL)
        TRY(item_warning_get(c->service, item.key, c->memory, &out->warning, &c->error));
    out->body = item.body;
    if (item.chain[0] == '\0' || chain_headers == NULL)
        return ASSAY_OK;
    return chain_lines(c, item.chain, chain_headers, &out->headers);
}

assay_status answer_hex(call *c, answer *out)
{
    char *text = arena_new(c->memory, 2 * out->body.size + 1, 1);
    if (text == NULL)
        return no_memory(c);
    assay_hex_encode(out->body, text);
    out->body = span_of(text, 2 * out->body.size);
    return ASSAY_OK;
}

assay_status answer_pem(call *c, const char *label, answer *out)
{
    const size_t size = base64_encoded_size(out->body.size, BASE64_STANDARD);
    const size_t room = size + size / PEM_LINE + 2 * strlen(label) + 64;
    char *flat = arena_new(c->memory, size + 1, 1);
    char *text = arena_new(c->memory, room, 1);
    if (flat == NULL || text == NULL)
        return no_memory(c);
    base64_encode(out->body, BASE64_STANDARD, flat);
    size_t at = (size_t)snprintf(text, room, "-----BEGIN %s-----\n", label);
    for (size_t done = 0; done < size; done += PEM_LINE)
        at += (size_t)snprintf(text + at, room - at, "%.*s\n", PEM_LINE, flat + done);
    at += (size_t)snprintf(text + at, room - at, "-----END %s-----\n", label);
    out->body = span_of(text, at);
    return ASSAY_OK;
}
