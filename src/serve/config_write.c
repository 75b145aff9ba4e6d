/* config_write.c: the whole configuration as a commented file. */
#include <stdio.h>
#include <stdlib.h>

#include "serve/config_rows.h"

/* Inside a URL, or a connection string of libpq. */
static bool holds_password(const char *value)
{
    const char *host = strstr(value, "://");
    const char *at = host != NULL ? strchr(host, '@') : NULL;
    const char *colon = host != NULL ? strchr(host + 3, ':') : NULL;
    return strstr(value, "password=") != NULL || (at != NULL && colon != NULL && colon < at);
}

static void write_row(FILE *out, const config_row *row, const serve_config *config,
                      const serve_config *defaults)
{
    char value[CONFIG_VALUE_SIZE];
    config_value_write(row, config, value);
    const bool hidden = (row->secrecy == CONFIG_SECRET && value[0] != '\0') ||
                        (row->secrecy == CONFIG_PASSWORD_INSIDE && holds_password(value));
    fprintf(out, "\n# %s\n", row->help);
    if (hidden)
        fprintf(out, "# %s is set; it is not shown here\n", row->key);
    else
        fprintf(out, "%s%s =%s%s\n", config_value_equal(row, config, defaults) ? "#" : "", row->key,
                value[0] != '\0' ? " " : "", value);
}

assay_status config_write(const serve_config *config, char **out, assay_error *err)
{
    char *text = NULL;
    size_t size = 0;
    const char *section = "";
    serve_config *defaults = memory_new(sizeof(*defaults));
    FILE *file = defaults != NULL ? open_memstream(&text, &size) : NULL;
    if (file == NULL) {
        memory_free(defaults);
        return fail(err, ASSAY_NO_MEMORY, "config", ASSAY_NO_OFFSET, "no memory");
    }
    config_default(defaults);
    fprintf(file, "# assayd.conf: see assayd.conf(5). A line with # shows the default.\n");
    for (size_t i = 0; i < config_row_count; i++) {
        const config_row *row = &config_rows[i];
        if (strcmp(section, row->section) != 0)
            fprintf(file, "\n[%s]\n", row->section);
        section = row->section;
        write_row(file, row, config, defaults);
    }
    memory_free(defaults);
    if (fclose(file) != 0)
        return fail(err, ASSAY_NO_MEMORY, "config", ASSAY_NO_OFFSET, "no memory");
    *out = text;
    return ASSAY_OK;
}
