/* appraise_measurements_test.c: the table of measurements against the layouts of reports, and the
 * classes (src/appraise/measurements.c, measurements_json.c, classes.c; appraisal.md 1.1, 1.3). */
#include "appraise/classes.h"
#include "appraise/measurements.h"
#include "support.h"

/* What appraisal.md 1.3 says: digits of a hex value, 0 for other types; and where it lies. */
static const struct {
    measurement_id id;
    const char *key;
    size_t digits;
    const assay_layout *layout;
    const char *field; /* NULL: no field of its own */
    size_t offset;
} bodies[] = {
    { MEASURED_SGX_MISCSELECT, "sgx_miscselect", 8, &assay_layout_sgx_report, "miscselect", 16 },
    { MEASURED_SGX_ATTRIBUTES, "sgx_attributes", 32, &assay_layout_sgx_report, "attributes", 48 },
    { MEASURED_SGX_MRENCLAVE, "sgx_mrenclave", 64, &assay_layout_sgx_report, "mrenclave", 64 },
    { MEASURED_SGX_MRSIGNER, "sgx_mrsigner", 64, &assay_layout_sgx_report, "mrsigner", 128 },
    { MEASURED_SGX_ISVPRODID, "sgx_isvprodid", 4, &assay_layout_sgx_report, "isvprodid", 256 },
    { MEASURED_SGX_ISVSVN, "sgx_isvsvn", 4, &assay_layout_sgx_report, "isvsvn", 258 },
    { MEASURED_SGX_CONFIGID, "sgx_configid", 128, &assay_layout_sgx_report, "configid", 192 },
    { MEASURED_SGX_CONFIGSVN, "sgx_configsvn", 4, &assay_layout_sgx_report, "configsvn", 260 },
    { MEASURED_SGX_ISVEXTPRODID, "sgx_isvextprodid", 32, &assay_layout_sgx_report, "isvextprodid",
      32 },
    { MEASURED_SGX_ISVFAMILYID, "sgx_isvfamilyid", 32, &assay_layout_sgx_report, "isvfamilyid",
      304 },
    { MEASURED_SGX_REPORTDATA, "sgx_reportdata", 128, &assay_layout_sgx_report, "report_data",
      320 },
    { MEASURED_SGX_CE_ATTRIBUTES, "sgx_ce_attributes", 2, &assay_layout_sgx_report, NULL, 20 },
    { MEASURED_TDX_ATTRIBUTES, "tdx_attributes", 16, &assay_layout_td_report_1_5x, "tdattributes",
      120 },
    { MEASURED_TDX_XFAM, "tdx_xfam", 16, &assay_layout_td_report_1_5x, "xfam", 128 },
    { MEASURED_TDX_MRTD, "tdx_mrtd", 96, &assay_layout_td_report_1_5x, "mrtd", 136 },
    { MEASURED_TDX_MRCONFIGID, "tdx_mrconfigid", 96, &assay_layout_td_report_1_5x, "mrconfigid",
      184 },
    { MEASURED_TDX_MROWNER, "tdx_mrowner", 96, &assay_layout_td_report_1_5x, "mrowner", 232 },
    { MEASURED_TDX_MROWNERCONFIG, "tdx_mrownerconfig", 96, &assay_layout_td_report_1_5x,
      "mrownerconfig", 280 },
    { MEASURED_TDX_RTMR0, "tdx_rtmr0", 96, &assay_layout_td_report_1_5x, "rtmr0", 328 },
    { MEASURED_TDX_RTMR1, "tdx_rtmr1", 96, &assay_layout_td_report_1_5x, "rtmr1", 376 },
    { MEASURED_TDX_RTMR2, "tdx_rtmr2", 96, &assay_layout_td_report_1_5x, "rtmr2", 424 },
    { MEASURED_TDX_RTMR3, "tdx_rtmr3", 96, &assay_layout_td_report_1_5x, "rtmr3", 472 },
    { MEASURED_TDX_REPORTDATA, "tdx_reportdata", 128, &assay_layout_td_report_1_5x, "report_data",
      520 },
    { MEASURED_TDX_MRSERVICETD, "tdx_mrservicetd", 96, &assay_layout_td_report_1_5x, "mrservicetd",
      600 },
    { MEASURED_TDX_VMID, "tdx_vmid", 2, &assay_layout_td_report_1_5x, "vmid", 648 },
    { MEASURED_TDX_TD_ID, "tdx_td_id", 64, &assay_layout_td_report_1_5x, "td_id", 649 },
    { MEASURED_TDX_DEVINFO, "tdx_devinfo", 96, &assay_layout_td_report_1_5x, "devinfo", 681 },
    { MEASURED_TDX_INIT_SERVER_TD_HASH, "tdx_init_server_td_hash", 96, &assay_layout_td_report_1_5x,
      "init_servtd_hash", 729 },
    { MEASURED_TDX_INIT_SERVER_TD_ATTR, "tdx_init_server_td_attr", 16, &assay_layout_td_report_1_5x,
      "init_servtd_attr", 777 },
    { MEASURED_TDX_INIT_CPU_SVN, "tdx_init_cpu_svn", 32, &assay_layout_td_report_1_5x,
      "init_cpusvn", 785 },
    { MEASURED_TDX_INIT_TEE_TCB_SVN, "tdx_init_tee_tcb_svn", 32, &assay_layout_td_report_1_5x,
      "init_tee_tcb_svn", 801 },
    { MEASURED_TDX_INIT_TEE_FMSPC, "tdx_init_tee_fmspc", 24, &assay_layout_td_report_1_5x,
      "init_tee_fmspc", 817 },
    { MEASURED_TDX_CURR_SERVER_TD_HASH, "tdx_curr_server_td_hash", 96, &assay_layout_td_report_1_5x,
      "cur_servtd_hash", 829 },
    { MEASURED_TDX_CURR_SERVER_TD_ATTR, "tdx_curr_server_td_attr", 16, &assay_layout_td_report_1_5x,
      "cur_servtd_attr", 877 },
};

static void tenant_rows_lie_where_the_layouts_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        const measurement *row = measurement_of(bodies[i].id);
        const size_t offset = row->offset - offsetof(report, tenant.body);
        assert_string_equal(row->key, bodies[i].key);
        assert_row(row->key, row->size * 2, bodies[i].digits);
        assert_row(row->key, offset, bodies[i].offset);
        if (bodies[i].field == NULL)
            continue;
        const assay_field *field = assay_layout_find(bodies[i].layout, bodies[i].field);
        assert_non_null(field);
        assert_row(row->key, offset, field->offset);
        assert_row(row->key, row->size, field->size);
    }
}

static const struct {
    measurement_id id;
    const char *key, *old_key;
    measurement_type type;
    size_t size;
} facts[] = {
    { MEASURED_TCB_STATUS, "tcb_status", NULL, MEASUREMENT_STATUSES, 0 },
    { MEASURED_EARLIEST_ISSUE_DATE, "earliest_issue_date", NULL, MEASUREMENT_DATE, 0 },
    { MEASURED_LATEST_ISSUE_DATE, "latest_issue_date", NULL, MEASUREMENT_DATE, 0 },
    { MEASURED_EARLIEST_EXPIRATION_DATE, "earliest_expiration_date", NULL, MEASUREMENT_DATE, 0 },
    { MEASURED_TCB_LEVEL_DATE_TAG, "tcb_level_date_tag", NULL, MEASUREMENT_DATE, 0 },
    { MEASURED_PCK_CRL_NUM, "pck_crl_num", NULL, MEASUREMENT_U32, 0 },
    { MEASURED_ROOT_CA_CRL_NUM, "root_ca_crl_num", NULL, MEASUREMENT_U32, 0 },
    { MEASURED_TCB_EVAL_NUM, "tcb_eval_num", NULL, MEASUREMENT_U32, 0 },
    { MEASURED_SGX_TYPES, "sgx_types", "sgx_type", MEASUREMENT_U32, 0 },
    { MEASURED_IS_DYNAMIC_PLATFORM, "is_dynamic_platform", NULL, MEASUREMENT_BOOL, 0 },
    { MEASURED_IS_CACHED_KEYS_POLICY, "is_cached_keys_policy", "cached_keys", MEASUREMENT_BOOL, 0 },
    { MEASURED_IS_SMT_ENABLED, "is_smt_enabled", "smt_enabled", MEASUREMENT_BOOL, 0 },
    { MEASURED_ADVISORY_IDS, "advisory_ids", NULL, MEASUREMENT_TEXTS, 0 },
    { MEASURED_ROOT_KEY_ID, "root_key_id", NULL, MEASUREMENT_HEX, 48 },
    { MEASURED_FMSPC, "fmspc", NULL, MEASUREMENT_HEX_NATURAL, 6 },
    { MEASURED_PLATFORM_PROVIDER_ID, "platform_provider_id", NULL, MEASUREMENT_HEX, 16 },
    { MEASURED_PLATFORM_INSTANCE_ID, "platform_instance_id", NULL, MEASUREMENT_HEX, 16 },
};

static void platform_rows_have_name_and_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        const measurement *row = measurement_of(facts[i].id);
        assert_string_equal(row->key, facts[i].key);
        assert_row(row->key, row->type, facts[i].type);
        assert_row(row->key, row->size, facts[i].size);
        if (facts[i].old_key == NULL)
            assert_null(row->old_key);
        else
            assert_string_equal(row->old_key, facts[i].old_key);
    }
}

/* Every row belongs to a class, and no key means two things in one. */
static void every_row_is_listed_once(void **state)
{
    (void)state;
    report_presence all = 0;
    for (int class_ = 0; class_ < ASSAY_CLASS_COUNT; class_++) {
        size_t count;
        const measurement_id *ids = measurements_of((assay_class)class_, &count);
        report_presence listed = 0;
        for (size_t i = 0; i < count; i++) {
            assert_row(measurement_of(ids[i])->key, (listed & MEASURED(ids[i])) != 0, 0);
            listed |= MEASURED(ids[i]);
        }
        assert_row(assay_class_name((assay_class)class_),
                   (measurements_beyond_intel((assay_class)class_) & ~listed) != 0, 0);
        all |= listed;
    }
    assert_int_equal(all, MEASURED(MEASUREMENT_COUNT) - 1);
}

static const struct {
    assay_class class_;
    const char *id;
    const char *name;
    class_subject subject;
    const char *member, *description;
} classes[] = {
    { ASSAY_CLASS_SGX_PLATFORM, "3123ec35-8d38-4ea5-87a5-d6c48b567570", "SGX platform",
      SUBJECT_PLATFORM, "description", "SGX Platform TCB" },
    { ASSAY_CLASS_TDX_15_PLATFORM, "f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3", "TDX 1.5 platform",
      SUBJECT_PLATFORM, "description", "TDX Platform TCB" },
    { ASSAY_CLASS_TDX_10_PLATFORM, "9eec018b-7481-4b1c-8e1a-9f7c0c8c777f", "TDX 1.0 platform",
      SUBJECT_PLATFORM, "description", "TDX Platform TCB" },
    { ASSAY_CLASS_TD_QE, "3769258c-75e6-4bc7-8d72-d2b0e224cad2", "TD quoting enclave", SUBJECT_QE,
      "Description", "RAW TDX QE Report" },
    { ASSAY_CLASS_SGX_ENCLAVE, "bef7cb8c-31aa-42c1-854c-10db005d5c41", "SGX enclave",
      SUBJECT_ENCLAVE, "description", "SGX Platform TCB" },
    { ASSAY_CLASS_TD_10, "a1e4ee9c-a12e-48ac-bed0-e3f89297f687", "TD of TDX 1.0", SUBJECT_TD,
      "Description", "Application TD TCB" },
    { ASSAY_CLASS_TD_15, "45b734fc-aa4e-4c3d-ad28-e43d08880e68", "TD of TDX 1.5", SUBJECT_TD,
      "Description", "Application TD TCB" },
};

static void classes_have_names_and_ids(void **state)
{
    (void)state;
    assert_int_equal(COUNT_OF(classes), ASSAY_CLASS_COUNT);
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        const assay_class class_ = classes[i].class_;
        assay_class parsed = ASSAY_CLASS_COUNT;
        assert_string_equal(assay_class_id(class_), classes[i].id);
        assert_string_equal(assay_class_name(class_), classes[i].name);
        assert_row(classes[i].name, class_subject_of(class_), classes[i].subject);
        assert_string_equal(class_description_member(class_), classes[i].member);
        assert_string_equal(class_description(class_), classes[i].description);
        assert_true(class_parse(SPAN_TEXT(classes[i].id), &parsed));
        assert_row(classes[i].name, parsed, class_);
    }
}

static const struct {
    const char *what;
    const char *id;
    bool known;
} ids[] = {
    { "capitals", "45B734FC-AA4E-4C3D-AD28-E43D08880E68", true },
    { "mixed letters", "45b734FC-aa4e-4C3D-ad28-e43d08880e68", true },
    { "one digit differs", "45b734fc-aa4e-4c3d-ad28-e43d08880e69", false },
    { "one digit less", "45b734fc-aa4e-4c3d-ad28-e43d08880e6", false },
    { "one digit more", "45b734fc-aa4e-4c3d-ad28-e43d08880e680", false },
    { "braces", "{45b734fc-aa4e-4c3d-ad28-e43d08880e68}", false },
    { "nothing", "", false },
};

static void ids_compare_without_regard_to_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        assay_class class_ = ASSAY_CLASS_COUNT;
        assert_row(ids[i].what, class_parse(SPAN_TEXT(ids[i].id), &class_), ids[i].known);
        if (ids[i].known)
            assert_row(ids[i].what, class_, ASSAY_CLASS_TD_15);
    }
}

/* appraisal.md 1.4, row by row. */
static const struct {
    assay_tcb_status status;
    const char *words; /* as a result lists them; empty: no word */
} statuses[] = {
    { ASSAY_TCB_NOT_JUDGED, "" },
    { ASSAY_TCB_UP_TO_DATE, "UpToDate " },
    { ASSAY_TCB_SW_HARDENING_NEEDED, "UpToDate SWHardeningNeeded " },
    { ASSAY_TCB_CONFIGURATION_NEEDED, "UpToDate ConfigurationNeeded " },
    { ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED,
      "UpToDate SWHardeningNeeded ConfigurationNeeded " },
    { ASSAY_TCB_OUT_OF_DATE, "OutOfDate " },
    { ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, "OutOfDate ConfigurationNeeded " },
    { ASSAY_TCB_TD_RELAUNCH_ADVISED, "TDRelaunchAdvised " },
    { ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
      "TDRelaunchAdvised ConfigurationNeeded " },
    { ASSAY_TCB_REVOKED, "Revoked " },
    { ASSAY_TCB_NOT_SUPPORTED, "" },
};

static void statuses_become_words(void **state)
{
    (void)state;
    static const enum report_status order[] = {
        STATUS_UP_TO_DATE,          STATUS_OUT_OF_DATE,          STATUS_TD_RELAUNCH_ADVISED,
        STATUS_SW_HARDENING_NEEDED, STATUS_CONFIGURATION_NEEDED, STATUS_REVOKED
    };
    assert_int_equal(COUNT_OF(statuses), ASSAY_TCB_STATUS_COUNT);
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        char words[128] = "";
        const uint32_t bits = report_statuses_of(statuses[i].status);
        for (size_t j = 0; j < COUNT_OF(order); j++) {
            if ((bits & order[j]) == 0)
                continue;
            const char *word = report_status_word(order[j]);
            assert_int_equal(report_status_parse(SPAN_TEXT(word)), order[j]);
            strncat(words, word, sizeof(words) - strlen(words) - 1);
            strncat(words, " ", sizeof(words) - strlen(words) - 1);
        }
        assert_string_equal(words, statuses[i].words);
    }
    assert_int_equal(report_status_parse(SPAN_TEXT("uptodate")), 0);
    assert_int_equal(report_status_parse(SPAN_TEXT("OutOfDateConfigurationNeeded")), 0);
}

/* Typed values of a report made by hand. */
static void values_are_read_by_type(void **state)
{
    (void)state;
    report r = { .class_ = ASSAY_CLASS_SGX_ENCLAVE };
    r.tenant.body[258] = 0x34;
    r.tenant.body[259] = 0x12;
    r.tenant.body[64] = 0xab;
    r.platform.tcb_eval_num = 17;
    r.platform.statuses = STATUS_OUT_OF_DATE;
    r.platform.smt_enabled = true;
    r.platform.latest_issue_date = 1750420800;
    assert_int_equal(report_number(&r, MEASURED_SGX_ISVSVN), 0);
    assert_int_equal(report_bytes(&r, MEASURED_SGX_MRENCLAVE).size, 0);
    assert_null(report_bytes(&r, MEASURED_SGX_MRENCLAVE).data);
    r.present = MEASURED(MEASUREMENT_COUNT) - 1;
    assert_int_equal(report_number(&r, MEASURED_SGX_ISVSVN), 0x1234);
    assert_int_equal(report_bytes(&r, MEASURED_SGX_MRENCLAVE).size, 32);
    assert_int_equal(report_bytes(&r, MEASURED_SGX_MRENCLAVE).data[0], 0xab);
    assert_int_equal(report_number(&r, MEASURED_TCB_EVAL_NUM), 17);
    assert_int_equal(report_number(&r, MEASURED_TCB_STATUS), STATUS_OUT_OF_DATE);
    assert_int_equal(report_number(&r, MEASURED_IS_SMT_ENABLED), 1);
    assert_int_equal(report_number(&r, MEASURED_IS_CACHED_KEYS_POLICY), 0);
    assert_int_equal(report_number(&r, MEASURED_LATEST_ISSUE_DATE), 1750420800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tenant_rows_lie_where_the_layouts_say),
        cmocka_unit_test(platform_rows_have_name_and_type),
        cmocka_unit_test(every_row_is_listed_once),
        cmocka_unit_test(classes_have_names_and_ids),
        cmocka_unit_test(ids_compare_without_regard_to_case),
        cmocka_unit_test(statuses_become_words),
        cmocka_unit_test(values_are_read_by_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
