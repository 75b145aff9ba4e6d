/* parameters.c: of the collateral service. */
typedef int serve_parameters_placeholder;
