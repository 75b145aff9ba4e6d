/* sim_pcs_test.c: the endpoints of the simulated vendor (src/sim/pcs_routes.c, pcs_intel.c,
 * pcs_pck.c): which request has which status, and that what it serves is what assay accepts. */
#include "assay/verify.h"
#include "collateral/admission.h"
#include "pcs_ask.h"
#include "sim/build.h"

#define V4     "/sgx/certification/v4/"
#define V3     "/sgx/certification/v3/"
#define TDX    "/tdx/certification/v4/"
#define SGX_ID "00606A000000"
#define TDX_ID "90C06F000000"

/* ---- Status -------------------------------------------------------------------------------------
 */

static const struct {
    const char *what;
    const char *target;
    unsigned status;
} rows[] = {
    { "SGX TCB info", V4 "tcb?fmspc=" SGX_ID, 200 },
    { "SGX TCB info of a TDX platform", V4 "tcb?fmspc=" TDX_ID, 200 },
    { "TDX TCB info", TDX "tcb?fmspc=" TDX_ID, 200 },
    { "lower-case FMSPC", TDX "tcb?fmspc=90c06f000000", 200 },
    { "TDX TCB info of an SGX platform", TDX "tcb?fmspc=" SGX_ID, 404 },
    { "version 3", V3 "tcb?fmspc=" SGX_ID, 200 },
    { "version 3 knows no TDX", "/tdx/certification/v3/tcb?fmspc=" TDX_ID, 404 },
    { "version 5", "/sgx/certification/v5/tcb?fmspc=" SGX_ID, 404 },
    { "early", V4 "tcb?fmspc=" SGX_ID "&update=early", 200 },
    { "another update", V4 "tcb?fmspc=" SGX_ID "&update=late", 400 },
    { "a number that is served", V4 "tcb?fmspc=" SGX_ID "&tcbEvaluationDataNumber=18", 200 },
    { "a retired number", V4 "tcb?fmspc=" SGX_ID "&tcbEvaluationDataNumber=17", 410 },
    { "a number to come", V4 "tcb?fmspc=" SGX_ID "&tcbEvaluationDataNumber=21", 404 },
    { "a number from before", V4 "tcb?fmspc=" SGX_ID "&tcbEvaluationDataNumber=1", 404 },
    { "no number", V4 "tcb?fmspc=" SGX_ID "&tcbEvaluationDataNumber=x", 400 },
    { "number and update", V4 "tcb?fmspc=" SGX_ID "&tcbEvaluationDataNumber=18&update=standard",
      400 },
    { "no FMSPC", V4 "tcb", 400 },
    { "a short FMSPC", V4 "tcb?fmspc=00606A0000", 400 },
    { "an unknown FMSPC", V4 "tcb?fmspc=001122334455", 404 },
    { "an unknown parameter", V4 "tcb?fmspc=" SGX_ID "&clientid=1", 400 },
    { "a parameter twice", V4 "tcb?fmspc=" SGX_ID "&fmspc=" SGX_ID, 400 },
    { "QE identity", V4 "qe/identity", 200 },
    { "QE identity of TDX", TDX "qe/identity?update=early", 200 },
    { "QvE identity", V4 "qve/identity", 200 },
    { "QAE identity", V4 "qae/identity", 200 },
    { "QvE identity of TDX", TDX "qve/identity", 404 },
    { "an identity of nobody", V4 "xe/identity", 404 },
    { "a retired identity", V4 "qe/identity?tcbEvaluationDataNumber=16", 410 },
    { "evaluation numbers", V4 "tcbevaluationdatanumbers", 200 },
    { "evaluation numbers of TDX", TDX "tcbevaluationdatanumbers", 200 },
    { "FMSPCs", V4 "fmspcs", 200 },
    { "FMSPCs of servers", V4 "fmspcs?platform=E5", 200 },
    { "FMSPCs of toasters", V4 "fmspcs?platform=toaster", 400 },
    { "PCK CRL", V4 "pckcrl?ca=platform", 200 },
    { "PCK CRL of the other CA", V4 "pckcrl?ca=processor&encoding=der", 200 },
    { "PCK CRL of no CA", V4 "pckcrl?ca=root", 400 },
    { "PCK CRL without CA", V4 "pckcrl", 400 },
    { "PCK CRL in hex", V4 "pckcrl?ca=platform&encoding=hex", 400 },
    { "root CRL", "/IntelSGXRootCA.der", 200 },
    { "PCK without a platform", V4 "pckcert?pceid=0000", 400 },
    { "a path of PCCS", V4 "rootcacrl", 404 },
    { "no path", "/", 404 },
    { "a path behind", V4 "tcb/", 404 },
};

static void answers_with_its_status(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        pcs_reply reply = pcs_ask(*state, rows[i].target, NULL);
        assert_row(rows[i].what, reply.status, rows[i].status);
        assert_non_null(pcs_ask_header(&reply, "Request-ID"));
        assert_int_equal(pcs_ask_header(&reply, "Error-Code") != NULL, rows[i].status == 400);
        pcs_reply_free(&reply);
    }
    pcs_reply reply = pcs_ask(*state, V4 "tcb?fmspc=" SGX_ID, "{}");
    assert_int_equal(reply.status, 405);
    pcs_reply_free(&reply);
}

/* ---- Items --------------------------------------------------------------------------------------
 */

static const struct {
    const char *target;
    uint32_t number;
    const char *text; /* stands in it */
} documents[] = {
    { V4 "tcb?fmspc=" SGX_ID, 19, "\"id\":\"SGX\"" },
    { TDX "tcb?fmspc=" TDX_ID, 19, "\"id\":\"TDX\"" },
    { TDX "tcb?fmspc=" TDX_ID "&update=early", 20, "INTEL-SA-01245" },
    { TDX "tcb?fmspc=" TDX_ID "&tcbEvaluationDataNumber=18", 18, "\"fmspc\":\"90C06F000000\"" },
    { V3 "tcb?fmspc=" SGX_ID, 19, "\"version\":2" },
    { V4 "qe/identity", 19, "\"id\":\"QE\"" },
    { TDX "qe/identity?update=early", 20, "\"id\":\"TD_QE\"" },
    { V4 "qve/identity", 19, "\"id\":\"QVE\"" },
};

static void add_root(const pcs_service *service, assay_roots *roots)
{
    *roots = (assay_roots) { .count = 0 };
    assert_int_equal(assay_roots_add(roots, bytes_span(&service->vendor.chains.root), NULL),
                     ASSAY_OK);
}

static void serves_documents_that_are_admitted(void **state)
{
    arena memory = { NULL };
    assay_roots roots;
    add_root(*state, &roots);
    const admission by = { .roots = &roots, .memory = &memory };
    for (size_t i = 0; i < COUNT_OF(documents); i++) {
        pcs_reply reply = pcs_ask_well(*state, documents[i].target);
        char *chain = pcs_ask_chain(&reply);
        assay_error err = { .detail = "" };
        admitted item;
        bool tcb = strstr(documents[i].target, "/tcb") != NULL;
        assay_status status = (tcb ? admit_tcb_info : admit_identity)(
            &by, bytes_span(&reply.body), SPAN_TEXT(chain), &item, &err);
        if (status != ASSAY_OK)
            test_fail("%s: %s: %s", documents[i].target, err.where, err.detail);
        assert_row(documents[i].target, item.evaluation_number, documents[i].number);
        assert_true(pcs_ask_has(&reply, documents[i].text));
        assert_int_equal(item.issue_date, SIM_DEFAULT_NOW - SIM_HOUR);
        assert_string_equal(reply.type, "application/json");
        free(chain);
        pcs_reply_free(&reply);
    }
    arena_free(&memory);
}

static void names_the_chain_as_its_version_does(void **state)
{
    pcs_reply v4 = pcs_ask_well(*state, V4 "tcb?fmspc=" SGX_ID);
    pcs_reply v3 = pcs_ask_well(*state, V3 "tcb?fmspc=" SGX_ID);
    assert_non_null(pcs_ask_header(&v4, "TCB-Info-Issuer-Chain"));
    assert_non_null(pcs_ask_header(&v3, "SGX-TCB-Info-Issuer-Chain"));
    assert_null(pcs_ask_header(&v3, "TCB-Info-Issuer-Chain"));
    pcs_reply_free(&v4);
    pcs_reply_free(&v3);
}

static void serves_evaluation_numbers_that_are_admitted(void **state)
{
    arena memory = { NULL };
    assay_roots roots;
    admitted item;
    evaluation_numbers numbers;
    add_root(*state, &roots);
    const admission by = { .roots = &roots, .memory = &memory };
    pcs_reply reply = pcs_ask_well(*state, TDX "tcbevaluationdatanumbers");
    char *chain = pcs_ask_chain(&reply);
    assert_int_equal(admit_evaluation_numbers(&by, bytes_span(&reply.body), SPAN_TEXT(chain), &item,
                                              &numbers, NULL),
                     ASSAY_OK);
    assert_int_equal(item.tee, ASSAY_TEE_TDX);
    assert_int_equal(numbers.count, 3);
    assert_int_equal(numbers.at[0].number, 20);
    assert_int_equal(numbers.at[2].number, 18);
    free(chain);
    pcs_reply_free(&reply);
    arena_free(&memory);
}

static void serves_crls_that_are_admitted(void **state)
{
    arena memory = { NULL };
    assay_roots roots;
    admitted item;
    add_root(*state, &roots);
    const admission by = { .roots = &roots, .memory = &memory };
    pcs_reply pem = pcs_ask_well(*state, V4 "pckcrl?ca=platform");
    pcs_reply der = pcs_ask_well(*state, V4 "pckcrl?ca=processor&encoding=der");
    pcs_reply root = pcs_ask_well(*state, "/IntelSGXRootCA.der");
    char *platform = pcs_ask_chain(&pem), *processor = pcs_ask_chain(&der);
    assert_memory_equal(pem.body.data, "-----BEGIN X509 CRL-----", 24);
    assert_int_equal(der.body.data[0], 0x30);
    assert_int_equal(
        admit_pck_crl(&by, bytes_span(&pem.body), SPAN_TEXT(platform), &item, NULL, NULL),
        ASSAY_OK);
    assert_int_equal(item.ca, PCK_CA_PLATFORM);
    assert_int_equal(
        admit_pck_crl(&by, bytes_span(&der.body), SPAN_TEXT(processor), &item, NULL, NULL),
        ASSAY_OK);
    assert_int_equal(item.ca, PCK_CA_PROCESSOR);
    assert_int_equal(
        admit_root_crl(&by, bytes_span(&root.body), SPAN_TEXT(platform), &item, NULL, NULL, NULL),
        ASSAY_OK);
    free(platform);
    free(processor);
    pcs_reply_free(&pem);
    pcs_reply_free(&der);
    pcs_reply_free(&root);
    arena_free(&memory);
}

/* ---- A quote of `vendor new` under collateral of the PCS ---- */

static const struct {
    const char *profile, *tcb, *identity, *crl;
} worlds[] = {
    { "tdx-v5", TDX "tcb?fmspc=" TDX_ID, TDX "qe/identity", V4 "pckcrl?ca=platform" },
    { "tdx-v4", TDX "tcb?fmspc=" TDX_ID, TDX "qe/identity", V4 "pckcrl?ca=platform" },
    { "sgx-v3", V4 "tcb?fmspc=" SGX_ID, V4 "qe/identity", V4 "pckcrl?ca=platform" },
    { "sgx-v3-processor", V4 "tcb?fmspc=" SGX_ID, V4 "qe/identity",
      V4 "pckcrl?ca=processor&encoding=der" },
};

static assay_tcb_status judge(pcs_service *service, size_t row, const char *situation)
{
    sim_world world;
    sim_artifacts artifacts = { .quote = { .data = NULL } };
    assay_verdict verdict = { .accepted = false };
    assay_roots roots;
    assay_collateral *collateral = NULL;
    assay_error err = { .detail = "" };
    const assay_verify_options options = { .now = SIM_DEFAULT_NOW };
    sim_world_init(&world, sim_profile_find(worlds[row].profile), PCS_ASK_SEED, SIM_DEFAULT_NOW, 9);
    sim_world_situate(&world, sim_situation_find(situation));
    assert_int_equal(sim_build(&world, &artifacts, NULL), ASSAY_OK);
    pcs_reply tcb = pcs_ask_well(service, worlds[row].tcb);
    pcs_reply identity = pcs_ask_well(service, worlds[row].identity);
    pcs_reply crl = pcs_ask_well(service, worlds[row].crl);
    pcs_reply root = pcs_ask_well(service, "/IntelSGXRootCA.der");
    char *chain = pcs_ask_chain(&tcb), *crl_chain = pcs_ask_chain(&crl);
    const assay_collateral_items items = { .tcb_info = bytes_span(&tcb.body),
                                           .tcb_info_issuer_chain = SPAN_TEXT(chain),
                                           .qe_identity = bytes_span(&identity.body),
                                           .qe_identity_issuer_chain = SPAN_TEXT(chain),
                                           .root_ca_crl = bytes_span(&root.body),
                                           .pck_crl = bytes_span(&crl.body),
                                           .pck_crl_issuer_chain = SPAN_TEXT(crl_chain) };
    add_root(service, &roots);
    assert_int_equal(assay_collateral_new(&items, &roots, &collateral, NULL), ASSAY_OK);
    if (assay_verify(NULL, bytes_span(&artifacts.quote), collateral, &options, &verdict, &err) !=
        ASSAY_OK)
        test_fail("%s: %s: %s", worlds[row].profile, err.where, err.detail);
    assay_tcb_status status = verdict.tcb_status;
    assay_verdict_clear(&verdict);
    assay_collateral_unref(collateral);
    free(chain);
    free(crl_chain);
    pcs_reply_free(&tcb);
    pcs_reply_free(&identity);
    pcs_reply_free(&crl);
    pcs_reply_free(&root);
    sim_artifacts_free(&artifacts);
    return status;
}

static void judges_quotes_of_the_same_seed(void **state)
{
    for (size_t i = 0; i < COUNT_OF(worlds); i++) {
        assert_row(worlds[i].profile, judge(*state, i, "UpToDate"), ASSAY_TCB_UP_TO_DATE);
        assert_row(worlds[i].profile, judge(*state, i, "SWHardeningNeeded"),
                   ASSAY_TCB_SW_HARDENING_NEEDED);
    }
}

/* ---- PCK certificates ---- */

static void put_token(const pcs_service *service, const fleet_member *member, fleet_token token,
                      sim_bytes *out)
{
    sim_bytes bytes = { 0 };
    fleet_token_write(&service->vendor.fleet, member, token, &bytes);
    bytes_add_hex(out, bytes_span(&bytes), hex_upper);
    bytes_free(&bytes);
}

/* "PATH?encrypted_ppid=...&pceid=0000REST"; the caller frees. */
static sim_bytes pck_target(const pcs_service *service, uint64_t number, const char *path,
                            const char *rest)
{
    sim_bytes target = { 0 };
    fleet_member member;
    assert_true(fleet_find(&service->vendor.fleet, number, &member));
    bytes_add_text(&target, path);
    bytes_add_text(&target, "?encrypted_ppid=");
    put_token(service, &member, SIM_ENCRYPTED_PPID, &target);
    bytes_add_text(&target, "&pceid=0000");
    bytes_add_text(&target, rest);
    bytes_add_u8(&target, 0);
    return target;
}

#define NEWEST_TCB "&cpusvn=0808020204010C050000000000000000&pcesvn=0D00"
#define OLDER_TCB  "&cpusvn=0707020204010C050000000000000000&pcesvn=0D00"
#define LOWEST_TCB "&cpusvn=01010000000000000000000000000000&pcesvn=0000"

static void serves_the_certificate_that_fits(void **state)
{
    pcs_service *service = *state;
    arena memory = { NULL };
    assay_roots roots;
    admitted item;
    pck_extension extension;
    add_root(service, &roots);
    const admission by = { .roots = &roots, .memory = &memory };
    sim_bytes target =
        pck_target(service, SIM_WORLD_NUMBER + SIM_WORLD_TDX, V4 "pckcert", NEWEST_TCB);
    pcs_reply reply = pcs_ask_well(service, (const char *)target.data);
    char *chain = pcs_ask_chain(&reply);
    assert_int_equal(admit_pck_certificate(&by, bytes_span(&reply.body), SPAN_TEXT(chain), NULL,
                                           &item, &extension, NULL),
                     ASSAY_OK);
    assert_memory_equal(extension.ppid, service->vendor.fleet.worlds[SIM_WORLD_TDX].platform.ppid,
                        16);
    assert_string_equal(pcs_ask_header(&reply, "SGX-TCBm"), "0808020204010C0500000000000000000D00");
    assert_string_equal(pcs_ask_header(&reply, "SGX-FMSPC"), TDX_ID);
    assert_string_equal(pcs_ask_header(&reply, "SGX-PCK-Certificate-CA-Type"), "platform");
    free(chain);
    pcs_reply_free(&reply);
    bytes_free(&target);
    arena_free(&memory);
}

static const struct {
    const char *what;
    const char *path;
    const char *rest;
    unsigned status;
    const char *tcbm;
} pck_rows[] = {
    { "the newest TCB", V4 "pckcert", NEWEST_TCB, 200, "0808020204010C0500000000000000000D00" },
    { "an older TCB", V4 "pckcert", OLDER_TCB, 200, "0707020204010C0500000000000000000D00" },
    { "below every level", V4 "pckcert", LOWEST_TCB, 404, NULL },
    { "version 3", V3 "pckcert", OLDER_TCB, 200, "0707020204010C0500000000000000000D00" },
    { "all certificates", V4 "pckcerts", "", 200, NULL },
    { "all certificates want no TCB", V4 "pckcerts", OLDER_TCB, 400, NULL },
    { "those for a configuration", V4 "pckcerts/config", "&cpusvn=0707020204010C050000000000000000",
      200, NULL },
    { "a PCESVN that is too short", V4 "pckcert",
      "&cpusvn=0707020204010C050000000000000000&pcesvn=0D", 400, NULL },
};

static void chooses_by_the_raw_tcb(void **state)
{
    for (size_t i = 0; i < COUNT_OF(pck_rows); i++) {
        sim_bytes target = pck_target(*state, SIM_WORLD_NUMBER, pck_rows[i].path, pck_rows[i].rest);
        pcs_reply reply = pcs_ask(*state, (const char *)target.data, NULL);
        assert_row(pck_rows[i].what, reply.status, pck_rows[i].status);
        if (pck_rows[i].tcbm != NULL)
            assert_string_equal(pcs_ask_header(&reply, "SGX-TCBm"), pck_rows[i].tcbm);
        pcs_reply_free(&reply);
        bytes_free(&target);
    }
}

/* The first platform of the fleet that is fresh, or is not. */
static fleet_member find_member(const pcs_service *service, bool fresh)
{
    fleet_member member = { .number = 0 };
    for (uint64_t i = 0; fleet_find(&service->vendor.fleet, i, &member); i++) {
        if (member.fresh == fresh)
            return member;
    }
    test_fail("no such platform among %d", PCS_ASK_PLATFORMS);
    return member;
}

static pcs_reply ask_with_manifest(pcs_service *service, const fleet_member *member)
{
    sim_bytes body = { 0 };
    bytes_add_text(&body, "{\"pceid\":\"0000\",\"platformManifest\":\"");
    put_token(service, member, SIM_MANIFEST, &body);
    bytes_add_text(&body, "\"}");
    bytes_add_u8(&body, 0);
    pcs_reply reply = pcs_ask(service, V4 "pckcerts", (const char *)body.data);
    bytes_free(&body);
    return reply;
}

static void has_no_certificates_for_a_tcb_after_registration(void **state)
{
    fleet_member fresh = find_member(*state, true), known = find_member(*state, false);
    sim_bytes target = pck_target(*state, fresh.number, V4 "pckcerts", "");
    pcs_reply reply = pcs_ask_well(*state, (const char *)target.data);
    assert_true(pcs_ask_has(&reply, "Not available"));
    pcs_reply_free(&reply);
    bytes_free(&target);
    target = pck_target(*state, known.number, V4 "pckcerts", "");
    reply = pcs_ask_well(*state, (const char *)target.data);
    assert_false(pcs_ask_has(&reply, "Not available"));
    pcs_reply_free(&reply);
    bytes_free(&target);
    reply = ask_with_manifest(*state, &fresh);
    assert_int_equal(reply.status, 200);
    assert_false(pcs_ask_has(&reply, "Not available"));
    pcs_reply_free(&reply);
}

static void knows_its_own_fleet_only(void **state)
{
    pcs_service *service = *state;
    fleet_member member;
    assert_false(fleet_find(&service->vendor.fleet, PCS_ASK_PLATFORMS, &member));
    sim_bytes target = pck_target(service, 3, V4 "pckcerts", "");
    target.data[strlen(V4 "pckcerts?encrypted_ppid=") + 40] ^= 1; /* a digit of its number */
    pcs_reply reply = pcs_ask(service, (const char *)target.data, NULL);
    assert_int_equal(reply.status, 404);
    pcs_reply_free(&reply);
    bytes_free(&target);
    reply = pcs_ask(service, V4 "pckcerts", "{\"pceid\":\"0000\",\"platformManifest\":\"00\"}");
    assert_int_equal(reply.status, 404);
    pcs_reply_free(&reply);
    reply = pcs_ask(service, V4 "pckcerts", "{\"pceid\":\"0000\"}");
    assert_int_equal(reply.status, 400);
    pcs_reply_free(&reply);
}

/* ---- Registration ---- */

static void registers_platforms_by_manifest(void **state)
{
    pcs_service *service = *state;
    fleet_member member;
    sim_bytes manifest = { 0 }, ppid = { 0 };
    pcs_reply reply = { .status = 0 };
    assert_true(fleet_find(&service->vendor.fleet, 5, &member));
    fleet_token_write(&service->vendor.fleet, &member, SIM_MANIFEST, &manifest);
    bytes_add_hex(&ppid, SPAN(member.ppid), hex_lower);
    pcs_delivery delivery = { .wait_ms = 0 };
    pcs_request request = { .method = "POST",
                            .path = "/sgx/registration/v1/platform",
                            .body = bytes_span(&manifest) };
    pcs_service_answer(service, &request, request.path, &reply, &delivery);
    assert_int_equal(reply.status, 201);
    assert_true(span_equal(bytes_span(&reply.body), bytes_span(&ppid)));
    pcs_reply_free(&reply);
    request.body = SPAN_TEXT("something");
    pcs_service_answer(service, &request, request.path, &reply, &delivery);
    assert_int_equal(reply.status, 400);
    pcs_reply_free(&reply);
    bytes_free(&manifest);
    bytes_free(&ppid);
}

static void adds_packages_with_a_key_only(void **state)
{
    pcs_service *service = *state;
    fleet_member member;
    sim_bytes package = { 0 };
    pcs_delivery delivery = { .wait_ms = 0 };
    assert_true(fleet_find(&service->vendor.fleet, 5, &member));
    fleet_token_write(&service->vendor.fleet, &member, SIM_ADD_PACKAGE, &package);
    for (int round = 0; round < 2; round++) {
        pcs_reply reply = { .status = 0 };
        pcs_request request = { .method = "POST",
                                .path = "/sgx/registration/v1/package",
                                .subscription_key = round == 0 ? NULL : "key",
                                .body = bytes_span(&package) };
        pcs_service_answer(service, &request, request.path, &reply, &delivery);
        assert_int_equal(reply.status, round == 0 ? 401 : 200);
        pcs_reply_free(&reply);
    }
    bytes_free(&package);
}

static int begin(void **state)
{
    *state = pcs_ask_begin();
    return 0;
}

static int end(void **state)
{
    pcs_ask_end(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_with_its_status),
        cmocka_unit_test(serves_documents_that_are_admitted),
        cmocka_unit_test(names_the_chain_as_its_version_does),
        cmocka_unit_test(serves_evaluation_numbers_that_are_admitted),
        cmocka_unit_test(serves_crls_that_are_admitted),
        cmocka_unit_test(judges_quotes_of_the_same_seed),
        cmocka_unit_test(serves_the_certificate_that_fits),
        cmocka_unit_test(chooses_by_the_raw_tcb),
        cmocka_unit_test(has_no_certificates_for_a_tcb_after_registration),
        cmocka_unit_test(knows_its_own_fleet_only),
        cmocka_unit_test(registers_platforms_by_manifest),
        cmocka_unit_test(adds_packages_with_a_key_only),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
