/* config_rows.c: every key of assayd.conf, with type, range, default and one line of help. */
#include "serve/config_rows.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>

#define MEMBER(name)                                                                               \
    .offset = offsetof(serve_config, name), .size = sizeof(((const serve_config *)NULL)->name)

static const char *const modes[] = { "lazy", "req", "offline", NULL };
static const char *const forms[] = { "text", "json", NULL };

const char *const config_sections[] = { "server", "store", "upstream", "cache",
                                        "access", "thim",  "log",      NULL };

enum { SECONDS_MAX = 86400, HOURS_MAX = 24 * 365 };

/* clang-format off */
const config_row config_rows[] = {
    /* ---- server ---- */
    { "server", "listen", CONFIG_WORDS, MEMBER(server.listen), .initial = "127.0.0.1:8081",
      .help = "addresses of the collateral service: 127.0.0.1:8081, [::1]:8081, unix:/path" },
    { "server", "admin", CONFIG_WORDS, MEMBER(server.admin), .initial = "127.0.0.1:8082",
      .help = "addresses of administration, metrics and health" },
    { "server", "certificate_file", CONFIG_TEXT, MEMBER(server.certificate_file), .initial = "",
      .help = "certificate chain of the server, PEM; empty: plain HTTP" },
    { "server", "key_file", CONFIG_TEXT, MEMBER(server.key_file), .initial = "",
      .help = "private key of the certificate, PEM" },
    { "server", "client_ca_file", CONFIG_TEXT, MEMBER(server.client_ca_file), .initial = "",
      .help = "CAs whose client certificates are believed, PEM" },
    { "server", "plain_http", CONFIG_FLAG, MEMBER(server.plain_http), .initial = "no",
      .help = "allow plain HTTP beyond loopback and link-local addresses" },
    { "server", "loops", CONFIG_UNSIGNED, MEMBER(server.loops), .max = 64, .initial = "0",
      .help = "threads that own connections; 0: one for each processor, at most 8" },
    { "server", "workers", CONFIG_UNSIGNED, MEMBER(server.workers), .min = 1, .max = 256,
      .initial = "4", .help = "threads that ask the store" },
    { "server", "upstream_workers", CONFIG_UNSIGNED, MEMBER(server.upstream_workers), .min = 1,
      .max = 256, .initial = "8", .help = "threads that may wait for a vendor" },
    { "server", "connections", CONFIG_UNSIGNED, MEMBER(server.connections), .min = 8,
      .max = 1000000, .initial = "20000", .help = "connections at once; then the longest idle goes" },
    { "server", "connections_per_address", CONFIG_UNSIGNED, MEMBER(server.connections_per_address),
      .max = 1000000, .initial = "1000", .help = "connections of one address at once; 0: no limit" },
    { "server", "head_size", CONFIG_SIZE, MEMBER(server.head_size), .min = 1024, .max = 1 << 20,
      .initial = "16K", .help = "bytes of request line and headers" },
    { "server", "body_size", CONFIG_SIZE, MEMBER(server.body_size), .min = 1024,
      .max = UINT64_C(1) << 30, .initial = "8M", .help = "bytes of a request body" },
    { "server", "head_seconds", CONFIG_UNSIGNED, MEMBER(server.head_seconds), .min = 1,
      .max = SECONDS_MAX, .initial = "10", .help = "seconds in which the headers must be complete" },
    { "server", "body_seconds", CONFIG_UNSIGNED, MEMBER(server.body_seconds), .min = 1,
      .max = SECONDS_MAX, .initial = "15", .help = "seconds in which the body must be complete" },
    { "server", "keep_alive_seconds", CONFIG_UNSIGNED, MEMBER(server.keep_alive_seconds), .min = 1,
      .max = SECONDS_MAX, .initial = "60", .help = "seconds that a connection may be idle" },
    { "server", "drain_seconds", CONFIG_UNSIGNED, MEMBER(server.drain_seconds), .max = SECONDS_MAX,
      .initial = "20", .help = "seconds for requests in flight when the service stops" },
    { "server", "clock_offset", CONFIG_SIGNED, MEMBER(clock_offset), .max = INT64_C(1) << 33,
      .initial = "0", .help = "seconds added to the clock, for tests only; /healthz shows it" },

    /* ---- store ---- */
    { "store", "url", CONFIG_TEXT, MEMBER(store.url), .min = 1, .initial = "sqlite:assayd.db",
      .secrecy = CONFIG_PASSWORD_INSIDE,
      .help = "sqlite:FILE (below the state directory), or postgresql://..." },
    { "store", "state_directory", CONFIG_TEXT, MEMBER(state_directory), .initial = "",
      .help = "where files are kept; empty: $STATE_DIRECTORY, ~/.local/state/assayd, or "
              "/var/lib/assayd for root" },
    { "store", "connections", CONFIG_UNSIGNED, MEMBER(store.connections), .min = 1, .max = 256,
      .initial = "4", .help = "connections to the database" },
    { "store", "platform_max", CONFIG_COUNT, MEMBER(store.platform_max), .min = 1,
      .max = INT64_MAX, .initial = "10000000", .help = "platforms at most" },
    { "store", "item_max", CONFIG_COUNT, MEMBER(store.item_max), .min = 100, .max = INT64_MAX,
      .initial = "1000000",
      .help = "vendor items at most, VCEKs included; VCEKs take three quarters at most" },

    /* ---- upstream ---- */
    { "upstream", "mode", CONFIG_WORD, MEMBER(upstream.mode), .words = modes, .initial = "lazy",
      .help = "what happens on a miss: lazy asks the vendor, req only at registration and refresh, "
              "offline never" },
    { "upstream", "pcs_url", CONFIG_SERVICE, MEMBER(upstream.pcs),
      .secrecy = CONFIG_PASSWORD_INSIDE,
      .initial = "https://api.trustedservices.intel.com/sgx/certification/v4/",
      .help = "Intel's PCS, another PCCS or THIM: URL, or pcs|pccs|thim-global|thim-regional and URL" },
    { "upstream", "kds_url", CONFIG_TEXT, MEMBER(upstream.kds_url), .secrecy = CONFIG_PASSWORD_INSIDE,
      .initial = "https://kdsintf.amd.com/", .help = "AMD's KDS" },
    { "upstream", "api_key", CONFIG_TEXT, MEMBER(upstream.api_key), .initial = "",
      .secrecy = CONFIG_SECRET, .help = "subscription key for Intel's PCS" },
    { "upstream", "ca_file", CONFIG_TEXT, MEMBER(upstream.ca_file), .initial = "",
      .help = "CAs of the vendors' TLS certificates, PEM; empty: the system's" },
    { "upstream", "sgx_root_file", CONFIG_TEXT, MEMBER(upstream.sgx_root_file), .initial = "",
      .help = "root certificate trusted beside Intel's (a simulated vendor's), PEM" },
    { "upstream", "amd_root_file", CONFIG_TEXT, MEMBER(upstream.amd_root_file), .initial = "",
      .help = "root certificate trusted beside AMD's, PEM" },
    { "upstream", "connect_seconds", CONFIG_UNSIGNED, MEMBER(upstream.connect_seconds), .min = 1,
      .max = 300, .initial = "5", .help = "seconds to connect to a vendor" },
    { "upstream", "total_seconds", CONFIG_UNSIGNED, MEMBER(upstream.total_seconds), .min = 1,
      .max = 3600, .initial = "30", .help = "seconds for one transfer" },
    { "upstream", "retry_times", CONFIG_UNSIGNED, MEMBER(upstream.retry_times), .max = 20,
      .initial = "1", .help = "further tries after 429, 503 and timeouts" },
    { "upstream", "circuit_failures", CONFIG_UNSIGNED, MEMBER(upstream.circuit_failures), .min = 1,
      .max = 1000, .initial = "5", .help = "failures in a row after which a vendor is left alone" },
    { "upstream", "circuit_seconds", CONFIG_UNSIGNED, MEMBER(upstream.circuit_seconds), .min = 1,
      .max = SECONDS_MAX, .initial = "30", .help = "seconds for which it is left alone" },
    { "upstream", "allow_rollback", CONFIG_FLAG, MEMBER(upstream.allow_rollback), .initial = "no",
      .help = "accept items that are older than what is stored" },

    /* ---- cache ---- */
    { "cache", "memory", CONFIG_SIZE, MEMBER(cache.memory), .min = 64 << 10,
      .max = UINT64_C(1) << 40, .initial = "16M", .help = "bytes of finished replies in memory" },
    { "cache", "negative_seconds", CONFIG_UNSIGNED, MEMBER(cache.negative_seconds),
      .max = SECONDS_MAX, .initial = "600", .help = "seconds that an unknown key is remembered" },
    { "cache", "negative_max", CONFIG_SIZE, MEMBER(cache.negative_max), .max = 10000000,
      .initial = "10000", .help = "unknown keys remembered at most" },
    { "cache", "refresh_hours", CONFIG_UNSIGNED, MEMBER(cache.refresh_hours), .min = 1,
      .max = HOURS_MAX, .initial = "24", .help = "hours after which each item is looked at again" },
    { "cache", "refresh_before_hours", CONFIG_UNSIGNED, MEMBER(cache.refresh_before_hours),
      .max = HOURS_MAX, .initial = "24", .help = "hours before nextUpdate in which it is renewed" },
    { "cache", "jitter_percent", CONFIG_UNSIGNED, MEMBER(cache.jitter_percent), .max = 50,
      .initial = "10", .help = "by how much these times differ from item to item" },
    { "cache", "max_age_seconds", CONFIG_UNSIGNED, MEMBER(cache.max_age_seconds), .max = 86400,
      .initial = "3600", .help = "upper bound of Cache-Control: max-age" },
    { "cache", "baseline", CONFIG_TEXT, MEMBER(cache.baseline), .min = 1, .initial = "standard",
      .help = "baseline of requests that choose none" },

    /* ---- access ---- */
    { "access", "user_token_hash", CONFIG_HEX, MEMBER(access.user_token_hash), .initial = "",
      .reload = CONFIG_ON_RELOAD, .help = "SHA-512 of PCCS's user-token, hex: may register platforms" },
    { "access", "admin_token_hash", CONFIG_HEX, MEMBER(access.admin_token_hash), .initial = "",
      .reload = CONFIG_ON_RELOAD, .help = "SHA-512 of PCCS's admin-token, hex: may do everything" },
    { "access", "client_admins", CONFIG_TEXTS, MEMBER(access.client_admins), .initial = "",
      .reload = CONFIG_ON_RELOAD,
      .help = "subjects of client certificates that may do everything: CN=ops,O=Example; ..." },
    { "access", "origins", CONFIG_WORDS, MEMBER(access.origins), .initial = "",
      .reload = CONFIG_ON_RELOAD, .help = "foreign web origins that may use administrative routes" },
    { "access", "requests_per_second", CONFIG_UNSIGNED, MEMBER(access.requests_per_second),
      .max = 1000000, .initial = "100", .reload = CONFIG_ON_RELOAD,
      .help = "requests of one address that cost work; 0: no limit" },
    { "access", "fills_per_hour", CONFIG_UNSIGNED, MEMBER(access.fills_per_hour), .max = 1000000,
      .initial = "1000", .reload = CONFIG_ON_RELOAD,
      .help = "unknown platforms and VCEKs that one address may have fetched; 0: no limit" },
    { "access", "fills_total_per_hour", CONFIG_UNSIGNED, MEMBER(access.fills_total_per_hour),
      .max = 10000000, .initial = "10000", .reload = CONFIG_ON_RELOAD,
      .help = "the same for all addresses together; 0: no limit" },
    { "access", "exempt", CONFIG_WORDS, MEMBER(access.exempt), .initial = "127.0.0.0/8 ::1/128",
      .reload = CONFIG_ON_RELOAD, .help = "networks without these limits: 10.0.0.0/8 fd00::/8" },

    /* ---- thim ---- */
    { "thim", "enabled", CONFIG_FLAG, MEMBER(thim.thim), .initial = "yes",
      .help = "answer /metadata/THIM/..." },
    { "thim", "chip_id", CONFIG_HEX, MEMBER(thim.chip_id), .initial = "",
      .help = "chip id of this machine, 128 hex digits: for requests without platformId" },
    { "thim", "tcb_version", CONFIG_HEX, MEMBER(thim.tcb_version), .initial = "",
      .help = "its reported TCB, 16 hex digits" },
    { "thim", "product", CONFIG_TEXT, MEMBER(thim.product), .initial = "",
      .help = "its product: Milan, Genoa or Turin" },

    /* ---- log ---- */
    { "log", "form", CONFIG_WORD, MEMBER(log.form), .words = forms, .initial = "text",
      .help = "text (key=value), or json" },
    { "log", "requests", CONFIG_FLAG, MEMBER(log.requests), .initial = "yes",
      .help = "one line for each request" },
};
/* clang-format on */

const size_t config_row_count = sizeof(config_rows) / sizeof(config_rows[0]);

const config_row *config_row_find(assay_span section, assay_span key)
{
    for (size_t i = 0; i < config_row_count; i++) {
        if (span_is(section, config_rows[i].section) && span_is(key, config_rows[i].key))
            return &config_rows[i];
    }
    return NULL;
}

void config_row_variable(const config_row *row, char out[CONFIG_VARIABLE_SIZE])
{
    snprintf(out, CONFIG_VARIABLE_SIZE, "ASSAYD_%s_%s", row->section, row->key);
    for (char *at = out; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
}
