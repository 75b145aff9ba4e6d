/* listen.c: addresses and networks as they stand in the configuration. collateral-service.md 7.12.
 */
#include "serve/listen.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Networks ---- */

bool listen_address_bytes(const char *address, uint8_t out[16])
{
    uint8_t v4[4];
    if (inet_pton(AF_INET, address, v4) == 1) {
        memset(out, 0, 10);
        out[10] = out[11] = 0xff;
        memcpy(out + 12, v4, 4);
        return true;
    }
    return inet_pton(AF_INET6, address, out) == 1;
}

static bool bits_parse(const char *text, unsigned most, unsigned *out)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    unsigned long bits = strtoul(text, &end, 10);
    *out = (unsigned)bits;
    return *end == '\0' && bits <= most;
}

bool listen_network_parse(const char *text, listen_network *out)
{
    char address[64];
    const char *slash = strchr(text, '/');
    size_t size = slash != NULL ? (size_t)(slash - text) : strlen(text);
    if (size >= sizeof(address))
        return false;
    memcpy(address, text, size);
    address[size] = '\0';
    const bool v4 = strchr(address, ':') == NULL;
    unsigned bits = v4 ? 32 : 128;
    if (slash != NULL && !bits_parse(slash + 1, bits, &bits))
        return false;
    if (!listen_address_bytes(address, out->prefix))
        return false;
    out->bits = v4 ? bits + 96 : bits;
    return true;
}

bool listen_network_holds(const listen_network *network, const uint8_t address[16])
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(network->prefix, address, whole) != 0)
        return false;
    return rest == 0 || ((network->prefix[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

static listen_reach reach_of(const uint8_t address[16])
{
    static const char *const local[] = { "127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10" };
    for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
        listen_network network;
        if (listen_network_parse(local[i], &network) && listen_network_holds(&network, address))
            return LISTEN_LOCAL;
    }
    return LISTEN_WIDE;
}

/* ---- Addresses ---- */

static assay_status refuse(const char *text, const char *where, const char *wanted,
                           assay_error *err)
{
    return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "%.80s: want %s", text, wanted);
}

static bool number_parse(const char *text, unsigned long most, unsigned long *out)
{
    char *end;
    if (*text < '0' || *text > '9' || strlen(text) > 6)
        return false;
    *out = strtoul(text, &end, 10);
    return *end == '\0' && *out <= most;
}

static assay_status parse_inet(const char *text, const char *where, listen_address *out,
                               assay_error *err)
{
    static const char wanted[] = "ADDRESS:PORT, [IPV6]:PORT or unix:/path";
    const char *colon = strrchr(text, ':');
    bool bracket = text[0] == '[';
    unsigned long port = 0;
    uint8_t bytes[16];
    if (colon == NULL || !number_parse(colon + 1, 65535, &port))
        return refuse(text, where, wanted, err);
    size_t size = (size_t)(colon - text);
    if (bracket && (size < 2 || text[size - 1] != ']'))
        return refuse(text, where, wanted, err);
    snprintf(out->host, sizeof(out->host), "%.*s", (int)(size - 2 * bracket), text + bracket);
    if (bracket != (strchr(out->host, ':') != NULL))
        return refuse(text, where, "brackets around an IPv6 address, and only there", err);
    if (!listen_address_bytes(out->host, bytes))
        return refuse(text, where, "a numeric address, such as 127.0.0.1 or 0.0.0.0", err);
    out->port = (uint16_t)port;
    out->reach = reach_of(bytes);
    return ASSAY_OK;
}

assay_status listen_parse(const char *text, const char *where, listen_address *out,
                          assay_error *err)
{
    listen_address parsed = { .fd = -1, .reach = LISTEN_LOCAL };
    unsigned long fd = 0;
    if (strncmp(text, "unix:", 5) == 0) {
        if (text[5] != '/' || strlen(text) > 5 + 107)
            return refuse(text, where, "unix: and an absolute path of at most 107 characters", err);
        snprintf(parsed.host, sizeof(parsed.host), "%s", text);
    } else if (strncmp(text, "fd:", 3) == 0) {
        if (!number_parse(text + 3, 65535, &fd))
            return refuse(text, where, "fd: and a number", err);
        parsed.fd = (int)fd;
    } else {
        TRY(parse_inet(text, where, &parsed, err));
    }
    *out = parsed;
    return ASSAY_OK;
}

/* ---- The list ---- */

/* LISTEN_MAX when it is not there. */
static size_t list_find(const listen_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->at[i], text) == 0)
            return i;
    }
    return LISTEN_MAX;
}

/* Port 0 is another port each time, so two of them are never the same listener. */
static bool is_ephemeral(const char *text)
{
    size_t size = strlen(text);
    return size > 2 && strcmp(text + size - 2, ":0") == 0;
}

typedef enum list_use { USE_MAIN, USE_ADMIN } list_use;

static assay_status add(listen_list *list, const config_list *from, list_use use, assay_error *err)
{
    for (size_t i = 0; i < from->count; i++) {
        size_t at = is_ephemeral(from->at[i]) ? LISTEN_MAX : list_find(list, from->at[i]);
        if (at == LISTEN_MAX && list->count == LISTEN_MAX)
            return fail(err, ASSAY_MALFORMED, "[server] listen", ASSAY_NO_OFFSET,
                        "more than %d addresses", LISTEN_MAX);
        if (at == LISTEN_MAX) {
            at = list->count++;
            list->at[at] = from->at[i];
        }
        list->admin[at] |= use == USE_ADMIN;
    }
    return ASSAY_OK;
}

assay_status listen_list_of(const serve_config *config, listen_list *out, assay_error *err)
{
    listen_list list = { .count = 0 };
    TRY(add(&list, &config->server.listen, config->server.admin.count > 0 ? USE_MAIN : USE_ADMIN,
            err));
    list.main_count = list.count;
    TRY(add(&list, &config->server.admin, USE_ADMIN, err));
    if (list.count == 0)
        return fail(err, ASSAY_MALFORMED, "[server] listen", ASSAY_NO_OFFSET,
                    "no address to listen on");
    *out = list;
    return ASSAY_OK;
}
