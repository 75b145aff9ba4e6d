/* jobs.c: of the collateral service. */
typedef int serve_jobs_placeholder;
