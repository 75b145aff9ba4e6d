/* evidence_routes.c: GET /assay/v1/collateral: everything that verifying one quote takes, in one
 * file and from one moment. collateral-service.md 7.2. */
#include "serve/baseline.h"
#include "serve/item_answer.h"
#include "serve/vendor_tables.h"

enum { SET_FMSPC, SET_TEE, SET_CA };
static const char *const tees[] = { "sgx", "tdx", NULL };
static const char *const cas[] = { "processor", "platform", NULL };
static const char *const updates[] = { "standard", "early", NULL };
static const parameter set_parameters[] = {
    [SET_FMSPC] = { "fmspc", PARAMETER_HEX, PARAMETER_REQUIRED, .size = 6 },
    [SET_TEE] = { "tee", PARAMETER_WORD, PARAMETER_REQUIRED, .words = tees },
    [SET_CA] = { "ca", PARAMETER_WORD, .words = cas },
    { "update", PARAMETER_WORD, .words = updates },
    { "tcbEvaluationDataNumber", PARAMETER_NUMBER, .max = 999999 },
    { .name = NULL },
};

/* What a set consists of, in the order of the snapshot. */
enum { IN_TCB_INFO, IN_QE_IDENTITY, IN_PCK_CRL, IN_ROOT_CRL, IN_COUNT };

typedef struct evidence_set {
    item_name names[IN_COUNT];
    char keys[IN_COUNT][ITEM_KEY_SIZE];
    bool stale[IN_COUNT];
    store_item items[IN_COUNT];
} evidence_set;

static assay_status names_choose(call *c, evidence_set *set)
{
    item_name tcb = { .kind = ITEM_TCB_INFO,
                      .tee = call_word_is(c, SET_TEE, "tdx") ? ASSAY_TEE_TDX : ASSAY_TEE_SGX };
    baseline_choice choice;
    memcpy(tcb.fmspc, c->parameters[SET_FMSPC].data, sizeof(tcb.fmspc));
    TRY(baselines_choose(c->service->baselines, c->baseline, tcb.tee, tcb.fmspc, c->now, &choice,
                         &c->error));
    tcb.early = choice.early;
    tcb.number = choice.number;
    /* Platforms with TDX have several packages or are registered: theirs is the Platform CA. */
    const bool processor = call_word_is(c, SET_CA, "processor");
    set->names[IN_TCB_INFO] = tcb;
    set->names[IN_QE_IDENTITY] = (item_name) {
        .kind = ITEM_QE_IDENTITY, .tee = tcb.tee, .early = tcb.early, .number = tcb.number
    };
    set->names[IN_PCK_CRL] =
        (item_name) { .kind = ITEM_PCK_CRL, .ca = processor ? PCK_CA_PROCESSOR : PCK_CA_PLATFORM };
    set->names[IN_ROOT_CRL] = (item_name) { .kind = ITEM_ROOT_CRL };
    return ASSAY_OK;
}

/* Each is there; whether they fit is asked of the snapshot. */
static assay_status ensure(call *c, evidence_set *set)
{
    for (size_t i = 0; i < IN_COUNT; i++) {
        store_item unused;
        item_key(&set->names[i], set->keys[i]);
        TRY(item_get(c, &set->names[i], &unused, &set->stale[i]));
    }
    return ASSAY_OK;
}

static assay_status snapshot(call *c, evidence_set *set)
{
    const char *keys[IN_COUNT];
    bool found[IN_COUNT];
    for (size_t i = 0; i < IN_COUNT; i++)
        keys[i] = set->keys[i];
    TRY(store_items_get(c->service->store, keys, IN_COUNT, c->memory, set->items, found,
                        &c->error));
    for (size_t i = 0; i < IN_COUNT; i++)
        if (!found[i])
            return call_fail(c, 503, "incoherent", keys[i], "was taken away just now");
    return ASSAY_OK;
}

/* Between two recoveries one of TCB info and identity may be new and the other old: then the newer
 * number is asked for by name. */
static assay_status numbers_agree(call *c, evidence_set *set)
{
    const uint32_t info = set->items[IN_TCB_INFO].evaluation_number;
    const uint32_t identity = set->items[IN_QE_IDENTITY].evaluation_number;
    if (info == identity)
        return ASSAY_OK;
    const size_t older = info < identity ? IN_TCB_INFO : IN_QE_IDENTITY;
    set->names[older].number = info < identity ? identity : info;
    TRY(ensure(c, set));
    TRY(snapshot(c, set));
    if (set->items[IN_TCB_INFO].evaluation_number == set->items[IN_QE_IDENTITY].evaluation_number)
        return ASSAY_OK;
    return call_fail(c, 503, "incoherent", set->keys[older],
                     "TCB info and identity are of different recoveries just now");
}

static assay_status collateral_of(call *c, const evidence_set *set, assay_collateral **out)
{
    const store_item *i = set->items;
    const assay_collateral_items items = {
        .tcb_info = i[IN_TCB_INFO].body,
        .tcb_info_issuer_chain = SPAN_TEXT(i[IN_TCB_INFO].chain),
        .qe_identity = i[IN_QE_IDENTITY].body,
        .qe_identity_issuer_chain = SPAN_TEXT(i[IN_QE_IDENTITY].chain),
        .root_ca_crl = i[IN_ROOT_CRL].body,
        .pck_crl = i[IN_PCK_CRL].body,
        .pck_crl_issuer_chain = SPAN_TEXT(i[IN_PCK_CRL].chain),
    };
    TRY(assay_collateral_new(&items, &c->service->roots, out, &c->error));
    const assay_status status = assay_collateral_check(*out, &c->error);
    if (status == ASSAY_OK)
        return ASSAY_OK;
    assay_collateral_unref(*out);
    c->code = 503;
    return status;
}

static assay_status set_answer(call *c, answer *out)
{
    evidence_set set = { .names = { { .number = 0 } } };
    assay_collateral *collateral = NULL;
    char *json = NULL;
    TRY(names_choose(c, &set));
    TRY(ensure(c, &set));
    TRY(snapshot(c, &set));
    TRY(numbers_agree(c, &set));
    TRY(collateral_of(c, &set, &collateral));
    const assay_status status = assay_collateral_to_json(collateral, &json, &c->error);
    assay_collateral_unref(collateral);
    TRY(status);
    out->body = arena_copy(c->memory, SPAN_TEXT(json));
    assay_text_free(json);
    for (size_t i = 0; i < IN_COUNT; i++)
        answer_add_item(out, &set.items[i], set.stale[i]);
    if (out->body.data == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "reply", ASSAY_NO_OFFSET, "no memory");
    return ASSAY_OK;
}

const route evidence_routes[] = {
    { .name = "collateral",
      .method = HTTP_GET,
      .path = "/assay/v1/collateral",
      .flags = ROUTE_KEPT | ROUTE_UPSTREAM | ROUTE_BASELINE,
      .parameters = set_parameters,
      .handler = set_answer,
      .summary = "A coherent set of collateral for one FMSPC, TEE and CA" },
};
const size_t evidence_route_count = sizeof(evidence_routes) / sizeof(evidence_routes[0]);
