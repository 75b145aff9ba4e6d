/* config_check.c: what no single key can say. collateral-service.md 7.12. */
#include <stdio.h>

#include "serve/config.h"
#include "serve/listen.h"

static assay_status refuse(assay_error *err, const char *where, const char *text)
{
    return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "%s", text);
}

static assay_status check_tls(const serve_config *config, assay_error *err)
{
    const bool certificate = config->server.certificate_file[0] != '\0';
    if (certificate != (config->server.key_file[0] != '\0'))
        return refuse(err, certificate ? "[server] key_file" : "[server] certificate_file",
                      "certificate_file and key_file are given together, or neither");
    if (config->server.client_ca_file[0] != '\0' && !certificate)
        return refuse(err, "[server] client_ca_file",
                      "client certificates need TLS: set certificate_file and key_file");
    if (config->access.client_admins.count > 0 && config->server.client_ca_file[0] == '\0')
        return refuse(err, "[access] client_admins",
                      "without client_ca_file no client certificate is believed");
    return ASSAY_OK;
}

/* Rule 12. */
static assay_status check_plain(const serve_config *config, const char *text,
                                const listen_address *address, assay_error *err)
{
    if (config->server.certificate_file[0] != '\0' || config->server.plain_http ||
        address->reach == LISTEN_LOCAL)
        return ASSAY_OK;
    return fail(err, ASSAY_MALFORMED, "[server] listen", ASSAY_NO_OFFSET,
                "%.80s would speak plain HTTP beyond this machine: set certificate_file and "
                "key_file, or plain_http = yes",
                text);
}

static assay_status check_listeners(const serve_config *config, assay_error *err)
{
    listen_list list;
    TRY(listen_list_of(config, &list, err));
    for (size_t i = 0; i < list.count; i++) {
        listen_address address;
        TRY(listen_parse(list.at[i], i < list.main_count ? "[server] listen" : "[server] admin",
                         &address, err));
        if (address.fd >= 0)
            return refuse(err, "[server] listen", "fd: is for socket activation alone");
        TRY(check_plain(config, list.at[i], &address, err));
    }
    return ASSAY_OK;
}

static assay_status check_networks(const serve_config *config, assay_error *err)
{
    for (size_t i = 0; i < config->access.exempt.count; i++) {
        listen_network network;
        if (!listen_network_parse(config->access.exempt.at[i], &network))
            return fail(err, ASSAY_MALFORMED, "[access] exempt", ASSAY_NO_OFFSET,
                        "%.60s is no network: want 10.0.0.0/8 or fd00::/8",
                        config->access.exempt.at[i]);
    }
    return ASSAY_OK;
}

static bool is_origin(const char *text)
{
    const char *host = strncmp(text, "https://", 8) == 0  ? text + 8
                       : strncmp(text, "http://", 7) == 0 ? text + 7
                                                          : "";
    return host[0] != '\0' && strpbrk(host, "/?#@") == NULL;
}

static assay_status check_origins(const serve_config *config, assay_error *err)
{
    for (size_t i = 0; i < config->access.origins.count; i++) {
        if (!is_origin(config->access.origins.at[i]))
            return fail(err, ASSAY_MALFORMED, "[access] origins", ASSAY_NO_OFFSET,
                        "%.60s is no origin: want https://HOST[:PORT]",
                        config->access.origins.at[i]);
    }
    return ASSAY_OK;
}

static bool is_url(const char *url)
{
    return strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0;
}

static assay_status check_upstream(const serve_config *config, assay_error *err)
{
    if (!is_url(config->upstream.pcs.url))
        return refuse(err, "[upstream] pcs_url", "want a URL that begins with https:// or http://");
    if (!is_url(config->upstream.kds_url))
        return refuse(err, "[upstream] kds_url", "want a URL that begins with https:// or http://");
    if (config->upstream.connect_seconds > config->upstream.total_seconds)
        return refuse(err, "[upstream] connect_seconds", "is more than total_seconds");
    return ASSAY_OK;
}

static assay_status check_store(const serve_config *config, assay_error *err)
{
    const char *url = config->store.url;
    if (strncmp(url, "sqlite:", 7) != 0 && strncmp(url, "postgresql:", 11) != 0 &&
        strncmp(url, "postgres:", 9) != 0)
        return refuse(err, "[store] url", "want sqlite:FILE or postgresql://...");
    if (config->state_directory[0] != '/')
        return refuse(err, "[store] state_directory", "want an absolute path");
    return ASSAY_OK;
}

static assay_status check_thim(const serve_config *config, assay_error *err)
{
    const char *product = config->thim.product;
    if (product[0] != '\0' && strcmp(product, "Milan") != 0 && strcmp(product, "Genoa") != 0 &&
        strcmp(product, "Turin") != 0)
        return refuse(err, "[thim] product", "want Milan, Genoa or Turin");
    if (config->thim.chip_id[0] != '\0' && product[0] == '\0')
        return refuse(err, "[thim] product", "a chip_id needs its product");
    return ASSAY_OK;
}

assay_status config_check(const serve_config *config, assay_error *err)
{
    TRY(check_tls(config, err));
    TRY(check_listeners(config, err));
    TRY(check_networks(config, err));
    TRY(check_origins(config, err));
    TRY(check_upstream(config, err));
    TRY(check_store(config, err));
    return check_thim(config, err);
}

void config_store_url(const serve_config *config, char out[CONFIG_URL_SIZE])
{
    const char *path = config->store.url + strlen("sqlite:");
    if (strncmp(config->store.url, "sqlite:", 7) == 0 && path[0] != '/')
        snprintf(out, CONFIG_URL_SIZE, "sqlite:%s/%s", config->state_directory, path);
    else
        snprintf(out, CONFIG_URL_SIZE, "%s", config->store.url);
}
