/* assayd_vendor.h: a vendor that misbehaves to order, and an assayd that asks it: for the tests of
 * the rules of collateral-service.md 7. */
#ifndef TESTS_ASSAYD_VENDOR_H
#define TESTS_ASSAYD_VENDOR_H

#include "assayd_process.h"
#include "http_call.h"

/* Of the simulated vendor's fleet. */
#define SGX_FMSPC   "00906ED50000"
#define OTHER_FMSPC "00606A000000"
#define TDX_FMSPC   "50806F000000"

#define TCB      "/sgx/certification/v4/tcb?fmspc="
#define SGX_TCB  TCB SGX_FMSPC
#define TDX_TCB  "/tdx/certification/v4/tcb?fmspc=" TDX_FMSPC
#define ROOT_CRL "/sgx/certification/v4/rootcacrl"
#define REFRESH  "/sgx/certification/v4/refresh"

/* Every scope, by a token whose hash is in the configuration below. */
#define ADMIN_HEADERS "admin-token: admin\r\n"
#define ADMIN_CONFIG                                                                               \
    "[access]\nadmin_token_hash = "                                                                \
    "c7ad44cbad762a5da0a452f9e854fdc1e0e7a52a38015f23f3eab1d80b931dd472634dfac71cd34ebc35d16ab7f"  \
    "b8a90c81f975113d6c7538dc69dd8de9077ec\n"

/* The vendor with its controls, once for the whole test program; ended with vendor_end(). */
vendor_process *the_vendor(void);
int vendor_end(void **state);

/* Replaces all rules of the vendor's faults by this one ("status=503,path=*tcb*"); "": none. */
void vendor_faults(const char *rule);
/* Requests since the last vendor_faults() whose target fits the pattern. */
unsigned vendor_count(const char *pattern);

/* assayd with a patient circuit, unless `config` says otherwise. */
assayd_process assayd_with(const char *config);
/* The same state directory, another configuration. */
assayd_process assayd_again(const assayd_process *before, const char *config);

/* GET; the code must be `code`. http_called_free(). */
http_called get(const assayd_process *assayd, const char *target, const char *headers,
                unsigned code);
void expect_code(const assayd_process *assayd, const char *target, unsigned code);
/* The value of a counter in /metrics whose line begins so; -1: there is none. */
long metric(const assayd_process *assayd, const char *line);
/* How many items the store holds. */
unsigned item_count(const assayd_process *assayd);

#endif
