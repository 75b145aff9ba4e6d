/* config.h: everything an operator can set: the file assayd.conf (INI) and the environment.
 *
 * Each key is one row of a table (config_rows.c): section, key, type, range, default, one line of
 * help. The environment variable of [store] url is ASSAYD_STORE_URL; it wins over the file. Unknown
 * sections and keys are errors with a suggestion. man 5 assayd.conf is checked against the rows. */
#ifndef ASSAY_SERVE_CONFIG_H
#define ASSAY_SERVE_CONFIG_H

#include "assay/fetch.h"
#include "base/memory.h"

typedef enum fill_mode { FILL_LAZY = 0, FILL_REQ, FILL_OFFLINE } fill_mode;
typedef enum log_form { LOG_TEXT = 0, LOG_JSON } log_form;

enum { CONFIG_LIST_MAX = 16, CONFIG_TEXT_SIZE = 512 };

typedef struct config_list {
    char at[CONFIG_LIST_MAX][CONFIG_TEXT_SIZE];
    size_t count;
} config_list;

/* Plain data: copy it freely. */
typedef struct serve_config {
    struct {
        config_list listen; /* "127.0.0.1:8081", "[::1]:8081", "unix:/path"; PCCS, THIM, AMD */
        config_list admin;  /* "127.0.0.1:8082": /assay/v1 administration, /metrics, /healthz */
        char certificate_file[CONFIG_TEXT_SIZE]; /* "": plain HTTP, only where rule 12 allows it */
        char key_file[CONFIG_TEXT_SIZE];
        char client_ca_file[CONFIG_TEXT_SIZE];
        bool plain_http; /* allowed beyond loopback and link-local addresses */
        unsigned loops, workers, upstream_workers;
        unsigned connections, connections_per_address;
        size_t head_size, body_size;
        unsigned head_seconds, body_seconds, keep_alive_seconds, drain_seconds;
    } server;
    struct {
        char url[CONFIG_TEXT_SIZE]; /* "sqlite:assayd.db" is below the state directory */
        unsigned connections;
        uint64_t platform_max, item_max;
    } store;
    struct {
        fill_mode mode;
        assay_fetch_service pcs; /* PCS, or another PCCS or THIM */
        char kds_url[CONFIG_TEXT_SIZE];
        char api_key[128];
        char ca_file[CONFIG_TEXT_SIZE];       /* of the upstream's TLS */
        char sgx_root_file[CONFIG_TEXT_SIZE]; /* trusted beside Intel's: a simulated vendor's */
        char amd_root_file[CONFIG_TEXT_SIZE];
        unsigned connect_seconds, total_seconds, retry_times;
        unsigned circuit_failures, circuit_seconds; /* opens after so many in a row, for so long */
        bool allow_rollback;                        /* an operator says so: rule 7.1 */
    } upstream;
    struct {
        size_t memory;             /* bytes of complete replies kept */
        unsigned negative_seconds; /* unknown keys are remembered so long */
        size_t negative_max;
        unsigned refresh_hours;        /* look at every item at least so often */
        unsigned refresh_before_hours; /* renew so long before nextUpdate */
        unsigned jitter_percent;
        unsigned max_age_seconds; /* upper bound of Cache-Control; at most 86400 */
        char baseline[64];        /* "standard": served when nobody chooses */
    } cache;
    struct {
        char user_token_hash[129]; /* PCCS: SHA-512 in hex */
        char admin_token_hash[129];
        config_list client_admins;    /* subjects of client certificates with every scope */
        config_list origins;          /* Origin values that admin routes accept */
        unsigned requests_per_second; /* per address, answers that cost work; 0: unlimited */
        unsigned fills_per_hour;      /* LAZY fills of unknown platforms, per address */
        unsigned fills_total_per_hour;
        config_list exempt; /* networks: "10.0.0.0/8" */
    } access;
    struct {
        bool thim;         /* answer /metadata/THIM/... */
        char chip_id[129]; /* hex, the machine's own: for a request without platformId */
        char tcb_version[17];
        char product[16];
    } thim;
    struct {
        log_form form;
        bool requests; /* one line for each */
    } log;
    char state_directory[CONFIG_TEXT_SIZE];
    char file[CONFIG_TEXT_SIZE]; /* where it came from; "" when there was none */
    int64_t clock_offset;        /* for tests: seconds added to the clock; /healthz shows it */
} serve_config;

/* Loopback, LAZY, Intel, SQLite in $STATE_DIRECTORY, else ~/.local/state/assayd or /var/lib/assayd
 * for root. */
void config_default(serve_config *out);

/* Adds what the file says. MALFORMED with where "NAME:LINE:COLUMN"; the suggestion is filled in. */
assay_status config_parse(assay_span text, const char *name, serve_config *config,
                          assay_error *err);

/* Adds ASSAYD_* variables out of `environment` (as environ). A variable of that prefix which is no
 * key is MALFORMED. */
assay_status config_environment(char *const *environment, serve_config *config, assay_error *err);

/* What no single key can say: rule 12, files that must be there together, ranges that depend. */
assay_status config_check(const serve_config *config, assay_error *err);

/* The store's URL with a file of SQLite below the state directory. */
enum { CONFIG_URL_SIZE = 2 * CONFIG_TEXT_SIZE };
void config_store_url(const serve_config *config, char out[CONFIG_URL_SIZE]);

/* The whole configuration as a commented file, without secrets: `assayd init`, and `check-config
 * --show`. memory_free(). */
assay_status config_write(const serve_config *config, char **out, assay_error *err);

#endif
