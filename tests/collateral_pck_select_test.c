/* collateral_pck_select_test.c: which PCK certificate fits a raw TCB (src/collateral/pck_select.c).
 * Tables by hand: components are the first four of sixteen, the rest are zero. */
#include "collateral/pck_select.h"
#include "support.h"

typedef struct row_tcb {
    uint8_t first[4];
    uint16_t pce_svn;
} row_tcb;

enum { ROW_LEVELS = 4, ROW_CERTIFICATES = 7 };

static const struct {
    const char *what;
    row_tcb raw;
    row_tcb levels[ROW_LEVELS];
    size_t level_count;
    row_tcb certificates[ROW_CERTIFICATES];
    size_t count;
    int wanted; /* -1: none fits */
} rows[] = {
    { "the only one", { { 5, 5 }, 5 }, { { { 5, 5 }, 5 } }, 1, { { { 5, 5 }, 5 } }, 1, 0 },
    { "a platform above its certificate",
      { { 9, 9 }, 9 },
      { { { 5, 5 }, 5 } },
      1,
      { { { 5, 5 }, 5 } },
      1,
      0 },
    { "one component below", { { 5, 4 }, 9 }, { { { 5, 5 }, 5 } }, 1, { { { 5, 5 }, 5 } }, 1, -1 },
    { "the PCE below", { { 9, 9 }, 4 }, { { { 5, 5 }, 5 } }, 1, { { { 5, 5 }, 5 } }, 1, -1 },
    { "the higher of two whatever their order",
      { { 8, 8 }, 8 },
      { { { 7, 7 }, 7 }, { { 3, 3 }, 3 } },
      2,
      { { { 3, 3 }, 3 }, { { 7, 7 }, 7 } },
      2,
      1 },
    { "the highest that the platform reaches",
      { { 6, 6 }, 6 },
      { { { 7, 7 }, 7 }, { { 5, 5 }, 5 }, { { 3, 3 }, 3 } },
      3,
      { { { 7, 7 }, 7 }, { { 3, 3 }, 3 }, { { 5, 5 }, 5 } },
      3,
      2 },
    { "within a bucket the higher first",
      { { 9, 9 }, 9 },
      { { { 3, 3 }, 3 } },
      1,
      { { { 4, 4 }, 4 }, { { 6, 6 }, 6 }, { { 5, 5 }, 5 } },
      3,
      1 },
    { "equal certificates: the later one stands first",
      { { 9, 9 }, 9 },
      { { { 3, 3 }, 3 } },
      1,
      { { { 4, 4 }, 4 }, { { 4, 4 }, 4 } },
      2,
      1 },
    { "incomparable certificates in one bucket keep their order",
      { { 9, 9 }, 9 },
      { { { 3, 3 }, 3 } },
      1,
      { { { 6, 4 }, 4 }, { { 4, 6 }, 4 } },
      2,
      0 },
    { "incomparable levels: the order of the document decides",
      { { 9, 9 }, 9 },
      { { { 2, 6 }, 3 }, { { 6, 2 }, 3 } },
      2,
      { { { 7, 3 }, 3 }, { { 3, 7 }, 3 } },
      2,
      1 },
    { "the same with the levels turned",
      { { 9, 9 }, 9 },
      { { { 6, 2 }, 3 }, { { 2, 6 }, 3 } },
      2,
      { { { 7, 3 }, 3 }, { { 3, 7 }, 3 } },
      2,
      0 },
    { "the platform reaches only the second of incomparable ones",
      { { 9, 3 }, 9 },
      { { { 2, 6 }, 3 }, { { 6, 2 }, 3 } },
      2,
      { { { 7, 3 }, 3 }, { { 3, 7 }, 3 } },
      2,
      0 },
    { "below every level: the catch-all is last, but there",
      { { 2, 2 }, 2 },
      { { { 5, 5 }, 5 } },
      1,
      { { { 2, 2 }, 2 }, { { 5, 5 }, 5 } },
      2,
      0 },
    { "the catch-all loses to any level",
      { { 9, 9 }, 9 },
      { { { 5, 5 }, 5 } },
      1,
      { { { 200, 4 }, 5 }, { { 5, 5 }, 5 } },
      2,
      1 },
    /* A comparator that sorted these would not be transitive: 0 is above 2, 1 is beside both. */
    { "insertion, not sorting",
      { { 9, 9, 9 }, 9 },
      { { { 1, 1, 1 }, 1 } },
      1,
      { { { 5, 5, 1 }, 1 }, { { 1, 1, 9 }, 1 }, { { 6, 5, 1 }, 1 } },
      3,
      2 },
    { "the PCE alone ranks",
      { { 5, 5 }, 9 },
      { { { 5, 5 }, 9 }, { { 5, 5 }, 5 } },
      2,
      { { { 5, 5 }, 5 }, { { 5, 5 }, 9 } },
      2,
      1 },
    { "no certificate within reach",
      { { 1, 1 }, 1 },
      { { { 5, 5 }, 5 } },
      1,
      { { { 2, 2 }, 2 }, { { 5, 5 }, 5 } },
      2,
      -1 },
};

typedef struct inputs {
    tcb_level levels[ROW_LEVELS];
    tcb_info info;
    pck_candidate candidates[PCK_CANDIDATE_MAX + 1];
    pck_platform platform;
} inputs;

static void inputs_make(inputs *in, const row_tcb *raw, const row_tcb *levels, size_t level_count,
                        const row_tcb *certificates, size_t count)
{
    memset(in, 0, sizeof(*in));
    in->info.fmspc[0] = 0x90;
    in->info.pce_id[1] = 1;
    for (size_t i = 0; i < level_count; i++) {
        memcpy(in->levels[i].sgx, levels[i].first, sizeof(levels[i].first));
        in->levels[i].pce_svn = levels[i].pce_svn;
    }
    in->info.levels = (tcb_levels) { in->levels, (uint16_t)level_count };
    for (size_t i = 0; i < count; i++) {
        pck_candidate *c = &in->candidates[i];
        memcpy(c->components, certificates[i].first, sizeof(certificates[i].first));
        c->pce_svn = certificates[i].pce_svn;
        memcpy(c->fmspc, in->info.fmspc, sizeof(c->fmspc));
        memcpy(c->pce_id, in->info.pce_id, sizeof(c->pce_id));
        c->ppid[0] = 7;
    }
    memcpy(in->platform.cpu_svn, raw->first, sizeof(raw->first));
    in->platform.pce_svn = raw->pce_svn;
    memcpy(in->platform.pce_id, in->info.pce_id, sizeof(in->platform.pce_id));
}

static void the_best_certificate_within_reach(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        inputs in;
        size_t chosen = SIZE_MAX;
        assay_error error = { 0 };
        inputs_make(&in, &rows[i].raw, rows[i].levels, rows[i].level_count, rows[i].certificates,
                    rows[i].count);
        assay_status status =
            pck_select(&in.platform, in.candidates, rows[i].count, &in.info, &chosen, &error);
        assert_row(rows[i].what, status, rows[i].wanted < 0 ? ASSAY_UNTRUSTED : ASSAY_OK);
        if (rows[i].wanted >= 0)
            assert_row(rows[i].what, chosen, rows[i].wanted);
        else
            assert_string_equal(error.name, "pck_none_fits");
    }
}

typedef void spoil(inputs *in);

static void other_fmspc(inputs *in)
{
    in->candidates[1].fmspc[5] ^= 1;
}

static void other_pce_id(inputs *in)
{
    in->candidates[1].pce_id[0] ^= 1;
}

static void other_ppid(inputs *in)
{
    in->candidates[1].ppid[15] ^= 1;
}

static void platform_pce_id(inputs *in)
{
    in->platform.pce_id[0] ^= 1;
}

static void inputs_must_belong_together(void **state)
{
    (void)state;
    static const row_tcb tcbs[] = { { { 5, 5 }, 5 }, { { 3, 3 }, 3 } };
    static spoil *const spoils[] = { other_fmspc, other_pce_id, other_ppid, platform_pce_id };
    for (size_t i = 0; i < COUNT_OF(spoils); i++) {
        inputs in;
        size_t chosen;
        inputs_make(&in, &tcbs[0], tcbs, 2, tcbs, 2);
        spoils[i](&in);
        assert_int_equal(pck_select(&in.platform, in.candidates, 2, &in.info, &chosen, NULL),
                         ASSAY_MISMATCH);
    }
}

static void the_number_of_certificates_is_bounded(void **state)
{
    (void)state;
    static const row_tcb tcb = { { 5, 5 }, 5 };
    inputs in;
    size_t chosen;
    inputs_make(&in, &tcb, &tcb, 1, &tcb, 1);
    for (size_t i = 1; i <= PCK_CANDIDATE_MAX; i++)
        in.candidates[i] = in.candidates[0];
    assert_int_equal(pck_select(&in.platform, in.candidates, 0, &in.info, &chosen, NULL),
                     ASSAY_USAGE);
    assert_int_equal(
        pck_select(&in.platform, in.candidates, PCK_CANDIDATE_MAX, &in.info, &chosen, NULL),
        ASSAY_OK);
    assert_int_equal(chosen, PCK_CANDIDATE_MAX - 1);
    assert_int_equal(
        pck_select(&in.platform, in.candidates, PCK_CANDIDATE_MAX + 1, &in.info, &chosen, NULL),
        ASSAY_USAGE);
}

static void components_and_pce_together_make_the_order(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        row_tcb a, b;
        tcb_order order;
    } orders[] = {
        { "equal", { { 1, 2 }, 3 }, { { 1, 2 }, 3 }, TCB_AT_LEAST },
        { "one higher", { { 1, 3 }, 3 }, { { 1, 2 }, 3 }, TCB_AT_LEAST },
        { "one lower", { { 1, 1 }, 3 }, { { 1, 2 }, 3 }, TCB_LESS },
        { "crossed", { { 0, 3 }, 3 }, { { 1, 2 }, 3 }, TCB_INCOMPARABLE },
        { "crossed with the PCE", { { 1, 3 }, 2 }, { { 1, 2 }, 3 }, TCB_INCOMPARABLE },
        { "only the PCE lower", { { 1, 2 }, 2 }, { { 1, 2 }, 3 }, TCB_LESS },
    };
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        uint8_t a[16] = { 0 }, b[16] = { 0 };
        memcpy(a, orders[i].a.first, sizeof(orders[i].a.first));
        memcpy(b, orders[i].b.first, sizeof(orders[i].b.first));
        assert_row(orders[i].what, tcb_compare(a, orders[i].a.pce_svn, b, orders[i].b.pce_svn),
                   orders[i].order);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_certificate_within_reach),
        cmocka_unit_test(inputs_must_belong_together),
        cmocka_unit_test(the_number_of_certificates_is_bounded),
        cmocka_unit_test(components_and_pce_together_make_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
