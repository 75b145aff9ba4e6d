/* sim_fleet_test.c: platforms of the simulated vendor by number (src/sim/fleet.c), their texts
 * (fleet_write.c, fleet_collateral.c) and the command line (fleet_command.c). */
#include <unistd.h>

#include "collateral/admission.h"
#include "pcs_ask.h"
#include "sim/fleet_command.h"
#include "sim/fleet_write.h"
#include "wire/json.h"

/* ---- Members ---- */

static void makes_the_same_platforms_each_time(void **state)
{
    const sim_fleet *fleet = &((pcs_service *)*state)->vendor.fleet;
    sim_fleet *again = memory_new(sizeof(*again));
    assert_non_null(again);
    assert_int_equal(fleet_init(again, fleet->seed, SIM_DEFAULT_NOW, 5, 1000000, NULL), ASSAY_OK);
    for (uint64_t i = 0; i < 100; i++) {
        fleet_member a, b;
        assert_true(fleet_find(fleet, i, &a) && fleet_find(again, i, &b));
        assert_memory_equal(a.qe_id, b.qe_id, SIM_QE_ID_SIZE);
        assert_memory_equal(a.ppid, b.ppid, SIM_PPID_SIZE);
        assert_ptr_equal(a.model, b.model);
        assert_int_equal(a.level, b.level);
    }
    memory_free(again);
}

static void has_platforms_of_every_kind(void **state)
{
    const sim_fleet *fleet = &((pcs_service *)*state)->vendor.fleet;
    size_t models[16] = { 0 }, levels[16] = { 0 }, fresh = 0;
    fleet_member m;
    for (uint64_t i = 0; fleet_find(fleet, i, &m); i++) {
        models[m.model - fleet_models]++;
        levels[m.level]++;
        fresh += m.fresh;
        assert_int_equal(fleet_member_select(&m, m.cpu_svn, m.pce_svn, SIM_BY_MANIFEST), m.level);
    }
    for (size_t i = 0; fleet_models[i].kind != NULL; i++)
        assert_in_range(models[i], fleet_models[i].share * PCS_ASK_PLATFORMS / 300, SIZE_MAX);
    for (size_t i = 0; i < fleet_member_level_count(&m); i++)
        assert_in_range(levels[i], 1, SIZE_MAX);
    assert_in_range(levels[0], PCS_ASK_PLATFORMS / 2, PCS_ASK_PLATFORMS);
    assert_in_range(fresh, PCS_ASK_PLATFORMS / 50, PCS_ASK_PLATFORMS / 8);
}

static void knows_the_platforms_of_vendor_new(void **state)
{
    const sim_fleet *fleet = &((pcs_service *)*state)->vendor.fleet;
    for (uint64_t i = 0; i < SIM_WORLD_COUNT; i++) {
        fleet_member m;
        assert_true(fleet_find(fleet, SIM_WORLD_NUMBER + i, &m));
        assert_memory_equal(m.ppid, fleet->worlds[i].platform.ppid, SIM_PPID_SIZE);
        assert_non_null(m.model);
        assert_memory_equal(m.model->fmspc, fleet->worlds[i].platform.fmspc, 6);
    }
    for (const sim_profile *profile = sim_profiles; profile->name != NULL; profile++) {
        sim_world world;
        sim_world_init(&world, profile, 1, SIM_DEFAULT_NOW, 1);
        assert_non_null(fleet_model_find(world.platform.fmspc));
    }
    fleet_member m;
    assert_false(fleet_find(fleet, SIM_WORLD_NUMBER + SIM_WORLD_COUNT, &m));
    assert_false(fleet_find(fleet, SIM_WORLD_NUMBER - 1, &m));
}

static void finds_platforms_by_their_tokens(void **state)
{
    const sim_fleet *fleet = &((pcs_service *)*state)->vendor.fleet;
    for (fleet_token token = SIM_ENCRYPTED_PPID; token < SIM_TOKEN_COUNT; token++) {
        fleet_member member, found;
        sim_bytes bytes = { 0 };
        assert_true(fleet_find(fleet, 77, &member));
        fleet_token_write(fleet, &member, token, &bytes);
        assert_int_equal(bytes.size, fleet_token_size(token));
        assert_true(fleet_token_find(fleet, token, bytes_span(&bytes), &found));
        assert_int_equal(found.number, 77);
        assert_false(fleet_token_find(fleet, token, span_of(bytes.data, bytes.size - 1), &found));
        for (size_t at = 0; at < 40; at++) {
            bytes.data[at] ^= 0x80;
            assert_false(fleet_token_find(fleet, token, bytes_span(&bytes), &found));
            bytes.data[at] ^= 0x80;
        }
        bytes_free(&bytes);
    }
}

/* ---- Texts ---- */

static sim_bytes text_of(pcs_service *service, fleet_writer write, const fleet_selection *selection)
{
    char block[4096];
    size_t size;
    sim_bytes text = { 0 };
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(write(&service->vendor, selection, file, NULL), ASSAY_OK);
    rewind(file);
    while ((size = fread(block, 1, sizeof(block), file)) > 0)
        bytes_add(&text, span_of(block, size));
    fclose(file);
    return text;
}

static json_t *first_of(json_t *object, const char *member, size_t count)
{
    json_t *array = json_object_get(object, member);
    assert_int_equal(json_array_size(array), count);
    return json_array_get(array, 0);
}

static void writes_a_line_for_each_platform(void **state)
{
    const fleet_selection selection = { .first = 3, .count = 4, .certificates = 1 };
    arena memory = { NULL };
    assay_roots roots = { .count = 0 };
    admitted item;
    pck_extension extension;
    json_document document;
    fleet_member member;
    pcs_service *service = *state;
    sim_bytes text = text_of(service, fleet_write_ndjson, &selection);
    assay_span line = bytes_span(&text);
    size_t lines = 0;
    for (size_t i = 0; i < text.size; i++)
        lines += text.data[i] == '\n';
    assert_int_equal(lines, 4);
    line.size = (size_t)((const uint8_t *)memchr(text.data, '\n', text.size) - text.data);
    assert_int_equal(json_document_parse(line, NULL, &document, "$", NULL), ASSAY_OK);
    json_t *certificate = first_of(document.root, "certs", 1);
    assert_true(fleet_find(&service->vendor.fleet, 3, &member));
    bool processor = member.model->ca == PCK_CA_PROCESSOR;
    sim_bytes encoded = { 0 };
    bytes_add(
        &encoded,
        bytes_span(
            &service->vendor.chains.genuine[processor ? PCS_CHAIN_PROCESSOR : PCS_CHAIN_PLATFORM]));
    bytes_add_u8(&encoded, 0);
    char *chain = pcs_ask_decode((const char *)encoded.data);
    bytes_free(&encoded);
    assert_int_equal(assay_roots_add(&roots, bytes_span(&service->vendor.chains.root), NULL),
                     ASSAY_OK);
    const admission by = { .roots = &roots, .memory = &memory };
    const char *pem = json_string_value(json_object_get(certificate, "cert"));
    assert_int_equal(
        admit_pck_certificate(&by, SPAN_TEXT(pem), SPAN_TEXT(chain), NULL, &item, &extension, NULL),
        ASSAY_OK);
    assert_memory_equal(extension.ppid, member.ppid, SIM_PPID_SIZE);
    assert_string_equal(json_string_value(json_object_get(document.root, "ca")),
                        processor ? "processor" : "platform");
    free(chain);
    json_document_free(&document);
    bytes_free(&text);
    arena_free(&memory);
}

static void writes_bodies_for_registration(void **state)
{
    const fleet_selection selection = { .count = 1, .tokens = FLEET_WITH_MANIFEST };
    json_document document;
    sim_bytes text = text_of(*state, fleet_write_platforms, &selection);
    assert_int_equal(json_document_parse(bytes_span(&text), NULL, &document, "$", NULL), ASSAY_OK);
    static const struct {
        const char *member;
        size_t size;
    } members[] = { { "qe_id", 32 },  { "pce_id", 4 },   { "cpu_svn", 32 },
                    { "pce_svn", 4 }, { "enc_ppid", 0 }, { "platform_manifest", 1024 } };
    for (size_t i = 0; i < COUNT_OF(members); i++)
        assert_row(members[i].member,
                   json_string_length(json_object_get(document.root, members[i].member)),
                   members[i].size);
    json_document_free(&document);
    bytes_free(&text);
}

static void writes_the_offline_form_of_everything(void **state)
{
    const fleet_selection selection = { .count = 5, .certificates = SIZE_MAX };
    static const char *const members[] = {
        "qeidentity",       "tdqeidentity",       "qveidentity",       "rootcacrl",
        "qeidentity_early", "tdqeidentity_early", "qveidentity_early", "rootcacrl_cdp",
    };
    json_document document;
    sim_bytes text = text_of(*state, fleet_write_collateral, &selection);
    assert_int_equal(json_document_parse(bytes_span(&text), NULL, &document, "$", NULL), ASSAY_OK);
    json_t *items = json_object_get(document.root, "collaterals");
    assert_non_null(first_of(document.root, "platforms", 5));
    assert_non_null(first_of(items, "pck_certs", 5));
    assert_int_equal(json_integer_value(json_object_get(items, "version")), 4);
    for (size_t i = 0; i < COUNT_OF(members); i++)
        assert_row(members[i], json_string_length(json_object_get(items, members[i])) > 0, true);
    json_t *of_model = json_array_get(json_object_get(items, "tcbinfos"), 1);
    assert_true(json_is_object(json_object_get(of_model, "sgx_tcbinfo")));
    assert_true(json_is_object(json_object_get(of_model, "tdx_tcbinfo_early")));
    of_model = json_array_get(json_object_get(items, "tcbinfos"), 0);
    assert_null(json_object_get(of_model, "tdx_tcbinfo"));
    json_t *crls = json_object_get(items, "pckcacrl");
    assert_true(json_string_length(json_object_get(crls, "processorCrl")) > 0);
    assert_true(json_string_length(json_object_get(crls, "platformCrl")) > 0);
    json_document_free(&document);
    bytes_free(&text);
}

/* ---- The command line ---- */

static const struct {
    const char *what;
    const char *words[6];
    int code;
} rows[] = {
    { "lines", { "--count", "3", "--certs", "1" }, 0 },
    { "no certificates", { "--certs", "0", "--format", "ndjson" }, 0 },
    { "everything", { "--count", "2", "--format", "platformcollateral" }, 0 },
    { "a table", { "--first", "7", "--format", "csv" }, 0 },
    { "the platform of a profile", { "--profile", "tdx-v5", "--format=platforms" }, 0 },
    { "an unknown format", { "--format", "xml" }, 2 },
    { "an unknown profile", { "--profile", "tdx-v9" }, 2 },
    { "a count that is none", { "--count", "many" }, 2 },
    { "an operand", { "7" }, 2 },
};

static void ends_with_its_exit_code(void **state)
{
    (void)state;
    char path[] = "/tmp/assay-sim-fleet-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *words[8] = { strdup("--out"), strdup(path) };
        size_t count = 2;
        for (size_t j = 0; j < 6 && rows[i].words[j] != NULL; j++)
            words[count++] = strdup(rows[i].words[j]);
        assert_row(rows[i].what, sim_fleet_command(words, count, SIM_DEFAULT_NOW), rows[i].code);
        for (size_t j = 0; j < count; j++)
            free(words[j]);
    }
    assert_int_equal(unlink(path), 0);
    char *nowhere[] = { "--out", "/nowhere/fleet" };
    assert_int_equal(sim_fleet_command(nowhere, 2, SIM_DEFAULT_NOW), 4);
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
        cmocka_unit_test(makes_the_same_platforms_each_time),
        cmocka_unit_test(has_platforms_of_every_kind),
        cmocka_unit_test(knows_the_platforms_of_vendor_new),
        cmocka_unit_test(finds_platforms_by_their_tokens),
        cmocka_unit_test(writes_a_line_for_each_platform),
        cmocka_unit_test(writes_bodies_for_registration),
        cmocka_unit_test(writes_the_offline_form_of_everything),
        cmocka_unit_test(ends_with_its_exit_code),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
