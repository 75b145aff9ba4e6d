/* respond.h: makes replies: out of what a handler says, and out of what went wrong.
 * collateral-service.md 1 "Codes", 7.5. */
#ifndef ASSAY_SERVE_RESPOND_H
#define ASSAY_SERVE_RESPOND_H

#include "serve/asked.h"

/* A reply with its headers, and what each use of it needs. out->expires is when it may be used no
 * more; at most `c->now` when it must not be kept. NO_MEMORY. */
assay_status answer_prepare(call *c, const answer *from, kept_answer *out);

/* Plain text for the paths of PCCS, THIM and KDS; JSON below /assay/. NULL when memory is short. */
http_reply *denial_reply(const asked *a, const denial *why);

/* The HTTP code of a failure: by its name, else by its status. */
unsigned failure_code(const assay_error *error);

/* Why a handler's call failed: call->code wins. */
void denial_of_call(const call *c, assay_status status, denial *out);

#endif
