/* quoteprov_checks.h: what tests of the provider library ask of what it hands out, and platforms of
 * the simulated fleet as quoting services name them. */
#ifndef TESTS_ABI_QUOTEPROV_CHECKS_H
#define TESTS_ABI_QUOTEPROV_CHECKS_H

#include "quoteprov.h"
#include "sim/fleet.h"

/* Seven items with their NUL, sound under the root in this file. */
void collateral_sound(const char *what, const sgx_ql_qve_collateral_t *collateral,
                      const char *root_path);

typedef struct platform {
    fleet_member member;
    sim_bytes ppid;
    sgx_cpu_svn_t cpu_svn;
    sgx_isv_svn_t pce_svn;
    sgx_ql_pck_cert_id_t id; /* points into the rest */
} platform;

void platform_make(platform *p, const sim_fleet *fleet, uint64_t number);
void platform_free(platform *p);

/* Fetches its certificate and compares it with that of the fleet. */
void platform_certificate_expect(const platform *p);

size_t count_of(const char *text, const char *part);

#endif
