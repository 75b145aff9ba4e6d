/* quote_builder.h: makes quotes of every version and shape for tests of form. Nothing is signed. */
#ifndef TESTS_QUOTE_BUILDER_H
#define TESTS_QUOTE_BUILDER_H

#include <string.h>

#include "evidence/fields.h"

enum { BUILT_QUOTE_MAX = 8192 };

/* A zeroed plan with version, tee_type and body_size makes a sound quote of empty parts. */
typedef struct quote_plan {
    uint16_t version;
    uint32_t tee_type;
    uint16_t body_type; /* version 5 */
    uint32_t body_size;
    uint16_t outer_type;         /* versions 4, 5; 0 means 6 */
    uint16_t certification_type; /* 0 means 5 */
    uint32_t certification_size;
    uint16_t qe_auth_size;
    uint32_t inner_slack; /* bytes behind the innermost data, inside the outer data (or v3) */
    uint32_t outer_slack; /* bytes behind the outer data, inside the auth data */
    uint32_t trailing;    /* bytes behind the quote */
    uint8_t trailing_byte;
} quote_plan;

typedef struct built_quote {
    uint8_t bytes[BUILT_QUOTE_MAX];
    size_t size;
    size_t auth_size_at, outer_at, qe_report_at, qe_auth_at, certification_at, end;
} built_quote;

static inline void put_number(built_quote *q, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        q->bytes[q->size++] = (uint8_t)(value >> 8 * i);
}

static inline void put_fill(built_quote *q, size_t size, uint8_t byte)
{
    memset(q->bytes + q->size, byte, size);
    q->size += size;
}

static inline void set_number(built_quote *q, size_t at, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        q->bytes[at + i] = (uint8_t)(value >> 8 * i);
}

static inline void put_header(built_quote *q, const quote_plan *plan)
{
    static const uint8_t vendor[16] = { 0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9,
                                        0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07 };
    put_number(q, plan->version, 2);
    put_number(q, 2, 2);
    put_number(q, plan->tee_type, 4);
    put_number(q, 0, 4);
    memcpy(q->bytes + q->size, vendor, sizeof(vendor));
    q->size += sizeof(vendor);
    put_fill(q, 20, 0x55);
}

static inline void put_qe_part(built_quote *q, const quote_plan *plan)
{
    q->qe_report_at = q->size;
    put_fill(q, SGX_REPORT_SIZE, 0);
    put_fill(q, 64, 0x33);
    q->qe_auth_at = q->size;
    put_number(q, plan->qe_auth_size, 2);
    put_fill(q, plan->qe_auth_size, 0x44);
    q->certification_at = q->size;
    put_number(q, plan->certification_type != 0 ? plan->certification_type : 5, 2);
    put_number(q, plan->certification_size, 4);
    put_fill(q, plan->certification_size, 'c');
    put_fill(q, plan->inner_slack, 0);
}

static inline built_quote quote_build(quote_plan plan)
{
    built_quote q = { .size = 0 };
    put_header(&q, &plan);
    if (plan.version == 5) {
        put_number(&q, plan.body_type, 2);
        put_number(&q, plan.body_size, 4);
    }
    put_fill(&q, plan.body_size, 0);
    q.auth_size_at = q.size;
    put_number(&q, 0, 4);
    put_fill(&q, 64, 0x11);
    put_fill(&q, 64, 0x22);
    q.outer_at = q.size;
    if (plan.version >= 4) {
        put_number(&q, plan.outer_type != 0 ? plan.outer_type : 6, 2);
        put_number(&q, 0, 4);
    }
    put_qe_part(&q, &plan);
    if (plan.version >= 4)
        set_number(&q, q.outer_at + 2, q.size - q.outer_at - 6, 4);
    put_fill(&q, plan.outer_slack, 0);
    set_number(&q, q.auth_size_at, q.size - q.auth_size_at - 4, 4);
    q.end = q.size;
    put_fill(&q, plan.trailing, plan.trailing_byte);
    return q;
}

/* One sound plan per shape. */
static const struct built_shape {
    const char *what;
    quote_plan plan;
} built_shapes[] = {
    { "version 3, SGX", { 3, 0x00, 0, 384, 0, 0, 40, 32, 0, 0, 0, 0 } },
    { "version 4, SGX", { 4, 0x00, 0, 384, 0, 0, 40, 32, 0, 0, 0, 0 } },
    { "version 4, TDX", { 4, 0x81, 0, 584, 0, 0, 40, 32, 0, 0, 0, 0 } },
    { "version 5, SGX", { 5, 0x00, 1, 384, 0, 0, 40, 32, 0, 0, 0, 0 } },
    { "version 5, TD 1.0", { 5, 0x81, 2, 584, 0, 0, 40, 32, 0, 0, 0, 0 } },
    { "version 5, TD 1.5", { 5, 0x81, 3, 648, 0, 0, 40, 32, 0, 0, 0, 0 } },
    { "version 5, TD 1.5 extended", { 5, 0x81, 4, 885, 0, 0, 40, 32, 0, 0, 0, 0 } },
};

#endif
