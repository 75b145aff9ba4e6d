/* collect.c: the whole set of collateral for one quote: seven items in four requests.
 * verification.md 4.1; collateral-service.md 6. */
#include <stdio.h>

#include "assay/evidence.h"
#include "fetch/fetcher.h"
#include "fetch/sources.h"
#include "wire/pem.h"
#include "x509/x509.h"

enum { REQUESTS = 4 };

/* One request, and which of the seven items it brings. */
static const struct {
    assay_fetch_kind kind;
    size_t body;
    size_t chain; /* SIZE_MAX: the reply's chain is not among the items */
} requests[REQUESTS] = {
    { ASSAY_FETCH_PCK_CRL, offsetof(assay_collateral_items, pck_crl),
      offsetof(assay_collateral_items, pck_crl_issuer_chain) },
    { ASSAY_FETCH_ROOT_CA_CRL, offsetof(assay_collateral_items, root_ca_crl), SIZE_MAX },
    { ASSAY_FETCH_TCB_INFO, offsetof(assay_collateral_items, tcb_info),
      offsetof(assay_collateral_items, tcb_info_issuer_chain) },
    { ASSAY_FETCH_QE_IDENTITY, offsetof(assay_collateral_items, qe_identity),
      offsetof(assay_collateral_items, qe_identity_issuer_chain) },
};

static void item_set(assay_collateral_items *items, size_t offset, assay_span item)
{
    if (offset != SIZE_MAX)
        memcpy((uint8_t *)items + offset, &item, sizeof(item));
}

/* "tcb_info https://...": which item, and where it was asked for. */
static assay_status name_item(assay_error *err, assay_status status, const char *name)
{
    char where[2 * ASSAY_WHERE_SIZE];
    if (err == NULL)
        return status;
    snprintf(where, sizeof(where), "%s %s", name, err->where);
    where[ASSAY_WHERE_SIZE - 1] = '\0';
    memcpy(err->where, where, ASSAY_WHERE_SIZE);
    return status;
}

/* Before the request it is only known who will be asked first. */
static void tell(assay_fetcher *fetcher, const assay_fetch_request *request,
                 assay_fetch_progress progress, void *context)
{
    char url[SOURCE_URL_SIZE] = "";
    if (progress == NULL)
        return;
    fetch_first_url(fetcher, request, url, sizeof(url));
    progress(context, source_kind_of(request->kind)->name, url);
}

static assay_status fetch_all(assay_fetcher *fetcher, const assay_collateral_order *order,
                              assay_fetch_progress progress, void *context,
                              assay_fetched fetched[REQUESTS], assay_error *err)
{
    for (size_t i = 0; i < REQUESTS; i++) {
        assay_fetch_request request = { .kind = requests[i].kind,
                                        .tee = order->tee,
                                        .ca = order->ca };
        memcpy(request.fmspc, order->fmspc, sizeof(request.fmspc));
        tell(fetcher, &request, progress, context);
        assay_status status = assay_fetch(fetcher, &request, &fetched[i], err);
        if (status != ASSAY_OK)
            return name_item(err, status, source_kind_of(request.kind)->name);
    }
    return ASSAY_OK;
}

static assay_status object_make(const assay_fetched fetched[REQUESTS], const assay_roots *roots,
                                assay_collateral **out, assay_error *err)
{
    assay_collateral_items items = { 0 };
    for (size_t i = 0; i < REQUESTS; i++) {
        item_set(&items, requests[i].body, span_of(fetched[i].body, fetched[i].size));
        if (fetched[i].issuer_chain != NULL)
            item_set(&items, requests[i].chain, SPAN_TEXT(fetched[i].issuer_chain));
    }
    return assay_collateral_new(&items, roots, out, err);
}

assay_status assay_fetch_collateral(assay_fetcher *fetcher, const assay_collateral_order *order,
                                    const assay_roots *roots, assay_fetch_progress progress,
                                    void *context, assay_collateral **out, assay_error *error)
{
    assay_fetched fetched[REQUESTS] = { 0 };
    assay_status status = fetch_all(fetcher, order, progress, context, fetched, error);
    if (status == ASSAY_OK)
        status = object_make(fetched, roots, out, error);
    for (size_t i = 0; i < REQUESTS; i++)
        assay_fetched_free(&fetched[i]);
    return status;
}

/* ---- What a quote needs ---- */

assay_status assay_collateral_order_of_chain(assay_span chain, assay_tee tee,
                                             assay_collateral_order *out, assay_error *error)
{
    static const char where[] = "pck_chain[0]";
    uint8_t der[LIMIT_CHAIN_DER_SIZE];
    pem_blocks blocks;
    x509_cert leaf;
    pck_extension platform;
    TRY(pem_decode(chain, "CERTIFICATE", der, sizeof(der), &blocks, error));
    TRY(x509_cert_parse(blocks.der[0], where, &leaf, error));
    const pck_ca ca = pck_ca_of_name(leaf.issuer);
    TRY(pck_extension_parse(&leaf, ca, where, &platform, error));
    *out = (assay_collateral_order) { .tee = tee,
                                      .ca = ca == PCK_CA_PROCESSOR ? ASSAY_CA_PROCESSOR
                                                                   : ASSAY_CA_PLATFORM };
    memcpy(out->fmspc, platform.fmspc, sizeof(out->fmspc));
    return ASSAY_OK;
}

assay_status assay_collateral_order_of_quote(assay_span quote, assay_collateral_order *out,
                                             assay_error *error)
{
    assay_quote parsed;
    TRY(assay_quote_parse(quote, &parsed, error));
    if (parsed.certification_type != ASSAY_CERTIFICATION_PCK_CHAIN)
        return fail(error, ASSAY_UNSUPPORTED, "quote.certification_data", ASSAY_NO_OFFSET,
                    "certification data type %u holds no PCK chain: give it, or the collateral",
                    parsed.certification_type);
    assay_status status =
        assay_collateral_order_of_chain(parsed.certification_data, parsed.tee, out, error);
    return status == ASSAY_OK ? ASSAY_OK : error_inside(error, status, "quote");
}
