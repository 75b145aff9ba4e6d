/* http_nginx_test.c: nginx as the oracle: whatever it refuses with 400, ours refuses too, byte for
 * byte the same requests (http_heads.c). The other way round ours may be stricter. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "http_fixture.h"
#include "http_heads.h"
#include "support.h"

enum { PATIENCE_MS = 10000 };

/* Names without a slash are files in the prefix, which is the folder of the test. */
static const char configuration[] = "daemon off;\n"
                                    "master_process off;\n"
                                    "pid nginx.pid;\n"
                                    "error_log nginx.log;\n"
                                    "events { worker_connections 64; }\n"
                                    "http {\n"
                                    "    access_log off;\n"
                                    "    client_body_temp_path body;\n"
                                    "    proxy_temp_path proxy;\n"
                                    "    fastcgi_temp_path fastcgi;\n"
                                    "    uwsgi_temp_path uwsgi;\n"
                                    "    scgi_temp_path scgi;\n"
                                    "    server {\n"
                                    "        listen unix:%s/nginx.socket;\n"
                                    "        location / { return 200 fine; }\n"
                                    "    }\n"
                                    "}\n";

static const char *const programs[] = { "/usr/sbin/nginx", "/usr/bin/nginx",
                                        "/usr/local/sbin/nginx" };

static const char *nginx_found(void)
{
    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        if (access(programs[i], X_OK) == 0)
            return programs[i];
    }
    return NULL;
}

static struct sockaddr_un nginx_address(const fixture *f)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/nginx.socket", f->folder);
    return address;
}

static int nginx_connect(const fixture *f)
{
    const struct sockaddr_un address = nginx_address(f);
    const struct timeval patience = { PATIENCE_MS / 1000, 0 };
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

static pid_t nginx_start(const fixture *f, const char *program)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/nginx.conf", f->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, configuration, f->folder);
    fclose(file);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it goes with us, whatever happens here */
        execl(program, program, "-p", f->folder, "-c", path, "-e", "nginx.log", (char *)NULL);
        _exit(127);
    }
    return child;
}

/* False when it has ended instead. */
static bool nginx_listens(const fixture *f, pid_t child)
{
    const int64_t until = now_ms() + PATIENCE_MS;
    while (now_ms() < until && waitpid(child, NULL, WNOHANG) == 0) {
        const int fd = nginx_connect(f);
        if (fd >= 0) {
            close(fd);
            return true;
        }
        pause_ms(10);
    }
    return false;
}

/* The code of the first reply; 0 when there is none. The end of what we send is its end. */
static unsigned code_from(int fd, const http_sample *row)
{
    client_send(fd, row->bytes, row->size);
    shutdown(fd, SHUT_WR);
    client_reply reply = client_receive(fd, HTTP_GET);
    client_reply_free(&reply);
    close(fd);
    return reply.code;
}

static void compare(fixture *f)
{
    for (size_t i = 0; i < http_sample_count; i++) {
        const http_sample *row = &http_samples[i];
        const unsigned theirs = code_from(nginx_connect(f), row);
        const unsigned ours = code_from(client_connect(f, 0), row);
        if (getenv("HTTP_NGINX_SHOW") != NULL)
            print_message("%-45s nginx %3u, ours %3u\n", row->what, theirs, ours);
        const bool exempt = row->nginx_alone != NULL;
        if (theirs == 400 && ours == 404 && !exempt)
            test_fail("%s: nginx refuses it, we do not", row->what);
        if (exempt && (theirs != 400 || ours != 404))
            test_fail("%s: this exception is none any more", row->what);
        if (row->code == 0)
            assert_row(row->what, ours, 404);
    }
}

static void what_nginx_refuses_we_refuse(void **state)
{
    fixture f;
    const char *program = nginx_found();
    (void)state;
    if (program == NULL) {
        print_message("SKIP: there is no nginx here to compare with\n");
        skip();
    }
    fixture_begin(&f);
    fixture_start(&f);
    const pid_t child = nginx_start(&f, program);
    const bool listens = nginx_listens(&f, child);
    if (listens)
        compare(&f);
    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
    fixture_stop(&f);
    if (!listens) {
        print_message("SKIP: nginx doesn't start here\n");
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nginx_refuses_we_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
