/* names.c: the words for TCB statuses, collateral items and identities. verification.md 3.2, 3.3,
 * 6.1. */
#include "collateral/documents.h"

static const char *const tcb_status_names[ASSAY_TCB_STATUS_COUNT] = {
    [ASSAY_TCB_NOT_JUDGED] = "NotJudged",
    [ASSAY_TCB_UP_TO_DATE] = "UpToDate",
    [ASSAY_TCB_SW_HARDENING_NEEDED] = "SWHardeningNeeded",
    [ASSAY_TCB_CONFIGURATION_NEEDED] = "ConfigurationNeeded",
    [ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] = "ConfigurationAndSWHardeningNeeded",
    [ASSAY_TCB_OUT_OF_DATE] = "OutOfDate",
    [ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = "OutOfDateConfigurationNeeded",
    [ASSAY_TCB_TD_RELAUNCH_ADVISED] = "TDRelaunchAdvised",
    [ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] = "TDRelaunchAdvisedConfigurationNeeded",
    [ASSAY_TCB_REVOKED] = "Revoked",
    [ASSAY_TCB_NOT_SUPPORTED] = "NotSupported",
};

static const char *const item_names[ASSAY_ITEM_COUNT] = {
    [ASSAY_ITEM_ROOT_CA_CRL] = "root_ca_crl",
    [ASSAY_ITEM_PCK_CRL] = "pck_crl",
    [ASSAY_ITEM_PCK_CRL_ISSUER_CHAIN] = "pck_crl_issuer_chain",
    [ASSAY_ITEM_PCK_CHAIN] = "pck_chain",
    [ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN] = "tcb_info_issuer_chain",
    [ASSAY_ITEM_QE_IDENTITY_ISSUER_CHAIN] = "qe_identity_issuer_chain",
    [ASSAY_ITEM_TCB_INFO] = "tcb_info",
    [ASSAY_ITEM_QE_IDENTITY] = "qe_identity",
};

static const char *const identity_names[] = {
    [IDENTITY_QE] = "QE",
    [IDENTITY_TD_QE] = "TD_QE",
    [IDENTITY_QVE] = "QVE",
    [IDENTITY_QAE] = "QAE",
};

const char *assay_tcb_status_name(assay_tcb_status status)
{
    return (unsigned)status < ASSAY_TCB_STATUS_COUNT ? tcb_status_names[status] : "unknown";
}

assay_tcb_status assay_tcb_status_parse(const char *text)
{
    for (int status = ASSAY_TCB_UP_TO_DATE; status < ASSAY_TCB_STATUS_COUNT; status++) {
        if (strcmp(text, tcb_status_names[status]) == 0)
            return (assay_tcb_status)status;
    }
    return ASSAY_TCB_NOT_JUDGED;
}

const char *assay_item_name(assay_item item)
{
    return (unsigned)item < ASSAY_ITEM_COUNT ? item_names[item] : "unknown";
}

const char *identity_id_name(identity_id id)
{
    return (unsigned)id <= IDENTITY_QAE ? identity_names[id] : "unknown";
}
