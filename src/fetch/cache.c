/* cache.c: replies kept on disk. collateral-service.md 5, 6, 8. */
#include "fetch/cache.h"

#include <stdio.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "fetch/cache_folder.h"

enum { NAME_SIZE = 2 * SHA256_SIZE + 1, SKEW = 300 };

static const char own_folder[] = ".assay-fetch";
static const char intel_folder[] = ".dcap-qcnl";
static const char azure_folder[] = ".az-dcap-client";
static const char any_platform[] = "0000000000000000_0000";

static void name_of(const char *url, const char *behind, char out[NAME_SIZE])
{
    const assay_span parts[] = { SPAN_TEXT(url), SPAN_TEXT(behind) };
    const sha256_digest digest = sha256_of(parts, 2);
    assay_hex_encode(SPAN(digest.bytes), out);
}

/* A copy from the future is one of a clock that was wrong. */
static cache_answer judge(const cache_question *q, const cache_entry *entry)
{
    const bool stale = q->now >= entry->expires || q->now - entry->stored >= q->longest ||
                       entry->stored > q->now + SKEW;
    return stale ? CACHE_EXPIRED : CACHE_FOUND;
}

/* ---- Ours ---- */

static cache_answer find_own(const cache_question *q, const char *key, cache_item *out)
{
    char name[NAME_SIZE];
    int64_t changed;
    const int folder = cache_folder_open(q->base, own_folder, CACHE_FOLDER_READ);
    if (folder < 0)
        return CACHE_MISSING;
    name_of(key, "", name);
    const bool there = cache_folder_read(folder, name, &out->file, &changed);
    close(folder);
    if (!there || !cache_file_read(buffer_span(&out->file), &out->entry) ||
        !span_is(out->entry.url, key) || out->entry.class_ != q->kind->cache)
        return CACHE_MISSING;
    return judge(q, &out->entry);
}

/* ---- Intel's ---- */

static cache_answer intel_file(const cache_question *q, int folder, const char *name,
                               cache_item *out)
{
    int64_t changed = 0;
    if (!cache_folder_read(folder, name, &out->file, &changed) ||
        !cache_file_read_intel(buffer_span(&out->file), &out->entry) ||
        out->entry.class_ != q->kind->cache)
        return CACHE_MISSING;
    out->entry.stored = changed < q->now ? changed : q->now;
    return judge(q, &out->entry);
}

/* By address; where connections are forbidden, also by platform, or for any. */
static cache_answer find_intel(const cache_question *q, const char *key, cache_item *out)
{
    char name[NAME_SIZE];
    const int folder = cache_folder_open(q->base, intel_folder, CACHE_FOLDER_READ);
    if (folder < 0)
        return CACHE_MISSING;
    name_of(key, "", name);
    cache_answer answer = intel_file(q, folder, name, out);
    if (answer == CACHE_MISSING && q->platform != NULL)
        answer = intel_file(q, folder, q->platform, out);
    if (answer == CACHE_MISSING && q->platform != NULL)
        answer = intel_file(q, folder, any_platform, out);
    close(folder);
    return answer;
}

/* ---- Azure's ---- */

/* "name: chain" as a header line, with the lines of the PEM escaped. */
static bool chain_header(const char *name, assay_span chain, buffer *out)
{
    out->limit = CACHE_FILE_MAX;
    buffer_clear(out);
    bool fits = buffer_add(out, SPAN_TEXT(name)) == BUFFER_OK &&
                buffer_add(out, SPAN_TEXT(": ")) == BUFFER_OK;
    for (size_t i = 0; fits && i < chain.size && chain.data[i] != '\0'; i++) {
        const assay_span c = span_slice(chain, i, 1);
        if (c.data[0] != '\r')
            fits = buffer_add(out, c.data[0] == '\n' ? SPAN_TEXT("%0A") : c) == BUFFER_OK;
    }
    return fits && buffer_add(out, SPAN_TEXT("\r\n")) == BUFFER_OK;
}

static cache_answer find_azure_chain(const cache_question *q, int folder, cache_item *out)
{
    char name[NAME_SIZE];
    buffer file = { .limit = CACHE_FILE_MAX };
    cache_entry entry;
    int64_t changed = 0;
    name_of(q->url, "IssuerChain", name);
    cache_answer answer = CACHE_MISSING;
    if (cache_folder_read(folder, name, &file, &changed) &&
        cache_file_read_azure(buffer_span(&file), &entry) &&
        chain_header(q->kind->chain_headers[0], entry.body, &out->headers)) {
        entry.stored = changed < q->now ? changed : q->now;
        answer = judge(q, &entry);
    }
    out->entry.headers = buffer_span(&out->headers);
    buffer_free(&file);
    return answer;
}

static cache_answer find_azure(const cache_question *q, cache_item *out)
{
    char name[NAME_SIZE];
    int64_t changed = 0;
    const int folder = q->kind->cache != SOURCE_CACHE_COLLATERAL
                           ? -1
                           : cache_folder_open(q->base, azure_folder, CACHE_FOLDER_READ);
    if (folder < 0)
        return CACHE_MISSING;
    name_of(q->url, "", name);
    cache_answer answer = CACHE_MISSING;
    if (cache_folder_read(folder, name, &out->file, &changed) &&
        cache_file_read_azure(buffer_span(&out->file), &out->entry)) {
        out->entry.stored = changed < q->now ? changed : q->now;
        answer = judge(q, &out->entry);
    }
    if (answer == CACHE_FOUND && q->kind->chain == SOURCE_CHAIN_WANTED)
        answer = find_azure_chain(q, folder, out);
    close(folder);
    return answer;
}

/* ---- All three ---- */

cache_answer cache_find(const cache_question *q, cache_item *out)
{
    char key[SOURCE_URL_SIZE];
    *out = (cache_item) { .file.limit = CACHE_FILE_MAX, .headers.limit = CACHE_FILE_MAX };
    if (q->base[0] == '\0' || q->kind->cache == SOURCE_CACHE_NONE)
        return CACHE_MISSING;
    source_cache_key(q->url, key);
    const cache_answer own = find_own(q, key, out);
    if (own == CACHE_FOUND)
        return own;
    const cache_answer intel = find_intel(q, key, out);
    if (intel == CACHE_FOUND)
        return intel;
    const cache_answer azure = find_azure(q, out);
    if (azure == CACHE_FOUND)
        return azure;
    return own == CACHE_EXPIRED || intel == CACHE_EXPIRED || azure == CACHE_EXPIRED ? CACHE_EXPIRED
                                                                                    : CACHE_MISSING;
}

void cache_item_free(cache_item *item)
{
    buffer_free(&item->file);
    buffer_free(&item->headers);
}

bool cache_keep(const char *base, const cache_entry *entry)
{
    char name[NAME_SIZE], url[SOURCE_URL_SIZE], key[SOURCE_URL_SIZE];
    buffer file = { .limit = CACHE_FILE_MAX };
    cache_entry kept = *entry;
    if (base[0] == '\0' || entry->class_ == SOURCE_CACHE_NONE || entry->url.size >= sizeof(url))
        return false;
    snprintf(url, sizeof(url), "%.*s", (int)entry->url.size, (const char *)entry->url.data);
    source_cache_key(url, key);
    kept.url = SPAN_TEXT(key);
    name_of(key, "", name);
    const int folder = cache_folder_open(base, own_folder, CACHE_FOLDER_WRITE);
    if (folder < 0)
        return false;
    const bool written =
        cache_file_write(&kept, &file) && cache_folder_write(folder, name, buffer_span(&file));
    close(folder);
    buffer_free(&file);
    return written;
}

/* ---- Forgetting ---- */

static bool own_chosen(void *context, assay_span file)
{
    cache_entry entry;
    const unsigned which = *(const unsigned *)context;
    return !cache_file_read(file, &entry) || (which & (unsigned)entry.class_) != 0;
}

static bool intel_chosen(void *context, assay_span file)
{
    cache_entry entry;
    const unsigned which = *(const unsigned *)context;
    return cache_file_read_intel(file, &entry) && (which & (unsigned)entry.class_) != 0;
}

/* Azure's files do not say what they hold. */
static bool azure_chosen(void *context, assay_span file)
{
    cache_entry entry;
    const unsigned which = *(const unsigned *)context;
    return cache_file_read_azure(file, &entry) && which != 0;
}

bool cache_forget(const char *base, unsigned which)
{
    static const struct {
        const char *folder;
        bool (*chosen)(void *context, assay_span file);
    } rows[] = { { own_folder, own_chosen },
                 { intel_folder, intel_chosen },
                 { azure_folder, azure_chosen } };
    bool all = true;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const int folder = cache_folder_open(base, rows[i].folder, CACHE_FOLDER_READ);
        if (folder < 0)
            continue;
        all = cache_folder_remove(folder, rows[i].chosen, &which) && all;
        close(folder);
    }
    return all;
}
