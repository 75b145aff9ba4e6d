/* fetch_scene.h: a fetcher and the scripted servers that it asks, for the tests of src/fetch. */
#ifndef TESTS_FETCH_SCENE_H
#define TESTS_FETCH_SCENE_H

#include <stdio.h>

#include "fetch/fetcher.h"
#include "scripted_server.h"
#include "support.h"

#define CHAIN     "-----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END%20CERTIFICATE-----%0A"
#define TCB_CHAIN "TCB-Info-Issuer-Chain: " CHAIN "\r\n"
#define TCB_PATH  "/tdx/certification/v4/tcb?fmspc=00806F050000&update=standard"
#define TCB_BODY  "{\"tcbInfo\":{\"tcbEvaluationDataNumber\":17},\"signature\":\"00\"}"

static const scripted_reply sound_reply = { .headers = TCB_CHAIN, .body = TCB_BODY };

typedef struct scene {
    scripted_server *server, *second;
    assay_fetch_config config;
    assay_fetcher *fetcher;
    assay_fetched item;
    assay_error error;
} scene;

static inline void service_add(scene *s, assay_service service, const char *url)
{
    assay_fetch_service *next = &s->config.collateral[s->config.collateral_count];
    next->service = service;
    snprintf(next->url, sizeof(next->url), "%s", url);
    s->config.pck[s->config.collateral_count++] = *next;
    s->config.pck_count = s->config.collateral_count;
}

static inline scene scene_of(const scripted_reply *replies, size_t count)
{
    scene s = { .config = { .use_secure_cert = true, .total_seconds = 20 } };
    s.server = scripted_server_start(replies, count);
    service_add(&s, ASSAY_SERVICE_PCCS, scripted_server_url(s.server));
    return s;
}

static inline assay_fetch_request tcb_request(void)
{
    return (assay_fetch_request) { .kind = ASSAY_FETCH_TCB_INFO,
                                   .tee = ASSAY_TEE_TDX,
                                   .fmspc = { 0x00, 0x80, 0x6f, 0x05, 0, 0 },
                                   .ca = ASSAY_CA_PLATFORM };
}

static inline assay_status fetch_run(scene *s, const assay_fetch_request *request,
                                     const fetch_control *control)
{
    const fetch_control usual = { .deadline_ms = 0 };
    if (s->fetcher == NULL)
        assert_int_equal(assay_fetcher_new(&s->config, &s->fetcher, &s->error), ASSAY_OK);
    assay_fetched_free(&s->item);
    s->error = (assay_error) { 0 };
    return fetch_item(s->fetcher, request, control != NULL ? control : &usual, &s->item, &s->error);
}

static inline assay_status fetch_run_tcb(scene *s)
{
    const assay_fetch_request request = tcb_request();
    return fetch_run(s, &request, NULL);
}

static inline void scene_end(scene *s)
{
    assay_fetched_free(&s->item);
    assay_fetcher_free(s->fetcher);
    scripted_server_stop(s->server);
    if (s->second != NULL)
        scripted_server_stop(s->second);
}

static inline void assert_failed(const char *what, const scene *s, assay_status status,
                                 const char *name)
{
    if (status != ASSAY_ENVIRONMENT || s->error.name == NULL || strcmp(s->error.name, name) != 0)
        test_fail("%s: status %d, %s (%s), want %s", what, status,
                  s->error.name != NULL ? s->error.name : "no name", s->error.detail, name);
}

#endif
