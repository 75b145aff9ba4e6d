/* facts.c: what a collateral says of itself, for people and for comparisons. */
#include <stdio.h>

#include "collateral/object.h"

/* ---- Items ---- */

/* Where the parts of an item stand, and which check read it. */
typedef struct item_row {
    collateral_check read_by;
    size_t signer; /* an x509_cert; SIZE_MAX: the name is that of a CRL's issuer */
    size_t crl;    /* an x509_crl; SIZE_MAX: it is none */
    size_t root;   /* an x509_cert; SIZE_MAX: no chain came with it */
    size_t header; /* a document_header; SIZE_MAX: it is none */
} item_row;

#define AT(member) offsetof(assay_collateral, member)
#define NONE       SIZE_MAX

static const item_row rows[ASSAY_ITEM_COUNT] = {
    [ASSAY_ITEM_ROOT_CA_CRL] = { CHECK_CRLS, NONE, AT(root_crl), NONE, NONE },
    [ASSAY_ITEM_PCK_CRL] = { CHECK_CRLS, NONE, AT(pck_crl), AT(root), NONE },
    [ASSAY_ITEM_PCK_CRL_ISSUER_CHAIN] = { CHECK_CHAINS, AT(pck_ca), NONE, AT(root), NONE },
    [ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN] = { CHECK_CHAINS, AT(tcb_signer), NONE, AT(tcb_root), NONE },
    [ASSAY_ITEM_QE_IDENTITY_ISSUER_CHAIN] = { CHECK_CHAINS, AT(identity_signer), NONE,
                                              AT(identity_root), NONE },
    [ASSAY_ITEM_TCB_INFO] = { CHECK_TCB_INFO, AT(tcb_signer), NONE, AT(tcb_root), AT(tcb.header) },
    [ASSAY_ITEM_QE_IDENTITY] = { CHECK_QE_IDENTITY, AT(identity_signer), NONE, AT(identity_root),
                                 AT(identity.header) },
};

static const void *part_at(const assay_collateral *c, size_t offset)
{
    return (const uint8_t *)c + offset;
}

static void name_copy(assay_span name, char out[ASSAY_NAME_SIZE])
{
    snprintf(out, ASSAY_NAME_SIZE, "%.*s",
             name.size < ASSAY_NAME_SIZE ? (int)name.size : ASSAY_NAME_SIZE - 1,
             name.data != NULL ? (const char *)name.data : "");
}

/* A chain that can't be read leaves what depends on it empty. */
static void chain_tell(const assay_collateral *c, const item_row *row, assay_item_facts *out)
{
    if (c->outcomes[CHECK_CHAINS].status != ASSAY_OK || row->root == NONE)
        return;
    const x509_cert *root = part_at(c, row->root);
    out->has_root = true;
    const sha256_digest digest = x509_key_digest(root->point);
    memcpy(out->root_key_sha256, digest.bytes, sizeof(out->root_key_sha256));
    out->intel_root = memcmp(root->point, intel_sgx_root_point, P256_POINT_SIZE) == 0;
    if (row->signer != NONE) {
        const x509_cert *signer = part_at(c, row->signer);
        name_copy(signer->common_name, out->signer);
    }
}

static void crl_tell(const assay_collateral *c, const item_row *row, assay_item_facts *out)
{
    if (row->crl == NONE)
        return;
    const x509_crl *crl = part_at(c, row->crl);
    out->entry_count = (uint32_t)crl->entry_count;
    name_copy(x509_common_name(crl->issuer), out->signer);
}

assay_status assay_collateral_item_facts(const assay_collateral *collateral, assay_item item,
                                         assay_item_facts *out, assay_error *err)
{
    if (item == ASSAY_ITEM_PCK_CHAIN || (unsigned)item >= ASSAY_ITEM_COUNT)
        return fail(err, ASSAY_USAGE, "item", ASSAY_NO_OFFSET, "is no item of a collateral");
    const item_row *row = &rows[item];
    assay_item_facts facts = { .validity = collateral->validity[item] };
    TRY(collateral_outcome(collateral, row->read_by, err));
    chain_tell(collateral, row, &facts);
    crl_tell(collateral, row, &facts);
    if (row->header != NONE) {
        const document_header *header = part_at(collateral, row->header);
        facts.evaluation_number = header->evaluation_number;
    }
    *out = facts;
    return ASSAY_OK;
}

assay_status assay_collateral_subject(const assay_collateral *collateral, assay_tee *tee,
                                      uint8_t fmspc[6], assay_error *err)
{
    TRY(collateral_outcome(collateral, CHECK_TCB_INFO, err));
    *tee = collateral->tcb.tee;
    memcpy(fmspc, collateral->tcb.fmspc, sizeof(collateral->tcb.fmspc));
    return ASSAY_OK;
}

/* ---- Levels ---- */

static void level_tell(assay_part part, uint8_t module, const tcb_level *level,
                       assay_level_facts *out)
{
    *out = (assay_level_facts) { .part = part,
                                 .module = module,
                                 .pce_svn = level->pce_svn,
                                 .isv_svn = level->isv_svn,
                                 .status = level->status,
                                 .date = level->date,
                                 .advisory_ids = level->advisories,
                                 .advisory_count = level->advisory_count };
    memcpy(out->components, level->sgx, sizeof(level->sgx));
    memcpy(out->components + sizeof(level->sgx), level->tdx, sizeof(level->tdx));
}

/* True when `index` is in this table; else it is lessened by the table's length. */
static bool level_in(const tcb_levels *levels, assay_part part, uint8_t module, size_t *index,
                     assay_level_facts *out)
{
    if (*index >= levels->count) {
        *index -= levels->count;
        return false;
    }
    level_tell(part, module, &levels->at[*index], out);
    return true;
}

bool assay_collateral_level(const assay_collateral *collateral, size_t index,
                            assay_level_facts *out)
{
    const tcb_info *tcb = &collateral->tcb;
    if (collateral->outcomes[CHECK_TCB_INFO].status == ASSAY_OK) {
        if (level_in(&tcb->levels, ASSAY_PART_PLATFORM, 0, &index, out))
            return true;
        for (size_t i = 0; i < tcb->module_count; i++) {
            const tdx_module *module = &tcb->modules[i];
            if (level_in(&module->levels, ASSAY_PART_MODULE, module->major, &index, out))
                return true;
        }
    }
    return collateral->outcomes[CHECK_QE_IDENTITY].status == ASSAY_OK &&
           level_in(&collateral->identity.levels, ASSAY_PART_QE, 0, &index, out);
}
