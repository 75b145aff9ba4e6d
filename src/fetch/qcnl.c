/* qcnl.c: sgx_default_qcnl.conf: what each key means, whichever form it came in.
 * collateral-service.md 6. */
#include "fetch/qcnl.h"

#include <stdio.h>
#include <strings.h>

#include "fetch/sources.h"

enum { RETRY_MAX = 100, DELAY_MAX = 3600, HOURS_MAX = 2160, CONFIG_SIZE_MAX = 64 * 1024 };

const qcnl_row qcnl_rows[QCNL_KEY_COUNT] = {
    [QCNL_PCCS_URL] = { "pccs_url", "PCCS_URL", QCNL_URLS, 0 },
    [QCNL_USE_SECURE_CERT] = { "use_secure_cert", "USE_SECURE_CERT", QCNL_FLAG, 0 },
    [QCNL_COLLATERAL_SERVICE] = { "collateral_service", "COLLATERAL_SERVICE", QCNL_URLS, 0 },
    [QCNL_TCB_UPDATE_TYPE] = { "tcb_update_type", "TCB_UPDATE_TYPE", QCNL_WORD, 0 },
    [QCNL_PCCS_API_VERSION] = { "pccs_api_version", "PCCS_API_VERSION", QCNL_WORD, 0 },
    [QCNL_RETRY_TIMES] = { "retry_times", "RETRY_TIMES", QCNL_NUMBER, RETRY_MAX },
    [QCNL_RETRY_DELAY] = { "retry_delay", "RETRY_DELAY", QCNL_NUMBER, DELAY_MAX },
    [QCNL_LOCAL_PCK_URL] = { "local_pck_url", "LOCAL_PCK_URL", QCNL_URLS, 0 },
    [QCNL_PCK_CACHE_EXPIRE_HOURS] = { "pck_cache_expire_hours", "PCK_CACHE_EXPIRE_HOURS",
                                      QCNL_NUMBER, HOURS_MAX },
    [QCNL_VERIFY_COLLATERAL_CACHE_EXPIRE_HOURS] = { "verify_collateral_cache_expire_hours",
                                                    "VERIFY_COLLATERAL_CACHE_EXPIRE_HOURS",
                                                    QCNL_NUMBER, HOURS_MAX },
    [QCNL_LOCAL_CACHE_ONLY] = { "local_cache_only", "LOCAL_CACHE_ONLY", QCNL_FLAG, 0 },
    [QCNL_CUSTOM_REQUEST_OPTIONS] = { "custom_request_options", NULL, QCNL_OPTIONS, 0 },
};

/* ---- Values ---- */

static assay_status url_add(qcnl_file *f, qcnl_key key, const char *url, size_t at,
                            assay_error *err)
{
    const bool local = key == QCNL_LOCAL_PCK_URL;
    assay_fetch_service *list = local ? f->local : key == QCNL_PCCS_URL ? f->pccs : f->collateral;
    size_t *count = local                  ? &f->local_count
                    : key == QCNL_PCCS_URL ? &f->pccs_count
                                           : &f->collateral_count;
    if (*count == ASSAY_FETCH_SERVICE_MAX)
        return text_fail(f->place, at, err, "more than %d addresses", ASSAY_FETCH_SERVICE_MAX);
    list[*count].service = assay_service_of_url(url);
    snprintf(list[*count].url, sizeof(list[*count].url), "%s", url);
    (*count)++;
    return ASSAY_OK;
}

assay_status qcnl_set_url(qcnl_file *f, qcnl_key key, assay_span value, size_t at, assay_error *err)
{
    char url[ASSAY_FETCH_URL_SIZE];
    assay_error why;
    if (value.size >= sizeof(url))
        return text_fail(f->place, at, err, "%s is longer than %zu characters", qcnl_rows[key].json,
                         sizeof(url) - 1);
    if (value.size == 0 && key == QCNL_LOCAL_PCK_URL)
        return ASSAY_OK; /* as the shipped file has it */
    snprintf(url, sizeof(url), "%.*s", (int)value.size, (const char *)value.data);
    if (strlen(url) != value.size ||
        source_url_check(url, SOURCE_QUERY_REFUSED, qcnl_rows[key].json, &why) != ASSAY_OK)
        return text_fail(f->place, at, err, "%s: %s", qcnl_rows[key].json,
                         strlen(url) != value.size ? "holds a NUL" : why.detail);
    return url_add(f, key, url, at, err);
}

assay_status qcnl_set_flag(qcnl_file *f, qcnl_key key, bool value)
{
    if (key == QCNL_USE_SECURE_CERT)
        f->config->use_secure_cert = value;
    else
        f->config->cache_only = value;
    return ASSAY_OK;
}

static unsigned *number_of(assay_fetch_config *config, qcnl_key key)
{
    if (key == QCNL_RETRY_TIMES)
        return &config->retry_times;
    if (key == QCNL_RETRY_DELAY)
        return &config->retry_delay_seconds;
    return key == QCNL_PCK_CACHE_EXPIRE_HOURS ? &config->pck_cache_hours
                                              : &config->collateral_cache_hours;
}

assay_status qcnl_set_number(qcnl_file *f, qcnl_key key, uint64_t value, size_t at,
                             assay_error *err)
{
    if (value > qcnl_rows[key].max)
        return text_fail(f->place, at, err, "%s is %llu, want 0 to %u", qcnl_rows[key].json,
                         (unsigned long long)value, qcnl_rows[key].max);
    *number_of(f->config, key) = (unsigned)value;
    return ASSAY_OK;
}

static bool same_word(assay_span text, const char *word)
{
    return text.size == strlen(word) && strncasecmp((const char *)text.data, word, text.size) == 0;
}

assay_status qcnl_set_word(qcnl_file *f, qcnl_key key, assay_span value, size_t at,
                           assay_error *err)
{
    static const struct {
        qcnl_key key;
        const char *word;
        unsigned meaning;
    } words[] = {
        { QCNL_TCB_UPDATE_TYPE, "standard", ASSAY_TCB_STANDARD },
        { QCNL_TCB_UPDATE_TYPE, "early", ASSAY_TCB_EARLY },
        { QCNL_PCCS_API_VERSION, "3.0", 0 },
        { QCNL_PCCS_API_VERSION, "3.1", 1 },
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (words[i].key != key || !same_word(value, words[i].word))
            continue;
        if (key == QCNL_TCB_UPDATE_TYPE)
            f->config->channel = (assay_tcb_channel)words[i].meaning;
        else
            f->config->api_minor = words[i].meaning;
        return ASSAY_OK;
    }
    return text_fail(f->place, at, err, "%s is \"%.*s\", want %s", qcnl_rows[key].json,
                     value.size > 40 ? 40 : (int)value.size, (const char *)value.data,
                     key == QCNL_TCB_UPDATE_TYPE ? "standard or early" : "3.0 or 3.1");
}

/* ---- The whole file ---- */

static void list_set(assay_fetch_service *to, size_t *to_count, const assay_fetch_service *from,
                     size_t count)
{
    for (size_t i = 0; i < count && *to_count < ASSAY_FETCH_SERVICE_MAX; i++)
        to[(*to_count)++] = from[i];
}

/* PCK certificates: local_pck_url, then pccs_url. All else: collateral_service, which without a
 * word of its own is pccs_url. */
static void services_settle(qcnl_file *f)
{
    assay_fetch_config *config = f->config;
    assay_fetch_service former[ASSAY_FETCH_SERVICE_MAX];
    const size_t former_count = config->pck_count;
    memcpy(former, config->pck, sizeof(former));
    if (f->local_count > 0 || f->pccs_count > 0) {
        config->pck_count = 0;
        list_set(config->pck, &config->pck_count, f->local, f->local_count);
        list_set(config->pck, &config->pck_count, f->pccs_count > 0 ? f->pccs : former,
                 f->pccs_count > 0 ? f->pccs_count : former_count);
    }
    if (f->collateral_count == 0 && f->pccs_count == 0)
        return;
    config->collateral_count = 0;
    if (f->collateral_count > 0)
        list_set(config->collateral, &config->collateral_count, f->collateral, f->collateral_count);
    else
        list_set(config->collateral, &config->collateral_count, f->pccs, f->pccs_count);
}

/* JSON begins with a brace, behind white space and comments. */
static bool is_json(assay_span text)
{
    size_t i = 0;
    while (i < text.size) {
        const char c = (char)text.data[i];
        const char next = i + 1 < text.size ? (char)text.data[i + 1] : '\0';
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            i++;
        } else if (c == '/' && next == '/') {
            while (i < text.size && text.data[i] != '\n')
                i++;
        } else if (c == '/' && next == '*') {
            for (i += 2; i + 1 < text.size && memcmp(text.data + i, "*/", 2) != 0;)
                i++;
            i += 2;
        } else {
            return c == '{';
        }
    }
    return false;
}

assay_status assay_fetch_config_parse(assay_span text, const char *name, assay_fetch_config *config,
                                      assay_error *error)
{
    assay_fetch_config read = *config;
    const text_place place = { .name = name, .text = text };
    qcnl_file f = { .place = &place, .config = &read };
    if (text.size > CONFIG_SIZE_MAX)
        return text_fail(&place, 0, error, "%zu bytes, want at most %d", text.size,
                         CONFIG_SIZE_MAX);
    TRY(is_json(text) ? qcnl_read_json(&f, text, error) : qcnl_read_legacy(&f, text, error));
    services_settle(&f);
    *config = read;
    return ASSAY_OK;
}
