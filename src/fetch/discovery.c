/* discovery.c: the keys of an OpenID Connect issuer (OpenID Connect Discovery 1.0, section 4). What
 * comes is trusted for where it came from, so TLS is always checked, and keys of another origin
 * than the issuer's are refused. */
#include <stdio.h>
#include <strings.h>

#include "fetch/reply.h"
#include "wire/json.h"

enum { ADDRESS_SIZE = ASSAY_FETCH_URL_SIZE };

static const char behind_issuer[] = "/.well-known/openid-configuration";

/* Scheme, host and port. */
static size_t origin_size(const char *url)
{
    const char *host = strstr(url, "://");
    return host == NULL ? 0 : (size_t)(host - url) + 3 + strcspn(host + 3, "/?");
}

static bool same_origin(const char *a, const char *b)
{
    const size_t size = origin_size(a);
    return size > 0 && size == origin_size(b) && strncasecmp(a, b, size) == 0;
}

static assay_status issuer_check(const char *issuer, assay_error *err)
{
    TRY(source_url_check(issuer, SOURCE_QUERY_REFUSED, "issuer", err));
    if (!source_url_is_private(issuer))
        return fail(err, ASSAY_USAGE, "issuer", ASSAY_NO_OFFSET,
                    "keys that come over plain HTTP may be anybody's: want https://");
    if (strlen(issuer) + sizeof(behind_issuer) > ADDRESS_SIZE)
        return fail(err, ASSAY_USAGE, "issuer", ASSAY_NO_OFFSET, "the address is too long");
    return ASSAY_OK;
}

static assay_status jwks_uri_take(json_t *object, const char *issuer, const char *url,
                                  char out[ADDRESS_SIZE], assay_error *err)
{
    static const char bad[] = "fetch_bad_reply";
    const char *named = json_string_value(json_object_get(object, "issuer"));
    const char *keys = json_string_value(json_object_get(object, "jwks_uri"));
    if (named == NULL || strcmp(named, issuer) != 0)
        return fetch_failure(err, bad, url, "the issuer calls itself \"%.60s\", want exactly %.60s",
                             named != NULL ? named : "(nothing)", issuer);
    if (keys == NULL || strlen(keys) >= ADDRESS_SIZE ||
        source_url_check(keys, SOURCE_QUERY_ALLOWED, "jwks_uri", NULL) != ASSAY_OK)
        return fetch_failure(err, bad, url, "jwks_uri is missing, or no address");
    if (!same_origin(issuer, keys))
        return fetch_failure(err, bad, url,
                             "its keys are at another place (%.80s): if that is right, get them "
                             "from there yourself",
                             keys);
    snprintf(out, ADDRESS_SIZE, "%s", keys);
    return ASSAY_OK;
}

static assay_status document_read(const assay_fetched *item, const char *issuer, const char *url,
                                  char out[ADDRESS_SIZE], assay_error *err)
{
    json_document document;
    if (json_document_parse(span_of(item->body, item->size), NULL, &document, "configuration",
                            NULL) != ASSAY_OK)
        return fetch_failure(err, "fetch_bad_reply", url, "the issuer's configuration is no JSON");
    assay_status status = jwks_uri_take(document.root, issuer, url, out, err);
    json_document_free(&document);
    return status;
}

assay_status assay_fetch_issuer_keys(assay_fetcher *fetcher, const char *issuer, assay_fetched *out,
                                     assay_error *error)
{
    char address[ADDRESS_SIZE], keys[ADDRESS_SIZE];
    assay_fetch_request request = { .kind = ASSAY_FETCH_URL, .uri = address };
    *out = (assay_fetched) { 0 };
    TRY(issuer_check(issuer, error));
    const size_t size = strlen(issuer);
    snprintf(address, sizeof(address), "%.*s%s", (int)(issuer[size - 1] == '/' ? size - 1 : size),
             issuer, behind_issuer);
    assay_status status = assay_fetch(fetcher, &request, out, error);
    if (status == ASSAY_OK)
        status = document_read(out, issuer, address, keys, error);
    if (status != ASSAY_OK)
        return status;
    assay_fetched_free(out);
    request.uri = keys;
    return assay_fetch(fetcher, &request, out, error);
}
