/* settings.h: single values of a world by name: what `assay-sim vendor new --set KEY=VALUE` takes.
 */
#ifndef ASSAY_SIM_SETTINGS_H
#define ASSAY_SIM_SETTINGS_H

#include "sim/world.h"

typedef struct sim_setting {
    const char *key;
    const char *value; /* what stands behind "=": "HEX", "N", ... */
    const char *summary;
    assay_status (*apply)(sim_world *world, const struct sim_setting *row, const char *value,
                          assay_error *err);
    size_t offset; /* in the world, for rows that share a function */
    size_t size;
} sim_setting;

/* Ends with a NULL key. Beside these keys every field of the quote's body is one ("mrtd", ...). */
extern const sim_setting sim_settings[];

/* `assignment` is KEY=VALUE. USAGE with the closest key when there is no such key, or with what was
 * wanted when the value does not fit. */
assay_status sim_setting_apply(sim_world *world, const char *assignment, assay_error *err);

#endif
