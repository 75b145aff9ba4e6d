/* services.c: the services by name and by host, and the form of addresses. */
#include "fetch/sources.h"

#include <strings.h>

static const struct {
    const char *name;
    const char *host; /* with a dot in front: any host below it; NULL: by no host */
} services[ASSAY_SERVICE_COUNT] = {
    [ASSAY_SERVICE_NONE] = { "none", NULL },
    [ASSAY_SERVICE_PCS] = { "pcs", ".trustedservices.intel.com" },
    [ASSAY_SERVICE_PCCS] = { "pccs", NULL },
    [ASSAY_SERVICE_THIM_GLOBAL] = { "thim-global", ".acccache.azure.net" },
    [ASSAY_SERVICE_THIM_REGIONAL] = { "thim-regional", ".thim.azure.net" },
    [ASSAY_SERVICE_THIM_IMDS] = { "thim-imds", "169.254.169.254" },
    [ASSAY_SERVICE_KDS] = { "kds", "kdsintf.amd.com" },
};

const char *assay_service_name(assay_service service)
{
    return services[(unsigned)service < ASSAY_SERVICE_COUNT ? service : ASSAY_SERVICE_NONE].name;
}

/* Where the host begins; NULL for an address of another scheme. */
static const char *behind_scheme(const char *url)
{
    static const char *const schemes[] = { "https://", "http://" };
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
            return url + strlen(schemes[i]);
    }
    return NULL;
}

assay_span source_url_host(const char *url)
{
    const char *host = behind_scheme(url);
    if (host == NULL)
        return (assay_span) { NULL, 0 };
    if (host[0] == '[')
        return span_of(host, strcspn(host, "]/") + (strchr(host, ']') != NULL ? 1 : 0));
    return span_of(host, strcspn(host, ":/?#"));
}

static bool host_fits(assay_span host, const char *wanted)
{
    const size_t size = strlen(wanted);
    const bool below = wanted[0] == '.' && host.size > size;
    if (!below && host.size != size)
        return false;
    return strncasecmp((const char *)host.data + host.size - size, wanted, size) == 0;
}

assay_service assay_service_of_url(const char *url)
{
    const assay_span host = source_url_host(url);
    for (int i = 1; host.size > 0 && i < ASSAY_SERVICE_COUNT; i++) {
        if (services[i].host != NULL && host_fits(host, services[i].host))
            return (assay_service)i;
    }
    return ASSAY_SERVICE_PCCS;
}

bool source_url_is_private(const char *url)
{
    static const char *const own[] = { "localhost", "127.0.0.1", "[::1]" };
    const assay_span host = source_url_host(url);
    if (strncasecmp(url, "https://", 8) == 0)
        return true;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (host_fits(host, own[i]))
            return true;
    }
    return false;
}

assay_status source_url_check(const char *url, source_query query, const char *where,
                              assay_error *err)
{
    const char *host = behind_scheme(url);
    if (host == NULL)
        return fail(err, ASSAY_USAGE, where, ASSAY_NO_OFFSET,
                    "\"%.100s\" is no address, want http://... or https://...", url);
    if (source_url_host(url).size == 0)
        return fail(err, ASSAY_USAGE, where, ASSAY_NO_OFFSET, "\"%.100s\" names no host", url);
    for (const char *c = host; *c != '\0'; c++) {
        const bool in_authority = c < host + strcspn(host, "/");
        if (*c <= 0x20 || *c > 0x7e || *c == '#' || strchr("\"<>\\^`{|}", *c) != NULL ||
            (*c == '@' && in_authority) || (*c == '?' && query == SOURCE_QUERY_REFUSED))
            return fail(err, ASSAY_USAGE, where, c - url,
                        "\"%.100s\" holds byte 0x%02x, which no address of ours may", url,
                        (unsigned char)*c);
    }
    return ASSAY_OK;
}
