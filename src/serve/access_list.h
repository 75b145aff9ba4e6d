/* access_list.h: the inside of an access_list: the rules of the configuration, and the tokens of
 * the store. */
#ifndef ASSAY_SERVE_ACCESS_LIST_H
#define ASSAY_SERVE_ACCESS_LIST_H

#include <pthread.h>

#include "crypto/crypto.h"
#include "serve/access.h"
#include "serve/listen.h"
#include "serve/rates.h"

enum { TOKEN_NAME_SIZE = 64, TOKEN_MAX = 4096 };

typedef struct access_token {
    char name[TOKEN_NAME_SIZE];
    uint8_t hash[SHA512_SIZE];
    unsigned scopes;
    int64_t expires; /* 0: never */
} access_token;

/* What the configuration says, ready for use. */
typedef struct access_rules {
    bool has_user, has_admin;
    uint8_t user_hash[SHA512_SIZE], admin_hash[SHA512_SIZE];
    config_list client_admins, origins;
    listen_network exempt[CONFIG_LIST_MAX];
    size_t exempt_count;
    unsigned requests_per_second, fills_per_hour, fills_total_per_hour;
} access_rules;

struct access_list {
    pthread_rwlock_t lock; /* over rules and tokens */
    access_rules rules;
    access_token *tokens;
    size_t token_count;
    int64_t clock_offset;
    rates *requests, *fills, *fills_total, *failures; /* each with its own lock */
};

/* The token of this hash that has not ended at `now`, copied; every one is compared, whichever
 * fits. The lock is held by the caller. */
bool access_token_find(const access_list *a, const uint8_t hash[SHA512_SIZE], int64_t now,
                       access_token *out);

#endif
