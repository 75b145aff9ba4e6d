/* checks.h: what is checked of collateral alone while it loads. verification.md 4.1. */
#ifndef ASSAY_COLLATERAL_CHECKS_H
#define ASSAY_COLLATERAL_CHECKS_H

#include "collateral/object.h"

/* Runs every check that can be run and remembers each outcome. A check that needs another which
 * failed inherits its failure. */
void collateral_checks_run(assay_collateral *collateral);

#endif
