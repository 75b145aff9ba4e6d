/* x509_openssl_test.c: OpenSSL's X.509 code as oracle (decisions.md, Parsing): whatever its strict
 * path refuses, ours refuses, and fields are equal. Over every certificate and CRL of the vectors,
 * over mutations of them, and over re-signed mutations of a chain of our own. */
#define _GNU_SOURCE /* memmem */
#include <dirent.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "support.h"
#include "vectors.h"
#include "x509/chain.h"
#include "x509_forge.h"
#include "x509_oracle.h"

enum { DISTINCT_MAX = 2048, SECONDS = 3 };

/* Distinct certificates and CRLs of the vectors, by SHA-256. */
static struct {
    assay_span der[DISTINCT_MAX];
    sha256_digest digest[DISTINCT_MAX];
    size_t count;
} items;

static uint64_t random_state = 20260101; /* fixed: every run tries the same */

static uint32_t random_number(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % below;
}

static void item_add(assay_span der)
{
    sha256_digest digest = sha256(der);
    for (size_t i = 0; i < items.count; i++)
        if (memcmp(&items.digest[i], &digest, sizeof(digest)) == 0)
            return;
    if (items.count == DISTINCT_MAX)
        test_fail("more than %d distinct certificates and CRLs", DISTINCT_MAX);
    uint8_t *copy = malloc(der.size);
    memcpy(copy, der.data, der.size);
    items.digest[items.count] = digest;
    items.der[items.count++] = span_of(copy, der.size);
}

/* Every PEM block inside the file, also in a binary quote. */
static void pem_collect(assay_span file)
{
    const uint8_t *begin = memmem(file.data, file.size, "-----BEGIN ", 11);
    if (begin == NULL)
        return;
    BIO *bio = BIO_new_mem_buf(begin, (int)(file.size - (size_t)(begin - file.data)));
    char *name, *header;
    unsigned char *data;
    long size;
    while (PEM_read_bio(bio, &name, &header, &data, &size) == 1) {
        item_add(span_of(data, (size_t)size));
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    BIO_free(bio);
}

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static void folder_collect(const char *folder)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        char path[1024];
        struct stat found;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || stat(path, &found) != 0)
            continue;
        if (S_ISDIR(found.st_mode)) {
            folder_collect(path);
            continue;
        }
        assay_span file = vectors_read(folder, entry->d_name);
        if (ends_with(path, ".der") || ends_with(path, ".crl") || ends_with(path, ".crt"))
            item_add(file);
        if (file.data != NULL)
            pem_collect(file);
        free((void *)file.data);
    }
    if (directory != NULL)
        closedir(directory);
}

static int collect(void **state)
{
    (void)state;
    const char *folder = vectors_folder();
    if (folder != NULL)
        folder_collect(folder);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    for (size_t i = 0; i < items.count; i++)
        free((void *)items.der[i].data);
    return 0;
}

/* We accept what OpenSSL does not: the bytes in hex, for openssl asn1parse. */
static void refuse_all(assay_span der, const char *why)
{
    for (size_t i = 0; i < der.size; i++)
        fprintf(stderr, i + 1 < der.size ? "%02x" : "%02x\n", der.data[i]);
    test_fail("we accept what OpenSSL does not: %s", why);
}

typedef struct tally {
    size_t certs, crls, refused;
} tally;

/* Both readers of ours on the same bytes: what passes must pass OpenSSL too. */
static void judge(assay_span der, tally *t)
{
    x509_cert cert;
    x509_crl crl;
    assay_error error;
    const char *difference = NULL;
    if (x509_cert_parse(der, "cert", &cert, &error) == ASSAY_OK) {
        t->certs++;
        difference = oracle_cert_difference(&cert);
    } else if (x509_crl_parse(der, "crl", &crl, &error) == ASSAY_OK) {
        t->crls++;
        difference = oracle_crl_difference(&crl);
    } else {
        t->refused++;
    }
    if (difference != NULL)
        refuse_all(der, difference);
}

static void vectors_read_the_same(void **state)
{
    (void)state;
    if (items.count == 0)
        skip();
    tally t = { 0 };
    for (size_t i = 0; i < items.count; i++)
        judge(items.der[i], &t);
    print_message("# %zu certificates, %zu CRLs, %zu refused\n", t.certs, t.crls, t.refused);
    assert_true(t.certs >= 60 && t.crls >= 60);
}

/* What is genuine must pass: Intel's production files, alone and as chains. */
static void production_is_accepted(void **state)
{
    (void)state;
    const char *folder = vectors_folder();
    if (folder == NULL)
        skip();
    char path[1024];
    snprintf(path, sizeof(path), "%s/collateral/production", folder);
    size_t before = items.count, certs = 0, crls = 0;
    assert_true(before > 0);
    DIR *directory = opendir(path);
    struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        assay_span file = vectors_read(path, entry->d_name);
        x509_crl crl;
        assay_error error;
        if (strncmp(entry->d_name, "crl-", 4) == 0) {
            if (x509_crl_parse(file, "crl", &crl, &error) != ASSAY_OK)
                test_fail("%s: %s", entry->d_name, error.detail);
            crls++;
        } else if (strncmp(entry->d_name, "cert-", 5) == 0) {
            BIO *bio = BIO_new_mem_buf(file.data, (int)file.size);
            char *name, *header;
            unsigned char *data;
            long size;
            x509_cert cert;
            assert_int_equal(PEM_read_bio(bio, &name, &header, &data, &size), 1);
            if (x509_cert_parse(span_of(data, (size_t)size), "cert", &cert, &error) != ASSAY_OK)
                test_fail("%s: %s", entry->d_name, error.detail);
            assert_null(cert.extension_fault);
            certs++;
            OPENSSL_free(name);
            OPENSSL_free(header);
            OPENSSL_free(data);
            BIO_free(bio);
        }
        free((void *)file.data);
    }
    if (directory != NULL)
        closedir(directory);
    assert_true(certs >= 5 && crls >= 40);
}

static const x509_cert *by_key_id(const x509_cert *certs, size_t count, assay_span key_id,
                                  assay_span subject)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal(certs[i].subject_key_id, key_id) && span_equal(certs[i].subject, subject))
            return &certs[i];
    return NULL;
}

static bool role_of(const x509_cert *cert, x509_role *role)
{
    for (*role = 0; *role < ROLE_COUNT; (*role)++)
        if (x509_role_check(*role, cert, "cert", NULL) == ASSAY_OK)
            return true;
    return false;
}

/* Every certificate of the vectors that fits a role, linked up to a root: the same answer as
 * OpenSSL's strict path validation; and every PCK extension reads. */
static void chains_hold_the_same(void **state)
{
    (void)state;
    if (items.count == 0)
        skip();
    static x509_cert certs[DISTINCT_MAX];
    size_t count = 0, held = 0, extensions = 0;
    for (size_t i = 0; i < items.count; i++)
        if (x509_cert_parse(items.der[i], "cert", &certs[count], NULL) == ASSAY_OK)
            count++;
    for (size_t i = 0; i < count; i++) {
        x509_role role;
        bool self_issued = span_equal(certs[i].issuer, certs[i].subject);
        const x509_cert *issuer =
            self_issued ? &certs[i]
                        : by_key_id(certs, count, certs[i].authority_key_id, certs[i].issuer);
        if (issuer == NULL || !role_of(&certs[i], &role))
            continue;
        const x509_cert *top =
            self_issued ? &certs[i]
                        : by_key_id(certs, count, issuer->authority_key_id, issuer->issuer);
        if (top == NULL)
            continue;
        assay_span above[] = { issuer->der, top->der };
        bool ours = x509_link_check(role, &certs[i], issuer, NULL, NULL, "cert", NULL) == ASSAY_OK;
        const char *fault = oracle_chain_fault(certs[i].der, above, issuer == top ? 1 : 2);
        if (ours && fault != NULL)
            refuse_all(certs[i].der, fault);
        held += ours ? 1 : 0;
        pck_extension extension;
        if (ours && role == ROLE_PCK_LEAF &&
            pck_extension_parse(&certs[i], pck_ca_of_name(certs[i].issuer), "leaf", &extension,
                                NULL) == ASSAY_OK)
            extensions++;
    }
    print_message("# %zu links hold, %zu PCK extensions read\n", held, extensions);
    assert_true(held >= 60 && extensions >= 45);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* One small change: a bit, an octet, an octet inserted or left out. */
static size_t mutate(uint8_t *bytes, size_t size)
{
    size_t at = random_number((uint32_t)size);
    switch (random_number(4)) {
    case 0:
        bytes[at] ^= (uint8_t)(1 << random_number(8));
        return size;
    case 1:
        bytes[at] = (uint8_t)random_number(256);
        return size;
    case 2:
        memmove(bytes + at + 1, bytes + at, size - at);
        bytes[at] = (uint8_t)random_number(256);
        return size + 1;
    default:
        memmove(bytes + at, bytes + at + 1, size - at - 1);
        return size - 1;
    }
}

static void mutations_read_the_same(void **state)
{
    (void)state;
    if (items.count == 0)
        skip();
    static uint8_t bytes[65536];
    tally t = { 0 };
    double begin = seconds();
    for (size_t round = 0; round < 20000 && seconds() - begin < SECONDS; round++) {
        assay_span der = items.der[random_number((uint32_t)items.count)];
        if (der.size > sizeof(bytes) / 2)
            continue;
        memcpy(bytes, der.data, der.size);
        size_t size = der.size;
        for (uint32_t changes = 1 + random_number(2); changes > 0; changes--)
            size = mutate(bytes, size);
        judge(span_of(bytes, size), &t);
    }
    print_message("# %zu certificates, %zu CRLs, %zu refused\n", t.certs, t.crls, t.refused);
    assert_true(t.certs > 0 && t.refused > 0);
}

/* True when we accept the certificate in its role under `root`; then OpenSSL must, too. */
static bool accepted_by_both(x509_role role, assay_span der, const x509_cert *root)
{
    x509_cert cert;
    if (x509_cert_parse(der, "cert", &cert, NULL) != ASSAY_OK ||
        x509_role_check(role, &cert, "cert", NULL) != ASSAY_OK ||
        x509_link_check(role, &cert, root, NULL, NULL, "cert", NULL) != ASSAY_OK)
        return false;
    const char *fault = oracle_chain_fault(der, &root->der, 1);
    if (fault != NULL)
        refuse_all(der, fault);
    return true;
}

/* Mutated before it is signed, so that form and role alone decide. */
static void resigned_mutations_hold_the_same(void **state)
{
    (void)state;
    static const x509_role roles[] = { ROLE_TCB_SIGNER, ROLE_PCK_CA };
    static const char *const names[] = { "Intel SGX TCB Signing", "Intel SGX PCK Platform CA" };
    forge_key *root_key = forge_key_new(), *key = forge_key_new();
    forge_cert root_plan = { .subject = "Intel SGX Root CA",
                             .issuer = "Intel SGX Root CA",
                             .key = root_key,
                             .issuer_key = root_key,
                             .is_ca = true };
    forge_der root_der, sound[2];
    x509_cert root, cert[2];
    forge_cert_make(&root_plan, &root_der);
    assert_int_equal(x509_cert_parse(forge_span(&root_der), "root", &root, NULL), ASSAY_OK);
    for (size_t i = 0; i < 2; i++) {
        forge_cert plan = { names[i], "Intel SGX Root CA", key, root_key, .is_ca = i == 1 };
        forge_cert_make(&plan, &sound[i]);
        assert_int_equal(x509_cert_parse(forge_span(&sound[i]), "cert", &cert[i], NULL), ASSAY_OK);
        assert_true(accepted_by_both(roles[i], cert[i].der, &root));
    }
    size_t accepted = 0, tried = 0;
    for (double begin = seconds(); tried < 20000 && seconds() - begin < SECONDS; tried++) {
        forge_der der;
        assay_span tbs = cert[tried % 2].tbs;
        memcpy(der.data, tbs.data, tbs.size);
        der.size = mutate(der.data, tbs.size);
        forge_sign(&der, root_key);
        accepted += accepted_by_both(roles[tried % 2], forge_span(&der), &root) ? 1 : 0;
    }
    print_message("# %zu of %zu accepted\n", accepted, tried);
    assert_true(accepted > 0 && accepted < tried);
    forge_key_free(root_key);
    forge_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_read_the_same),
        cmocka_unit_test(production_is_accepted),
        cmocka_unit_test(chains_hold_the_same),
        cmocka_unit_test(mutations_read_the_same),
        cmocka_unit_test(resigned_mutations_hold_the_same),
    };
    return cmocka_run_group_tests(tests, collect, drop);
}
