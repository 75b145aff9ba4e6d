/* init.c: `assayd init`: a configuration, a TLS pair and two tokens, none of which was there. */
#include "serve/init.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "serve/access.h"

enum { PATH_SIZE = CONFIG_TEXT_SIZE, VALID_DAYS = 825, ONE_DAY = 86400 };

enum init_file { FILE_CONFIG, FILE_CERTIFICATE, FILE_KEY, FILE_COUNT };
static const char *const file_names[FILE_COUNT] = { "assayd.conf", "tls-certificate.pem",
                                                    "tls-key.pem" };

typedef struct init_texts {
    char paths[FILE_COUNT][PATH_SIZE];
    char admin_token[ACCESS_TOKEN_SIZE], user_token[ACCESS_TOKEN_SIZE];
    self_signed_pair pair;
    char *config;
} init_texts;

static assay_status cannot(const char *path, const char *what, assay_error *err)
{
    return fail(err, ASSAY_ENVIRONMENT, "init", ASSAY_NO_OFFSET, "can't %s %.120s: %s", what, path,
                strerror(errno));
}

/* ---- Where ---- */

static assay_status paths_find(const init_order *order, init_texts *out, assay_error *err)
{
    if (mkdir(order->folder, 0755) != 0 && errno != EEXIST)
        return cannot(order->folder, "make", err);
    char *folder = realpath(order->folder, NULL);
    if (folder == NULL)
        return cannot(order->folder, "find", err);
    bool fits = true;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        int size = snprintf(out->paths[i], PATH_SIZE, "%s/%s", folder, file_names[i]);
        fits = fits && size > 0 && size < PATH_SIZE;
    }
    free(folder);
    if (!fits)
        return fail(err, ASSAY_ENVIRONMENT, "init", ASSAY_NO_OFFSET, "the path is too long");
    for (size_t i = 0; i < FILE_COUNT; i++) {
        if (access(out->paths[i], F_OK) == 0)
            return fail(err, ASSAY_ENVIRONMENT, "init", ASSAY_NO_OFFSET,
                        "%.150s is there already, and is never overwritten", out->paths[i]);
    }
    return ASSAY_OK;
}

/* ---- What ---- */

static assay_status pair_make(const init_order *order, init_texts *out, assay_error *err)
{
    char host[254] = "";
    self_signed_order pair = { .common_name = "assayd",
                               .names = { "localhost", "127.0.0.1", "::1" },
                               .name_count = 3,
                               .from = order->now - 3600,
                               .until = order->now + (int64_t)VALID_DAYS * ONE_DAY };
    if (gethostname(host, sizeof(host) - 1) == 0 && host[0] != '\0' &&
        strcmp(host, "localhost") != 0)
        pair.names[pair.name_count++] = host;
    for (size_t i = 0; i < order->name_count; i++) {
        if (pair.name_count == SELF_SIGNED_NAME_MAX)
            return fail(err, ASSAY_USAGE, "--name", ASSAY_NO_OFFSET, "too many names");
        pair.names[pair.name_count++] = order->names[i];
    }
    return self_signed_make(&pair, &out->pair, err);
}

static assay_status token_make(char token[ACCESS_TOKEN_SIZE], char hash[129], assay_error *err)
{
    uint8_t digest[SHA512_SIZE];
    TRY(access_token_make(token, digest, err));
    assay_hex_encode(SPAN(digest), hash);
    return ASSAY_OK;
}

static assay_status texts_make(const init_order *order, init_texts *out, assay_error *err)
{
    serve_config *config = memory_new(sizeof(*config));
    if (config == NULL)
        return fail(err, ASSAY_NO_MEMORY, "init", ASSAY_NO_OFFSET, "no memory");
    config_default(config);
    memcpy(config->server.certificate_file, out->paths[FILE_CERTIFICATE], PATH_SIZE);
    memcpy(config->server.key_file, out->paths[FILE_KEY], PATH_SIZE);
    assay_status status = token_make(out->admin_token, config->access.admin_token_hash, err);
    if (status == ASSAY_OK)
        status = token_make(out->user_token, config->access.user_token_hash, err);
    if (status == ASSAY_OK)
        status = pair_make(order, out, err);
    if (status == ASSAY_OK)
        status = config_write(config, &out->config, err);
    memory_free(config);
    return status;
}

/* ---- Files ---- */

static bool write_all(int fd, const char *text)
{
    size_t size = strlen(text);
    while (size > 0) {
        ssize_t written = write(fd, text, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        size -= (size_t)written;
    }
    return fsync(fd) == 0;
}

/* For its owner alone; with --user for that user's group too. */
static bool give_to_group(int fd, const char *user)
{
    const struct passwd *found = user != NULL ? getpwnam(user) : NULL;
    if (user == NULL)
        return true;
    if (found == NULL) {
        errno = ENOENT;
        return false;
    }
    return fchown(fd, (uid_t)-1, found->pw_gid) == 0 && fchmod(fd, 0640) == 0;
}

static assay_status file_make(const char *path, const char *text, const char *user,
                              assay_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return cannot(path, "make", err);
    bool written = write_all(fd, text);
    bool given = written && give_to_group(fd, user);
    assay_status status = !written ? cannot(path, "write", err)
                          : !given ? cannot(path, "let that user read", err)
                                   : ASSAY_OK;
    close(fd);
    if (status != ASSAY_OK)
        unlink(path);
    return status;
}

static assay_status files_make(const init_order *order, const init_texts *texts, assay_error *err)
{
    const char *const contents[FILE_COUNT] = { texts->config, texts->pair.certificate,
                                               texts->pair.key };
    for (size_t i = 0; i < FILE_COUNT; i++) {
        assay_status status = file_make(texts->paths[i], contents[i], order->user, err);
        for (size_t made = i; status != ASSAY_OK && made > 0; made--)
            unlink(texts->paths[made - 1]);
        TRY(status);
    }
    return ASSAY_OK;
}

static void tell(const init_texts *texts)
{
    printf("configuration  %s\n"
           "certificate    %s (P-256, self-signed, %d days)\n"
           "key            %s\n\n"
           "These tokens are shown now and never again:\n"
           "admin-token    %s\n"
           "user-token     %s\n\n"
           "next           assayd --config %s\n",
           texts->paths[FILE_CONFIG], texts->paths[FILE_CERTIFICATE], VALID_DAYS,
           texts->paths[FILE_KEY], texts->admin_token, texts->user_token,
           texts->paths[FILE_CONFIG]);
}

assay_status init_run(const init_order *order, assay_error *err)
{
    init_texts *texts = memory_new(sizeof(*texts));
    if (texts == NULL)
        return fail(err, ASSAY_NO_MEMORY, "init", ASSAY_NO_OFFSET, "no memory");
    assay_status status = paths_find(order, texts, err);
    if (status == ASSAY_OK)
        status = texts_make(order, texts, err);
    if (status == ASSAY_OK)
        status = files_make(order, texts, err);
    if (status == ASSAY_OK)
        tell(texts);
    self_signed_clear(&texts->pair);
    memory_free(texts->config);
    explicit_bzero(texts, sizeof(*texts));
    memory_free(texts);
    return status;
}
