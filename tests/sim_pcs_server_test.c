/* sim_pcs_server_test.c: the simulated vendor on a socket (src/sim/pcs_server.c, pcs_delivery.c).
 */
#include "narrow_client.h"
#include "pcs_ask.h"
#include "sim/pcs_server.h"

/* ---- Faults on the wire ---- */

#define TARGET "/sgx/certification/v4/qe/identity"

typedef struct running {
    pcs_service *service;
    pcs_server *server;
    char url[PCS_URL_SIZE];
} running;

static int begin(void **state)
{
    static running r;
    const pcs_server_settings settings = { .listen = "127.0.0.1:0", .controls = PCS_CONTROLS_ON };
    r.service = pcs_ask_begin();
    assert_int_equal(pcs_server_start(&settings, r.service, &r.server, r.url, NULL), ASSAY_OK);
    *state = &r;
    return 0;
}

static int end(void **state)
{
    running *r = *state;
    pcs_server_stop(r->server);
    pcs_ask_end(r->service);
    return 0;
}

static void set_fault(const running *r, const char *rule)
{
    answer cleared = exchange(r->url, "POST", "/control/reset", "");
    answer a = exchange(r->url, "POST", "/control/faults", rule);
    assert_int_equal(status_of(&a), 200);
    free(cleared.text);
    free(a.text);
}

static void answers_whole_and_labelled(void **state)
{
    const running *r = *state;
    answer a = exchange(r->url, "GET", TARGET, "");
    assert_int_equal(status_of(&a), 200);
    assert_non_null(strstr(a.text, "Assay-Simulated: true"));
    assert_non_null(strstr(a.text, "SGX-Enclave-Identity-Issuer-Chain: -----BEGIN%20CERT"));
    assert_int_equal(body_size(&a), announced_size(&a));
    free(a.text);
    a = exchange(r->url, "GET", "/sgx/certification/v4/fmspcs?platform=%45%33", "");
    assert_non_null(strstr(a.text, "[{\"fmspc\":\"00906ED50000\",\"platform\":\"E3\"}]"));
    free(a.text);
}

static void cuts_bodies(void **state)
{
    const running *r = *state;
    set_fault(r, "truncate");
    answer a = exchange(r->url, "GET", TARGET, "");
    assert_int_equal(status_of(&a), 200);
    assert_int_equal(body_size(&a), announced_size(&a) / 2);
    free(a.text);
}

static void cuts_connections(void **state)
{
    const running *r = *state;
    set_fault(r, "disconnect");
    answer a = exchange(r->url, "GET", TARGET, "");
    assert_int_equal(a.size, 0);
    free(a.text);
}

static void waits(void **state)
{
    const running *r = *state;
    set_fault(r, "latency=300");
    answer a = exchange(r->url, "GET", TARGET, "");
    assert_int_equal(status_of(&a), 200);
    assert_true(a.took_ms >= 300);
    free(a.text);
    set_fault(r, "slow-body=10");
    a = exchange(r->url, "GET", TARGET, "");
    assert_int_equal(body_size(&a), announced_size(&a));
    assert_true(a.took_ms >= (int64_t)(body_size(&a) / 64 - 1) * 10);
    free(a.text);
}

static void floods(void **state)
{
    const running *r = *state;
    set_fault(r, "flood=100000");
    answer a = exchange(r->url, "GET", TARGET, "");
    assert_int_equal(announced_size(&a), 100000);
    assert_int_equal(body_size(&a), 100000);
    free(a.text);
}

static void takes_bodies_up_to_its_limit(void **state)
{
    const running *r = *state;
    int fd = connect_to(r->url);
    static char block[4096];
    char *text = malloc(ANSWER_MAX + 1);
    assert_non_null(text);
    const char head[] = "POST /sgx/registration/v1/platform HTTP/1.1\r\nHost: x\r\n"
                        "Connection: close\r\nContent-Length: 1200000\r\n\r\n";
    assert_int_equal(send(fd, head, sizeof(head) - 1, MSG_NOSIGNAL), sizeof(head) - 1);
    for (size_t left = 1200000; left > 0;) {
        size_t size = left < sizeof(block) ? left : sizeof(block);
        ssize_t sent = send(fd, block, size, MSG_NOSIGNAL);
        assert_true(sent > 0);
        left -= (size_t)sent;
    }
    answer a = { .text = text, .size = read_answer(fd, text) };
    assert_int_equal(status_of(&a), 413);
    free(text);
    close(fd);
}

static void stops_while_replies_wait(void **state)
{
    running *r = *state;
    set_fault(r, "latency=3600000");
    int fd = connect_to(r->url);
    send_request(fd, "GET", TARGET, "");
    answer log = { .text = NULL };
    int64_t deadline = now_ms() + DEADLINE_MS;
    do { /* until the request has come in */
        free(log.text);
        log = exchange(r->url, "GET", "/control/count", "");
    } while (strstr(log.text, "\r\n\r\n1\n") == NULL && now_ms() < deadline);
    free(log.text);
    int64_t begun = now_ms();
    pcs_server_stop(r->server);
    assert_true(now_ms() - begun < DEADLINE_MS);
    close(fd);
    const pcs_server_settings settings = { .listen = "127.0.0.1:0", .controls = PCS_CONTROLS_OFF };
    assert_int_equal(pcs_server_start(&settings, r->service, &r->server, r->url, NULL), ASSAY_OK);
    r->service->rules.count = 0;
    answer a = exchange(r->url, "GET", "/control/log", "");
    assert_int_equal(status_of(&a), 404);
    free(a.text);
}

static void refuses_addresses(void **state)
{
    const running *r = *state;
    char url[PCS_URL_SIZE];
    pcs_server *server;
    assay_error err;
    const struct {
        const char *listen;
        assay_status status;
    } rows[] = {
        { "8100", ASSAY_USAGE },
        { "127.0.0.1", ASSAY_USAGE },
        { "127.0.0.1:http", ASSAY_USAGE },
        { "localhost:0", ASSAY_USAGE },
        { ":0", ASSAY_USAGE },
        { "192.0.2.1:0", ASSAY_ENVIRONMENT },
        { strstr(r->url, "127."), ASSAY_ENVIRONMENT },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const pcs_server_settings settings = { .listen = rows[i].listen };
        assert_row(rows[i].listen, pcs_server_start(&settings, r->service, &server, url, &err),
                   rows[i].status);
    }
    assert_non_null(strstr(err.detail, "in use"));
    const pcs_server_settings tls = { .listen = "127.0.0.1:0",
                                      .tls_certificate = SPAN_TEXT("no certificate"),
                                      .tls_key = SPAN_TEXT("no key") };
    assert_int_equal(pcs_server_start(&tls, r->service, &server, url, &err), ASSAY_ENVIRONMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_whole_and_labelled),
        cmocka_unit_test(cuts_bodies),
        cmocka_unit_test(cuts_connections),
        cmocka_unit_test(waits),
        cmocka_unit_test(floods),
        cmocka_unit_test(takes_bodies_up_to_its_limit),
        cmocka_unit_test(refuses_addresses),
        cmocka_unit_test(stops_while_replies_wait),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
