/* baseline_changes.h: what an operator does to baselines: each change a record with its history,
 * and an audit entry in the same transaction. collateral-service.md 7.7, 7.9. */
#ifndef ASSAY_SERVE_BASELINE_CHANGES_H
#define ASSAY_SERVE_BASELINE_CHANGES_H

#include "serve/baseline_text.h"

/* Who else changed the same record meanwhile makes each of these fail with 409. */

/* Makes or replaces one. `asked` has description and rules. */
assay_status baseline_put(call *c, const char *name, const baseline *asked);
/* Gives `into` the rules of `name`, which may be built in. */
assay_status baseline_promote_into(call *c, const char *name, const char *into);
/* Makes `name` what is served when nobody chooses. */
assay_status baseline_promote(call *c, const char *name);

/* Back to what was before the last change: of the rules, or of the default. 409 when there was
 * nothing before. */
assay_status baseline_rollback(call *c, const char *name);
assay_status baseline_default_rollback(call *c);

#endif
