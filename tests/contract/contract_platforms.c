/* contract_platforms.c: the contract of platforms, certificates and selections
 * (src/store/platforms.c, selections.c). */

#include "contract/contract.h"

/* ---- What the tests ask -----------------------------------------------------------------------
 */

static void put(fixture *f, uint64_t number)
{
    sample_platform sample;
    sample_platform_make(number, &sample);
    assert_ok(f, store_platforms_put(f->s, &sample.record, 1, NULL, &f->error));
}

static bool selected(fixture *f, const sample_platform *sample, const uint8_t cpu_svn[16],
                     store_answer *out)
{
    bool found = false;
    assert_ok(f, store_selected(f->s, sample->record.platform.qe_id, 0, cpu_svn, 13, &f->memory,
                                out, &found, &f->error));
    return found;
}

static bool answered(fixture *f, const sample_platform *sample)
{
    store_answer answer;
    return selected(f, sample, sample->selection.cpu_svn, &answer);
}

static size_t certificate_count(fixture *f, const sample_platform *sample)
{
    store_pck *list;
    size_t count;
    assert_ok(f, store_certificates(f->s, sample->record.platform.qe_id, 0, &f->memory, &list,
                                    &count, &f->error));
    return count;
}

/* ---- Platforms --------------------------------------------------------------------------------
 */

static void platform_comes_back_as_it_was_put(void **state)
{
    fixture *f = *state;
    static const uint8_t manifest[] = { 0xde, 0xad, 0x00, 0xbe };
    sample_platform sample;
    store_platform out;
    bool found;
    sample_platform_make(7, &sample);
    store_platform in = sample.record.platform;
    in.pce_id = 0x1234;
    in.pce_svn = 0xfffe;
    in.platform_manifest = SPAN(manifest);
    in.state = STORE_PLATFORM_UNAVAILABLE;
    in.updated = in.registered + 5;
    assert_ok(f,
              store_platform_put(f->s, &in, STORE_KEEP, &sample.pck, 1, NULL, 0, NULL, &f->error));
    assert_ok(f,
              store_platform_get(f->s, in.qe_id, in.pce_id, &f->memory, &out, &found, &f->error));
    assert_true(found);
    assert_true(span_equal(out.qe_id, in.qe_id));
    assert_int_equal(out.pce_id, in.pce_id);
    assert_memory_equal(out.cpu_svn, in.cpu_svn, 16);
    assert_int_equal(out.pce_svn, in.pce_svn);
    assert_true(span_equal(out.encrypted_ppid, in.encrypted_ppid));
    assert_true(span_equal(out.platform_manifest, in.platform_manifest));
    assert_memory_equal(out.fmspc, in.fmspc, 6);
    assert_int_equal(out.ca, in.ca);
    assert_int_equal(out.state, in.state);
    assert_int_equal(out.registered, in.registered);
    assert_int_equal(out.updated, in.updated);
    assert_ok(f, store_platform_get(f->s, in.qe_id, 0, &f->memory, &out, &found, &f->error));
    assert_false(found); /* the PCE id is part of the name */
}

static void platform_names_have_a_size(void **state)
{
    static const uint8_t bytes[STORE_QE_ID_MAX + 1] = { 1 };
    static const struct {
        const char *what;
        size_t size;
        store_platform_state state;
        assay_status status;
    } rows[] = {
        { "no byte", 0, STORE_PLATFORM_QUEUED, ASSAY_MALFORMED },
        { "one byte", 1, STORE_PLATFORM_QUEUED, ASSAY_OK },
        { "the most", STORE_QE_ID_MAX, STORE_PLATFORM_QUEUED, ASSAY_OK },
        { "one more", STORE_QE_ID_MAX + 1, STORE_PLATFORM_QUEUED, ASSAY_MALFORMED },
        { "no state", 16, (store_platform_state)0, ASSAY_MALFORMED },
        { "an unknown state", 16, (store_platform_state)4, ASSAY_MALFORMED },
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const store_platform in = { .qe_id = { bytes, rows[i].size }, .state = rows[i].state };
        assert_row(rows[i].what,
                   store_platform_put(f->s, &in, STORE_KEEP, NULL, 0, NULL, 0, NULL, &f->error),
                   rows[i].status);
    }
}

static void platform_can_be_deleted_with_all_it_has(void **state)
{
    fixture *f = *state;
    sample_platform sample;
    bool found;
    store_platform out;
    uint64_t platforms;
    sample_platform_make(1, &sample);
    const assay_span qe_id = sample.record.platform.qe_id;
    put(f, 1);
    put(f, 2);
    assert_ok(f, store_platform_delete(f->s, qe_id, 0, NULL, &f->error));
    assert_ok(f, store_platform_delete(f->s, qe_id, 0, NULL, &f->error));
    assert_ok(f, store_platform_get(f->s, qe_id, 0, &f->memory, &out, &found, &f->error));
    assert_false(found);
    assert_int_equal(certificate_count(f, &sample), 0);
    assert_false(answered(f, &sample));
    assert_ok(f, store_platform_count(f->s, 0, &platforms, &f->error));
    assert_int_equal(platforms, 1);
    put(f, 1);
    assert_true(answered(f, &sample));
}

static size_t audited(fixture *f)
{
    store_audit_entry *list;
    size_t count;
    assert_ok(f, store_audit_list(f->s, 0, 100, &f->memory, &list, &count, &f->error));
    return count;
}

/* Rule 7.9: the entry and the change are there together, or neither is. */
static void rule_9_platforms_change_with_their_audit_entry(void **state)
{
    static const store_audit_entry entry = { .time = FIXTURE_NOW,
                                             .actor = "token:ops",
                                             .action = "platform.register",
                                             .subject = "platform/01_0000",
                                             .detail = "{}",
                                             .request_id = "r1" };
    fixture *f = *state;
    sample_platform sample;
    sample_platform_make(3, &sample);
    const store_platform *platform = &sample.record.platform;
    const store_pck twice[] = { sample.pck, sample.pck };
    assert_failure(
        f, store_platform_put(f->s, platform, STORE_REPLACE, twice, 2, NULL, 0, &entry, &f->error),
        "malformed");
    assert_int_equal(audited(f), 0);
    assert_ok(f,
              store_platform_put(f->s, platform, STORE_KEEP, NULL, 0, NULL, 0, &entry, &f->error));
    assert_int_equal(audited(f), 1);
    assert_ok(f, store_platforms_put(f->s, &sample.record, 1, &entry, &f->error));
    assert_int_equal(audited(f), 2);
    assert_ok(f, store_platform_delete(f->s, platform->qe_id, 0, &entry, &f->error));
    assert_int_equal(audited(f), 3);
    assert_ok(f, store_platform_delete(f->s, platform->qe_id, 0, &entry, &f->error));
    assert_int_equal(audited(f), 3); /* nothing was there to delete */
}

static void certificates_are_replaced_or_kept(void **state)
{
    static const struct {
        const char *what;
        store_replace replace;
        size_t given, then;
    } rows[] = {
        { "none given, keep", STORE_KEEP, 0, 1 },
        { "two given, keep", STORE_KEEP, 2, 2 },
        { "one given, replace", STORE_REPLACE, 1, 1 },
        { "none given, replace", STORE_REPLACE, 0, 0 },
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sample_platform sample;
        sample_platform_make(i, &sample);
        store_pck two[2] = { sample.pck, sample.pck };
        two[0].tcbm[0]++; /* the second is there already; what was selected is forgotten with it */
        put(f, i);
        assert_ok(f, store_platform_put(f->s, &sample.record.platform, rows[i].replace, two,
                                        rows[i].given, NULL, 0, NULL, &f->error));
        assert_row(rows[i].what, certificate_count(f, &sample), rows[i].then);
        assert_row(rows[i].what, answered(f, &sample), rows[i].given == 0 && rows[i].then == 1);
    }
}

static void certificates_come_back_as_they_were_put(void **state)
{
    fixture *f = *state;
    sample_platform sample;
    store_pck *list;
    size_t count;
    sample_platform_make(3, &sample);
    put(f, 3);
    assert_ok(f, store_certificates(f->s, sample.record.platform.qe_id, 0, &f->memory, &list,
                                    &count, &f->error));
    assert_int_equal(count, 1);
    assert_memory_equal(list[0].tcbm, sample.pck.tcbm, STORE_TCBM_SIZE);
    assert_true(span_equal(list[0].certificate, sample.pck.certificate));
}

static void certificates_twice_are_refused_whole(void **state)
{
    fixture *f = *state;
    sample_platform sample;
    sample_platform_make(3, &sample);
    const store_pck twice[] = { sample.pck, sample.pck };
    put(f, 3);
    assert_failure(f,
                   store_platform_put(f->s, &sample.record.platform, STORE_REPLACE, twice, 2, NULL,
                                      0, NULL, &f->error),
                   "malformed");
    assert_true(answered(f, &sample));
}

/* ---- Selections -------------------------------------------------------------------------------
 */

static void selected_answers_in_one_question(void **state)
{
    fixture *f = *state;
    sample_platform sample;
    store_answer answer;
    uint8_t other[16] = { 1 };
    sample_platform_make(9, &sample);
    assert_false(answered(f, &sample));
    put(f, 9);
    assert_true(selected(f, &sample, sample.selection.cpu_svn, &answer));
    assert_true(span_equal(answer.certificate, sample.pck.certificate));
    assert_memory_equal(answer.tcbm, sample.pck.tcbm, STORE_TCBM_SIZE);
    assert_memory_equal(answer.fmspc, sample.record.platform.fmspc, 6);
    assert_int_equal(answer.ca, sample.record.platform.ca);
    assert_false(selected(f, &sample, other, &answer));
}

static void selections_are_remembered_for_what_is_registered(void **state)
{
    fixture *f = *state;
    sample_platform sample, stranger;
    store_answer answer;
    sample_platform_make(9, &sample);
    sample_platform_make(10, &stranger);
    put(f, 9);
    store_selection more = sample.selection;
    more.cpu_svn[0] = 99;
    assert_ok(f, store_selection_put(f->s, SPAN(sample.qe_id), 0, &more, &f->error));
    assert_true(selected(f, &sample, more.cpu_svn, &answer));
    assert_ok(f, store_selection_put(f->s, SPAN(stranger.qe_id), 0, &more, &f->error));
    assert_false(selected(f, &stranger, more.cpu_svn, &answer));
    more.tcbm[0]++; /* a certificate that is not there answers nothing */
    assert_ok(f, store_selection_put(f->s, SPAN(sample.qe_id), 0, &more, &f->error));
    assert_false(selected(f, &sample, more.cpu_svn, &answer));
}

static void selections_are_64_and_the_oldest_goes(void **state)
{
    fixture *f = *state;
    sample_platform sample;
    store_answer answer;
    sample_platform_make(9, &sample);
    put(f, 9); /* the first selection */
    store_selection more = sample.selection;
    for (unsigned i = 0; i < 66; i++) {
        more.cpu_svn[0] = (uint8_t)(100 + i);
        assert_ok(f, store_selection_put(f->s, SPAN(sample.qe_id), 0, &more, &f->error));
    }
    assert_false(answered(f, &sample));
    for (unsigned i = 0; i < 66; i++) {
        more.cpu_svn[0] = (uint8_t)(100 + i);
        assert_row("selection", selected(f, &sample, more.cpu_svn, &answer), i >= 2);
    }
}

static void selections_of_one_fmspc_are_forgotten(void **state)
{
    fixture *f = *state;
    sample_platform sample, other;
    sample_platform_make(1, &sample);
    sample_platform_make(2, &other);
    put(f, 1);
    put(f, 2);
    assert_ok(f, store_selections_forget(f->s, sample.record.platform.fmspc, &f->error));
    assert_false(answered(f, &sample));
    assert_true(answered(f, &other));
    assert_int_equal(certificate_count(f, &sample), 1);
    assert_ok(f, store_selection_put(f->s, SPAN(sample.qe_id), 0, &sample.selection, &f->error));
    assert_true(answered(f, &sample));
    assert_ok(f, store_selections_forget(f->s, sample.record.platform.fmspc, &f->error));
    assert_false(answered(f, &sample));
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST(platform_comes_back_as_it_was_put),
    CONTRACT_TEST(platform_names_have_a_size),
    CONTRACT_TEST(platform_can_be_deleted_with_all_it_has),
    CONTRACT_TEST(rule_9_platforms_change_with_their_audit_entry),
    CONTRACT_TEST(certificates_are_replaced_or_kept),
    CONTRACT_TEST(certificates_come_back_as_they_were_put),
    CONTRACT_TEST(certificates_twice_are_refused_whole),
    CONTRACT_TEST(selected_answers_in_one_question),
    CONTRACT_TEST(selections_are_remembered_for_what_is_registered),
    CONTRACT_TEST(selections_are_64_and_the_oldest_goes),
    CONTRACT_TEST(selections_of_one_fmspc_are_forgotten),
};

const contract_part platform_contract = CONTRACT_PART(tests);
