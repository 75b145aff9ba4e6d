/* fetch_discovery_test.c: the keys of an issuer (src/fetch/discovery.c). */
#include "fetch_scene.h"

static void keys_of_an_issuer(void **state)
{
    (void)state;
    char configuration[512];
    const scripted_reply replies[] = {
        { .path = "/me/.well-known/openid-configuration", .body = configuration },
        { .path = "/keys", .body = "{\"keys\":[]}" },
    };
    static const struct {
        const char *what;
        const char *name;   /* behind the server's address */
        const char *member; /* that names the keys */
        const char *keys;   /* NULL: at the same server */
        const char *detail; /* NULL: the keys come */
    } rows[] = {
        { "as it should be", "/me", "jwks_uri", NULL, NULL },
        { "another name", "/you", "jwks_uri", NULL, "calls itself" },
        { "a slash behind", "/me/", "jwks_uri", NULL, "calls itself" },
        { "no keys", "/me", "jwks", NULL, "jwks_uri is missing" },
        { "keys elsewhere", "/me", "jwks_uri", "http://localhost/keys", "another place" },
        { "keys in a file", "/me", "jwks_uri", "file:///keys", "no address" },
        { "no JSON", "/me\"", "jwks_uri", NULL, "no JSON" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char issuer[128], own[128];
        scene s = scene_of(replies, 2);
        const char *url = scripted_server_url(s.server);
        snprintf(issuer, sizeof(issuer), "%s/me", url);
        snprintf(own, sizeof(own), "%s/keys", url);
        snprintf(configuration, sizeof(configuration), "{\"issuer\":\"%s%s\",\"%s\":\"%s\"}", url,
                 rows[i].name, rows[i].member, rows[i].keys != NULL ? rows[i].keys : own);
        assert_int_equal(assay_fetcher_new(&s.config, &s.fetcher, NULL), ASSAY_OK);
        const assay_status status = assay_fetch_issuer_keys(s.fetcher, issuer, &s.item, &s.error);
        if (rows[i].detail == NULL)
            assert_row(rows[i].what, status, ASSAY_OK);
        else
            assert_failed(rows[i].what, &s, status, "fetch_bad_reply");
        if (rows[i].detail != NULL && strstr(s.error.detail, rows[i].detail) == NULL)
            test_fail("%s: %s", rows[i].what, s.error.detail);
        if (rows[i].detail == NULL)
            assert_string_equal((const char *)s.item.body, "{\"keys\":[]}");
        scene_end(&s);
    }
}

static void issuers_over_plain_http_are_not_asked(void **state)
{
    (void)state;
    scene s = scene_of(&sound_reply, 1);
    assert_int_equal(assay_fetcher_new(&s.config, &s.fetcher, NULL), ASSAY_OK);
    assert_int_equal(assay_fetch_issuer_keys(s.fetcher, "http://example.org", &s.item, &s.error),
                     ASSAY_USAGE);
    assert_non_null(strstr(s.error.detail, "plain HTTP"));
    scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_an_issuer),
        cmocka_unit_test(issuers_over_plain_http_are_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
