/* pcs_ask.h: asks the simulated vendor without a socket, for its tests. */
#ifndef TESTS_PCS_ASK_H
#define TESTS_PCS_ASK_H

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "sim/pcs_service.h"
#include "support.h"

enum { PCS_ASK_SEED = 31, PCS_ASK_PLATFORMS = 500, PCS_ASK_TARGET_SIZE = 4096 };

/* A service that began at SIM_DEFAULT_NOW; for pcs_ask_end(). */
static inline pcs_service *pcs_ask_begin(void)
{
    pcs_service *service = memory_new(sizeof(*service));
    assert_non_null(service);
    assert_int_equal(pcs_service_init(service, PCS_ASK_SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS,
                                      PCS_ASK_PLATFORMS, NULL),
                     ASSAY_OK);
    return service;
}

static inline void pcs_ask_end(pcs_service *service)
{
    pcs_service_free(service);
    memory_free(service);
}

/* "/path?a=1&b=2"; `body` NULL: GET. Free the reply with pcs_reply_free(). */
static inline pcs_reply pcs_ask_with(pcs_service *service, const char *target, const char *body,
                                     pcs_delivery *delivery)
{
    char text[PCS_ASK_TARGET_SIZE], *rest = text;
    pcs_reply reply = { .status = 0 };
    pcs_request request = { .method = body != NULL ? "POST" : "GET",
                            .body = SPAN_TEXT(body != NULL ? body : "") };
    assert_true(snprintf(text, sizeof(text), "%s", target) < (int)sizeof(text));
    request.path = strsep(&rest, "?");
    for (char *pair; (pair = strsep(&rest, "&")) != NULL;) {
        pcs_parameter *parameter = &request.parameters[request.parameter_count++];
        parameter->name = strsep(&pair, "=");
        parameter->value = pair != NULL ? pair : "";
    }
    if (strncmp(request.path, "/control/", strlen("/control/")) == 0)
        pcs_control_answer(service, &request, &reply);
    else
        pcs_service_answer(service, &request, target, &reply, delivery);
    return reply;
}

static inline pcs_reply pcs_ask(pcs_service *service, const char *target, const char *body)
{
    pcs_delivery delivery = { .wait_ms = 0 };
    return pcs_ask_with(service, target, body, &delivery);
}

/* The reply must be 200. */
static inline pcs_reply pcs_ask_well(pcs_service *service, const char *target)
{
    pcs_reply reply = pcs_ask(service, target, NULL);
    if (reply.status != 200)
        test_fail("%s: %u %.*s", target, reply.status, (int)reply.body.size,
                  (const char *)reply.body.data);
    return reply;
}

/* NULL: the reply has no such header. */
static inline const char *pcs_ask_header(const pcs_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (strcmp(reply->headers[i].name, name) == 0)
            return (const char *)reply->headers[i].value.data;
    }
    return NULL;
}

/* Decodes %XX; the caller frees. */
static inline char *pcs_ask_decode(const char *text)
{
    char *out = calloc(1, strlen(text) + 1), *end = out;
    assert_non_null(out);
    for (; *text != '\0'; text++) {
        if (*text != '%') {
            *end++ = *text;
            continue;
        }
        uint8_t octet;
        assert_int_equal(assay_hex_decode(span_of(text + 1, 2), &octet, 1, NULL), ASSAY_OK);
        *end++ = (char)octet;
        text += 2;
    }
    return out;
}

/* The issuer chain in whatever header it stands, as PEM; the caller frees. NULL: there is none. */
static inline char *pcs_ask_chain(const pcs_reply *reply)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (strstr(reply->headers[i].name, "Issuer-Chain") != NULL)
            return pcs_ask_decode((const char *)reply->headers[i].value.data);
    }
    return NULL;
}

static inline bool pcs_ask_has(const pcs_reply *reply, const char *text)
{
    return bytes_find(&reply->body, text) != SIZE_MAX;
}

#endif
