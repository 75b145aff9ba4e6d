/* fuzz_config.c: any bytes as assayd.conf (src/serve/config.c). What is refused changes nothing and
 * says where; what is read is written and read again as the same. */
#include <stdlib.h>

#include "serve/config_rows.h"
#include "serve/listen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

static serve_config *config_new(void)
{
    serve_config *config = memory_new(sizeof(*config));
    hold(config != NULL);
    config_default(config);
    return config;
}

static void check_read(const serve_config *config)
{
    serve_config *again = config_new();
    listen_list list;
    char *text = NULL;
    hold(config_write(config, &text, NULL) == ASSAY_OK);
    hold(config_parse(SPAN_TEXT(text), "written", again, NULL) == ASSAY_OK);
    for (size_t i = 0; i < config_row_count; i++)
        hold(config_rows[i].secrecy != CONFIG_OPEN || /* what is not written is lost */
             config_value_equal(&config_rows[i], config, again));
    if (config_check(config, NULL) == ASSAY_OK)
        hold(listen_list_of(config, &list, NULL) == ASSAY_OK && list.count > 0);
    memory_free(text);
    memory_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    assay_error error = { 0 };
    serve_config *config = config_new(), *before = config_new();
    const assay_status status = config_parse(span_of(data, size), "fuzz", config, &error);
    if (status == ASSAY_OK) {
        check_read(config);
    } else {
        hold(status == ASSAY_MALFORMED && strncmp(error.where, "fuzz:", 5) == 0);
        hold(memcmp(config, before, sizeof(*config)) == 0);
    }
    memory_free(config);
    memory_free(before);
    return 0;
}
