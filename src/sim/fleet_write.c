/* fleet_write.c: platforms of a fleet as lines of text. collateral-service.md 1. */
#include "sim/fleet_write.h"

#include <errno.h>

#include "sim/fleet_text.h"

enum { FLUSH_SIZE = 1 << 20 };

/* ---- Parts that the forms share ---- */

void fleet_put_hex(const char *name, assay_span bytes, sim_bytes *out)
{
    bytes_add_format(out, "\"%s\":\"", name);
    bytes_add_hex(out, bytes, hex_upper);
    bytes_add_text(out, "\"");
}

static void put_token(const char *name, const sim_fleet *fleet, const fleet_member *member,
                      fleet_token token, sim_bytes *out)
{
    sim_bytes bytes = { 0 };
    fleet_token_write(fleet, member, token, &bytes);
    fleet_put_hex(name, bytes_span(&bytes), out);
    out->failed |= bytes.failed;
    bytes_free(&bytes);
}

void fleet_put_identity(const sim_fleet *fleet, const fleet_member *member, fleet_tokens tokens,
                        sim_bytes *out)
{
    fleet_put_hex("qe_id", SPAN(member->qe_id), out);
    bytes_add_text(out, ",");
    fleet_put_hex("pce_id", SPAN(member->pce_id), out);
    bytes_add_text(out, ",");
    if (tokens == FLEET_WITH_PPID)
        put_token("enc_ppid", fleet, member, SIM_ENCRYPTED_PPID, out);
    else
        bytes_add_text(out, "\"enc_ppid\":\"\"");
}

void fleet_put_platform(const sim_fleet *fleet, const fleet_member *member, fleet_tokens tokens,
                        sim_bytes *out)
{
    uint8_t pce_svn[2];
    store_u16le(pce_svn, member->pce_svn);
    bytes_add_text(out, "{");
    fleet_put_identity(fleet, member, tokens, out);
    bytes_add_text(out, ",");
    fleet_put_hex("cpu_svn", SPAN(member->cpu_svn), out);
    bytes_add_text(out, ",");
    fleet_put_hex("pce_svn", SPAN(pce_svn), out);
    bytes_add_text(out, ",");
    if (tokens == FLEET_WITH_MANIFEST)
        put_token("platform_manifest", fleet, member, SIM_MANIFEST, out);
    else
        bytes_add_text(out, "\"platform_manifest\":\"\"");
    bytes_add_text(out, "}");
}

assay_status fleet_each_certificate(const sim_fleet *fleet, const fleet_member *member,
                                    const fleet_selection *selection, fleet_put_certificate put,
                                    sim_bytes *out, assay_error *err)
{
    size_t written = 0, level = 0;
    fleet_claim claim = selection->tokens == FLEET_WITH_PPID ? SIM_BY_PPID : SIM_BY_MANIFEST;
    if (selection->certificates != SIZE_MAX)
        level = fleet_member_select(member, member->cpu_svn, member->pce_svn, claim);
    for (; level < fleet_member_level_count(member) && written < selection->certificates; level++) {
        sim_bytes pem = { 0 };
        if (!fleet_member_has(member, level, claim))
            continue;
        if (written++ > 0)
            bytes_add_text(out, ",");
        assay_status status =
            fleet_member_certificate(fleet, member, level, SIM_KEY_NONE, &pem, err);
        put(fleet_member_level(member, level), bytes_span(&pem), out);
        out->failed |= pem.failed;
        bytes_free(&pem);
        TRY(status);
    }
    return ASSAY_OK;
}

assay_status fleet_flush(sim_bytes *text, FILE *file, assay_error *err)
{
    if (text->failed)
        return fail(err, ASSAY_NO_MEMORY, "fleet", ASSAY_NO_OFFSET, "no memory");
    if (fwrite(text->data, 1, text->size, file) != text->size)
        return fail(err, ASSAY_ENVIRONMENT, "--out", ASSAY_NO_OFFSET, "%s", strerror(errno));
    bytes_free(text);
    return ASSAY_OK;
}

/* ---- One line for each platform ---- */

typedef assay_status (*line_writer)(const sim_fleet *fleet, const fleet_member *member,
                                    const fleet_selection *selection, sim_bytes *out,
                                    assay_error *err);

static assay_status write_lines(const sim_fleet *fleet, const fleet_selection *selection,
                                line_writer write, FILE *file, assay_error *err)
{
    sim_bytes text = { 0 };
    assay_status status = ASSAY_OK;
    for (uint64_t i = 0; i < selection->count && status == ASSAY_OK; i++) {
        fleet_member member;
        if (!fleet_find(fleet, selection->first + i, &member))
            status = fail(err, ASSAY_USAGE, "--first", ASSAY_NO_OFFSET, "no platform %llu",
                          (unsigned long long)(selection->first + i));
        if (status == ASSAY_OK)
            status = write(fleet, &member, selection, &text, err);
        if (status == ASSAY_OK && text.size > FLUSH_SIZE)
            status = fleet_flush(&text, file, err);
    }
    if (status == ASSAY_OK)
        status = fleet_flush(&text, file, err);
    bytes_free(&text);
    return status;
}

/* PEM inside a JSON text: its lines, with \n between them. */
static void put_pem(const sim_level *level, assay_span pem, sim_bytes *out)
{
    uint8_t tcbm[SIM_TCBM_SIZE];
    fleet_level_tcbm(level, tcbm);
    bytes_add_text(out, "{");
    fleet_put_hex("tcbm", SPAN(tcbm), out);
    bytes_add_text(out, ",\"cert\":\"");
    while (pem.size > 0) {
        const uint8_t *end = memchr(pem.data, '\n', pem.size);
        size_t size = end != NULL ? (size_t)(end - pem.data) : pem.size;
        bytes_add(out, span_of(pem.data, size));
        bytes_add_text(out, "\\n");
        size += end != NULL ? 1 : 0;
        pem = span_of(pem.data + size, pem.size - size);
    }
    bytes_add_text(out, "\"}");
}

static assay_status put_ndjson(const sim_fleet *fleet, const fleet_member *member,
                               const fleet_selection *selection, sim_bytes *out, assay_error *err)
{
    uint8_t pce_svn[2];
    store_u16le(pce_svn, member->pce_svn);
    bytes_add_text(out, "{");
    fleet_put_identity(fleet, member, FLEET_WITH_PPID, out);
    bytes_add_text(out, ",");
    fleet_put_hex("cpu_svn", SPAN(member->cpu_svn), out);
    bytes_add_text(out, ",");
    fleet_put_hex("pce_svn", SPAN(pce_svn), out);
    bytes_add_text(out, ",");
    fleet_put_hex("fmspc", SPAN(member->model->fmspc), out);
    bytes_add_format(out, ",\"ca\":\"%s\",\"certs\":[", fleet_ca_name(member));
    TRY(fleet_each_certificate(fleet, member, selection, put_pem, out, err));
    bytes_add_text(out, "]}\n");
    return ASSAY_OK;
}

assay_status fleet_write_ndjson(pcs_vendor *vendor, const fleet_selection *selection, FILE *file,
                                assay_error *err)
{
    return write_lines(&vendor->fleet, selection, put_ndjson, file, err);
}

static assay_status put_platform(const sim_fleet *fleet, const fleet_member *member,
                                 const fleet_selection *selection, sim_bytes *out, assay_error *err)
{
    (void)err;
    fleet_put_platform(fleet, member, selection->tokens, out);
    bytes_add_text(out, "\n");
    return ASSAY_OK;
}

assay_status fleet_write_platforms(pcs_vendor *vendor, const fleet_selection *selection, FILE *file,
                                   assay_error *err)
{
    return write_lines(&vendor->fleet, selection, put_platform, file, err);
}

static assay_status put_csv(const sim_fleet *fleet, const fleet_member *member,
                            const fleet_selection *selection, sim_bytes *out, assay_error *err)
{
    (void)fleet, (void)selection, (void)err;
    uint8_t pce_svn[2];
    store_u16le(pce_svn, member->pce_svn);
    const assay_span values[] = { SPAN(member->qe_id), SPAN(member->pce_id), SPAN(member->cpu_svn),
                                  SPAN(pce_svn), SPAN(member->model->fmspc) };
    bytes_add_format(out, "%llu,", (unsigned long long)member->number);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        bytes_add_hex(out, values[i], hex_upper);
        bytes_add_text(out, ",");
    }
    bytes_add_format(out, "%s\n", fleet_ca_name(member));
    return ASSAY_OK;
}

assay_status fleet_write_csv(pcs_vendor *vendor, const fleet_selection *selection, FILE *file,
                             assay_error *err)
{
    sim_bytes head = { 0 };
    bytes_add_text(&head, "number,qe_id,pce_id,cpu_svn,pce_svn,fmspc,ca\n");
    assay_status status = fleet_flush(&head, file, err);
    bytes_free(&head);
    TRY(status);
    return write_lines(&vendor->fleet, selection, put_csv, file, err);
}
