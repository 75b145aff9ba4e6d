/* simulated.c: simulated evidence, and the files around the drop-in. */
#include "simulated.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

enum { SEED = 7 };

void simulated_init(simulated *s, const char *profile)
{
    memset(s, 0, sizeof(*s));
    sim_world_init(&s->world, sim_profile_find(profile), SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
}

static void artifacts_give(simulated *s)
{
    const assay_collateral_items items = sim_artifacts_items(&s->artifacts);
    const assay_span quote = bytes_span(&s->artifacts.quote);
    given_collateral_make(&s->given, &items, quote.data[4] == 0x81 ? 0x81 : 0);
}

void simulated_build(simulated *s)
{
    assert_int_equal(sim_build(&s->world, &s->artifacts, NULL), ASSAY_OK);
    artifacts_give(s);
}

void simulated_make(simulated *s, const char *profile)
{
    simulated_init(s, profile);
    simulated_build(s);
}

void simulated_make_fault(simulated *s, const sim_fault *fault)
{
    simulated_init(s, fault->profile != NULL ? fault->profile : SIM_FAULT_PROFILE);
    sim_fault_change_world(fault, &s->world);
    assert_int_equal(sim_build(&s->world, &s->artifacts, NULL), ASSAY_OK);
    sim_fault_change_built(fault, &s->artifacts);
    artifacts_give(s);
}

void simulated_free(simulated *s)
{
    given_collateral_free(&s->given);
    sim_artifacts_free(&s->artifacts);
}

static char folder[] = "/tmp/assay-abi-XXXXXX";

static void folder_remove(void)
{
    DIR *files = opendir(folder);
    for (struct dirent *file; files != NULL && (file = readdir(files)) != NULL;)
        unlinkat(dirfd(files), file->d_name, 0);
    if (files != NULL)
        closedir(files);
    rmdir(folder);
}

const char *simulated_folder(void)
{
    static const char *made;
    if (made == NULL) {
        made = mkdtemp(folder);
        assert_non_null(made);
        assert_int_equal(atexit(folder_remove), 0);
    }
    return made;
}

void simulated_file(const char *name, assay_span content)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", simulated_folder(), name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content.data, 1, content.size, file), content.size);
    assert_int_equal(fclose(file), 0);
}

void simulated_configure(const char *text)
{
    char path[512];
    simulated_file("quoteverify.conf", (assay_span) { (const uint8_t *)text, strlen(text) });
    snprintf(path, sizeof(path), "%s/quoteverify.conf", simulated_folder());
    assert_int_equal(setenv("ASSAY_QUOTEVERIFY_CONF", path, 1), 0);
}

void simulated_trust_root(const simulated *s)
{
    char text[600];
    simulated_file("root.pem", bytes_span(&s->artifacts.root));
    snprintf(text, sizeof(text), "# the simulated vendor\n\n  root = %s/root.pem\n",
             simulated_folder());
    simulated_configure(text);
}

void simulated_serve(const simulated *s)
{
    const sim_artifacts *a = &s->artifacts;
    simulated_file("tcb_info.json", bytes_span(&a->tcb_info));
    simulated_file("tcb_info_issuer_chain.pem", bytes_span(&a->tcb_info_issuer_chain));
    simulated_file("qe_identity.json", bytes_span(&a->qe_identity));
    simulated_file("qe_identity_issuer_chain.pem", bytes_span(&a->qe_identity_issuer_chain));
    simulated_file("root_ca_crl.der", bytes_span(&a->root_ca_crl));
    simulated_file("pck_crl.der", bytes_span(&a->pck_crl));
    simulated_file("pck_crl_issuer_chain.pem", bytes_span(&a->pck_crl_issuer_chain));
}
