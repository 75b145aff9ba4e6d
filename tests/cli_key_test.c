/* cli_key_test.c: assay key: keys are made once, kept private, and shown without their secret. */
#include "cli_shell.h"

static void keys(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "ES256 by default", "$A key new -o es256.pem", 0, "ES256 ", "" },
        { "only for its owner", "stat -c %a es256.pem", 0, "600\n", "" },
        { "never over another", "$A key new -o es256.pem", 4, "", "File exists" },
        { "still the former one", "$A key show es256.pem", 0, "private", "" },
        { "ES384", "$A key new --alg ES384 -o es384.pem", 0, "ES384 ", "" },
        { "RS256", "$A key new --alg RS256 -o rs256.pem", 0, "RS256 ", "" },
        { "OpenSSL reads them",
          "for k in es256 es384 rs256; do openssl pkey -in $k.pem -noout || exit 9; done", 0, "",
          "" },
        { "no other algorithm", "$A key new --alg HS256 -o x.pem", 2, "", "--alg is" },
        { "nowhere", "$A key new", 2, "", "where to?" },
        { "an operand", "$A key new x.pem", 2, "", "no operands" },
        { "no folder", "$A key new -o none/x.pem", 4, "", "none/x.pem" },
        { "the secret stays", "! $A key show es256.pem | grep PRIVATE", 0, "", "" },
        { "the public part is PEM",
          "$A key show es256.pem | sed -n '/BEGIN/,$p' >pub.pem && "
          "openssl pkey -pubin -in pub.pem -noout",
          0, "", "" },
        { "JSON", "$A key show es256.pem --json | jq -r .jwk.kty", 0, "EC\n", "" },
        { "no secret in the JWK", "$A key show es256.pem --json | jq .jwk.d", 0, "null\n", "" },
        { "the public key shows the same thumbprint",
          "test \"$($A key show pub.pem --json | jq -r .thumbprint)\" = "
          "\"$($A key show es256.pem --json | jq -r .thumbprint)\"",
          0, "", "" },
        { "public is said", "$A key show pub.pem", 0, "public", "" },
        { "what is no key", "echo text >text; $A key show text", 3, "", "key_malformed" },
        { "no file", "$A key show none.pem", 4, "", "none.pem" },
        { "a key set", "$A key jwks es256.pem es384.pem rs256.pem | jq '.keys | length'", 0, "3\n",
          "" },
        { "each with its kid",
          "$A key jwks es256.pem rs256.pem | jq -e 'all(.keys[]; .kid != null)'", 0, "true", "" },
        { "no secret in a set", "$A key jwks es256.pem rs256.pem | jq '[.keys[] | .d] | unique'", 0,
          "null", "" },
        { "no local key yet", "$A key show", 4, "", "no local key" },
        { "a verb must follow", "$A key", 2, "", "a verb must follow" },
    };
    shell_begin();
    SHELL(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(keys) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
