/* pcs_amd.c: the endpoints of AMD's KDS. collateral-service.md 3, "AMD KDS". */
#include <errno.h>
#include <stdlib.h>

#include "sim/pcs.h"

enum { TURIN_CHIP_SIZE = 8, CRL_DAYS = 365 };

/* The product of the path, or another one for a fault; false: the reply is a refusal. */
static bool take_product(const pcs_request *request, amd_product *out, pcs_reply *reply)
{
    const char *name = request->captures[0];
    *out = amd_product_find(SPAN_TEXT(name));
    if (*out == AMD_NONE || strcmp(name, amd_product_name(*out)) != 0) {
        pcs_refuse(reply, 404, "no product %.32s", name);
        return false;
    }
    if (request->issue.chain == PCS_CHAIN_FOREIGN)
        *out = *out == AMD_MILAN ? AMD_GENOA : AMD_MILAN;
    return true;
}

static bool take_chip_id(const pcs_request *request, kds_chip *chip, pcs_reply *reply)
{
    const char *text = request->captures[1];
    chip->id_size = chip->product == AMD_TURIN ? TURIN_CHIP_SIZE : AMD_CHIP_SIZE;
    if (strlen(text) != 2 * chip->id_size ||
        assay_hex_decode(SPAN_TEXT(text), chip->id, chip->id_size, NULL) != ASSAY_OK) {
        pcs_refuse(reply, 400, "hwid: want %zu hexadecimal digits", 2 * chip->id_size);
        return false;
    }
    if (span_is_zero(span_of(chip->id, chip->id_size))) {
        pcs_refuse(reply, 404, "a masked chip id belongs to no chip");
        return false;
    }
    if (request->issue.subject == PCS_ANOTHER)
        chip->id[0] ^= 1;
    return true;
}

static bool take_spl(const pcs_request *request, const char *name, uint8_t *out, pcs_reply *reply)
{
    char *end = NULL;
    const char *text = pcs_parameter_of(request, name);
    errno = 0;
    unsigned long value = text != NULL ? strtoul(text, &end, 10) : 0;
    if (text == NULL || text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
        value > UINT8_MAX) {
        pcs_refuse(reply, 400, "%s: want a number from 0 to 255", name);
        return false;
    }
    *out = (uint8_t)value;
    return true;
}

static bool take_tcb(const pcs_request *request, kds_chip *chip, pcs_reply *reply)
{
    bool turin = chip->product == AMD_TURIN;
    if (!turin && pcs_parameter_of(request, "fmcSPL") != NULL) {
        pcs_refuse(reply, 400, "fmcSPL is for Turin only");
        return false;
    }
    return (!turin || take_spl(request, "fmcSPL", &chip->fmc, reply)) &&
           take_spl(request, "blSPL", &chip->boot_loader, reply) &&
           take_spl(request, "teeSPL", &chip->tee, reply) &&
           take_spl(request, "snpSPL", &chip->snp, reply) &&
           take_spl(request, "ucodeSPL", &chip->microcode, reply);
}

/* Breaks the signature where a fault wants that: it stands at the end. */
static void spoil(const pcs_request *request, pcs_reply *reply)
{
    if (request->issue.signing != SIM_KEY_NONE && reply->body.size > 0)
        reply->body.data[reply->body.size - 1] ^= 1;
}

assay_status pcs_vcek(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                      assay_error *err)
{
    kds_chip chip = { .product = AMD_NONE };
    if (!take_product(request, &chip.product, reply) || !take_chip_id(request, &chip, reply) ||
        !take_tcb(request, &chip, reply))
        return ASSAY_OK;
    reply->type = "application/pkix-cert";
    TRY(sim_kds_vcek_write(&vendor->kds, &chip, &reply->body, err));
    spoil(request, reply);
    return ASSAY_OK;
}

static kds_family family_of(const pcs_request *request)
{
    return strncmp(request->path, "/vlek/", 6) == 0 ? KDS_VLEK : KDS_VCEK;
}

assay_status pcs_amd_chain(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                           assay_error *err)
{
    amd_product product;
    if (!take_product(request, &product, reply))
        return ASSAY_OK;
    reply->type = "application/x-pem-file";
    return sim_kds_chain_write(&vendor->kds, product, family_of(request), &reply->body, err);
}

assay_status pcs_amd_crl(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                         assay_error *err)
{
    amd_product product;
    const pcs_issue *issue = &request->issue;
    if (!take_product(request, &product, reply))
        return ASSAY_OK;
    int64_t end = issue->end != 0 ? issue->end : issue->date + (int64_t)CRL_DAYS * SIM_DAY;
    reply->type = "application/pkix-crl";
    TRY(sim_kds_crl_write(&vendor->kds, product, issue->date, end, &reply->body, err));
    spoil(request, reply);
    return ASSAY_OK;
}

assay_status pcs_vlek(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                      assay_error *err)
{
    (void)vendor, (void)request, (void)err;
    return pcs_refuse(reply, 401, "VLEKs are for cloud providers");
}
