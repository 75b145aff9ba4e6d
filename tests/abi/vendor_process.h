/* vendor_process.h: `assay-sim pcs` as a process of its own, for as long as a test program runs. */
#ifndef TESTS_ABI_VENDOR_PROCESS_H
#define TESTS_ABI_VENDOR_PROCESS_H

/* Starts $ASSAY_SIM on a free port of the loopback; `more` are further words, NULL ends them. Its
 * root is written to FOLDER/root.pem. The test fails when it does not serve within a minute. */
void vendor_start(const char *folder, const char *const *more);
void vendor_stop(void);

/* "http://127.0.0.1:PORT" */
const char *vendor_url(void);

#endif
