/* flight.c: of the collateral service. */
typedef int serve_flight_placeholder;
