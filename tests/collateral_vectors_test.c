/* collateral_vectors_test.c: genuine collateral of 2020 to 2026 reads and verifies, recorded
 * responses of Intel's service too; files that others made to be refused are refused. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "collateral/documents.h"
#include "collateral/issuer_chain.h"
#include "support.h"
#include "vectors.h"
#include "wire/pem.h"
#include "x509/chain.h"

enum { PRODUCTION_FILES = 187, NAME_SIZE = 512 };

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

/* Calls `each` for every file of collateral/<set>; how many there were. */
static int files_each(const char *set,
                      void (*each)(const char *name, assay_span text, void *context), void *context)
{
    char folder[NAME_SIZE];
    struct dirent **names;
    int count = 0;
    snprintf(folder, sizeof(folder), "%s/collateral/%s", vectors_folder(), set);
    int found = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        assay_span text = { NULL, 0 };
        if (names[i]->d_name[0] != '.' && strcmp(names[i]->d_name, "case.json") != 0)
            text = vectors_read(folder, names[i]->d_name);
        if (text.data != NULL) {
            each(names[i]->d_name, text, context);
            count++;
        }
        free((void *)text.data);
        free(names[i]);
    }
    if (found >= 0)
        free(names);
    return count;
}

/* Intel's certificates, by which everything in the folder verifies. */
typedef struct issuers {
    arena memory;
    x509_trust trust;
    x509_cert root, platform, processor;
    x509_cert signers[4];
    size_t signer_count;
} issuers;

static void issuer_take(const char *name, assay_span text, void *context)
{
    issuers *all = context;
    if (!begins(name, "cert-"))
        return;
    pem_blocks blocks;
    x509_cert certificate;
    assay_span kept = arena_copy(&all->memory, text);
    uint8_t *buffer = arena_new(&all->memory, kept.size, 1);
    assert_int_equal(pem_decode(kept, "CERTIFICATE", buffer, kept.size, &blocks, NULL), ASSAY_OK);
    assert_int_equal(blocks.count, 1);
    assert_int_equal(x509_cert_parse(blocks.der[0], name, &certificate, NULL), ASSAY_OK);
    if (span_is(certificate.common_name, "Intel SGX Root CA"))
        all->root = certificate;
    else if (pck_ca_of_name(certificate.subject) == PCK_CA_PLATFORM)
        all->platform = certificate;
    else if (pck_ca_of_name(certificate.subject) == PCK_CA_PROCESSOR)
        all->processor = certificate;
    else
        all->signers[all->signer_count++] = certificate;
}

static void issuers_link(issuers *all)
{
    const struct {
        x509_role role;
        const x509_cert *certificate;
    } links[] = {
        { ROLE_SGX_ROOT, &all->root },         { ROLE_PCK_CA, &all->platform },
        { ROLE_PCK_CA, &all->processor },      { ROLE_TCB_SIGNER, &all->signers[0] },
        { ROLE_TCB_SIGNER, &all->signers[1] },
    };
    assert_int_equal(all->signer_count, 2);
    assert_memory_equal(all->root.point, intel_sgx_root_point, P256_POINT_SIZE);
    for (size_t i = 0; i < COUNT_OF(links); i++) {
        assert_int_equal(x509_role_check(links[i].role, links[i].certificate, "", NULL), ASSAY_OK);
        assert_int_equal(x509_link_check(links[i].role, links[i].certificate, &all->root, NULL,
                                         &all->trust, "", NULL),
                         ASSAY_OK);
    }
}

static void signed_by(const char *name, const document_header *header, const x509_cert *signer)
{
    p256_key *key = NULL;
    const sha256_digest digest = sha256(header->signed_bytes);
    assert_int_equal(p256_key_new(signer->point + 1, &key, NULL), ASSAY_OK);
    assert_row(name, p256_verify(key, &digest, header->signature), ASSAY_OK);
    assert_row(name, header->unknown_key_count, 0);
    p256_key_free(key);
}

static void accepted(const char *name, assay_status status, const assay_error *error)
{
    if (status != ASSAY_OK)
        test_fail("%s: %s: %s", name, error->where, error->detail);
}

static void tcb_info_check(const char *name, assay_span text, const x509_cert *signer)
{
    arena memory = { NULL };
    assay_error error = { 0 };
    tcb_info info;
    accepted(name, tcb_info_parse(text, &memory, &info, &error), &error);
    signed_by(name, &info.header, signer);
    assert_row(name, info.tee == ASSAY_TEE_TDX, info.has_module);
    arena_free(&memory);
}

static void identity_check(const char *name, assay_span text, const x509_cert *signer)
{
    arena memory = { NULL };
    assay_error error = { 0 };
    enclave_identity identity;
    accepted(name, enclave_identity_parse(text, &memory, &identity, &error), &error);
    signed_by(name, &identity.header, signer);
    arena_free(&memory);
}

static void crl_check(const char *name, assay_span text, const x509_cert *issuer, x509_trust *trust)
{
    arena memory = { NULL };
    assay_error error = { 0 };
    x509_crl crl;
    accepted(name, crl_read(text, name, &memory, &crl, &error), &error);
    accepted(name, x509_crl_check(&crl, issuer, NULL, trust, name, &error), &error);
    arena_free(&memory);
}

static void production_check(const char *name, assay_span text, void *context)
{
    issuers *all = context;
    if (begins(name, "tcbinfo-"))
        tcb_info_check(name, text, &all->signers[0]);
    else if (begins(name, "identity-"))
        identity_check(name, text, &all->signers[0]);
    else if (begins(name, "crl-root-"))
        crl_check(name, text, &all->root, &all->trust);
    else if (begins(name, "crl-platform-"))
        crl_check(name, text, &all->platform, &all->trust);
    else if (begins(name, "crl-processor-"))
        crl_check(name, text, &all->processor, &all->trust);
    else if (!begins(name, "cert-"))
        test_fail("%s: of no known kind", name);
}

static void genuine_collateral_verifies(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    issuers all = { .signer_count = 0 };
    files_each("production", issuer_take, &all);
    issuers_link(&all);
    assert_int_equal(files_each("production", production_check, &all), PRODUCTION_FILES);
    x509_trust_free(&all.trust);
    arena_free(&all.memory);
}

/* {"<member>": "document as text", "issuer_chain": "PEM"} of recorded responses. */
static void response_check(const char *name, assay_span text, void *context)
{
    int *checked = context;
    json_t *response = json_loadb((const char *)text.data, text.size, 0, NULL);
    const char *pem = json_string_value(json_object_get(response, "issuer_chain"));
    const char *member;
    json_t *value;
    issuer_chain chain;
    arena memory = { NULL };
    assay_error error = { 0 };
    json_object_foreach(response, member, value)
    {
        if (pem == NULL || !json_is_string(value) || strcmp(member, "issuer_chain") == 0)
            continue;
        accepted(name,
                 issuer_chain_read(SPAN_TEXT(pem), "issuer_chain", 0xE021, &memory, &chain, &error),
                 &error);
        assay_span body = SPAN_TEXT(json_string_value(value));
        if (strstr(member, "tcb_info") != NULL)
            tcb_info_check(name, body, &chain.end);
        else if (strstr(member, "enclave_identity") != NULL)
            identity_check(name, body, &chain.end);
        else if (strcmp(member, "crl_data") == 0)
            crl_check(name, body, &chain.end, NULL);
        else
            continue;
        (*checked)++;
    }
    arena_free(&memory);
    json_decref(response);
}

static void numbers_check(const char *name, assay_span text, void *context)
{
    int *checked = context;
    json_t *response = json_loadb((const char *)text.data, text.size, 0, NULL);
    const char *pem = json_string_value(json_object_get(response, "issuer_chain"));
    const char *body =
        json_string_value(json_object_get(response, "tcb_evaluation_data_numbers_json"));
    issuer_chain chain;
    evaluation_numbers numbers;
    arena memory = { NULL };
    assay_error error = { 0 };
    if (strstr(name, "tcb_eval_nums") != NULL) {
        assert_non_null(body);
        accepted(name,
                 issuer_chain_read(SPAN_TEXT(pem), "issuer_chain", 0xE021, &memory, &chain, &error),
                 &error);
        accepted(name, evaluation_numbers_parse(SPAN_TEXT(body), &memory, &numbers, &error),
                 &error);
        signed_by(name, &numbers.header, &chain.end);
        assert_int_equal(numbers.count, 3);
        (*checked)++;
    }
    arena_free(&memory);
    json_decref(response);
}

static void recorded_responses_verify(void **state)
{
    (void)state;
    int documents = 0, numbers = 0;
    if (vectors_folder() == NULL)
        skip();
    files_each("pcs-recorded-responses-2025-05-27", response_check, &documents);
    files_each("pcs-recorded-responses-2025-05-27", numbers_check, &numbers);
    assert_int_equal(documents, 14);
    assert_int_equal(numbers, 2);
}

/* Those files are of obsolete versions besides what their names say: none may pass. */
static void refuse_check(const char *name, assay_span text, void *context)
{
    int *refused = context;
    arena memory = { NULL };
    assay_error error = { 0 };
    tcb_info info;
    enclave_identity identity;
    bool is_identity = begins(name, "qe_identity");
    assay_status status = is_identity ? enclave_identity_parse(text, &memory, &identity, &error)
                                      : tcb_info_parse(text, &memory, &info, &error);
    assert_row(name, status == ASSAY_OK, 0);
    assert_row(name, error.code, is_identity ? 0xE025 : 0xE023);
    assert_true(error.where[0] != '\0' && error.detail[0] != '\0');
    (*refused)++;
    arena_free(&memory);
}

static void open_enclaves_files_are_refused(void **state)
{
    (void)state;
    int refused = 0;
    if (vectors_folder() == NULL)
        skip();
    files_each("oe-json-qeidentity-data", refuse_check, &refused);
    files_each("oe-json-report-data", refuse_check, &refused);
    assert_int_equal(refused, 33);
}

static void reads_check(const char *name, assay_span text, void *context)
{
    arena memory = { NULL };
    assay_error error = { 0 };
    tcb_info info;
    (void)context;
    accepted(name, tcb_info_parse(text, &memory, &info, &error), &error);
    assert_int_equal(info.version, 3);
    arena_free(&memory);
}

static void open_enclaves_version_3_reads(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    assert_int_equal(files_each("oe-json-report-data-v3", reads_check, NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genuine_collateral_verifies),
        cmocka_unit_test(recorded_responses_verify),
        cmocka_unit_test(open_enclaves_files_are_refused),
        cmocka_unit_test(open_enclaves_version_3_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
