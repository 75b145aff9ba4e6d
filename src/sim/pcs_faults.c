/* pcs_faults.c: what the faults of the simulated vendor do, one row each, and their rules. */
#include "sim/pcs_faults.h"

#include <fnmatch.h>

#include "sim/options.h"

/* ---- How items are made ---- */

static void sign_by_another(uint64_t value, const pcs_vendor *vendor, pcs_issue *issue)
{
    (void)value, (void)vendor;
    issue->signing = SIM_KEY_FOREIGN;
}

static void expire(uint64_t days, const pcs_vendor *vendor, pcs_issue *issue)
{
    issue->end = issue->now - (int64_t)days * SIM_DAY;
    issue->shift = issue->end - (int64_t)vendor->days * SIM_DAY - issue->date;
    issue->date += issue->shift;
}

static void roll_back(uint64_t days, const pcs_vendor *vendor, pcs_issue *issue)
{
    (void)vendor;
    issue->shift = -(int64_t)days * SIM_DAY;
    issue->date += issue->shift;
}

static void post_date(uint64_t days, const pcs_vendor *vendor, pcs_issue *issue)
{
    roll_back(0, vendor, issue);
    issue->shift = (int64_t)days * SIM_DAY;
    issue->date += issue->shift;
}

static void lower_number(uint64_t value, const pcs_vendor *vendor, pcs_issue *issue)
{
    (void)vendor;
    issue->lower = (uint32_t)value;
}

static void drop_chain(uint64_t value, const pcs_vendor *vendor, pcs_issue *issue)
{
    (void)value, (void)vendor;
    issue->chain = PCS_CHAIN_MISSING;
}

static void change_chain(uint64_t value, const pcs_vendor *vendor, pcs_issue *issue)
{
    (void)value, (void)vendor;
    issue->chain = PCS_CHAIN_FOREIGN;
}

static void change_vendor(uint64_t value, const pcs_vendor *vendor, pcs_issue *issue)
{
    sign_by_another(value, vendor, issue);
    change_chain(value, vendor, issue);
}

static void change_subject(uint64_t value, const pcs_vendor *vendor, pcs_issue *issue)
{
    (void)value, (void)vendor;
    issue->subject = PCS_ANOTHER;
}

/* ---- Replies ---- */

static void set_status(uint64_t value, pcs_reply *reply)
{
    pcs_refuse(reply, (unsigned)value, "simulated fault");
}

static void limit_rate(uint64_t value, pcs_reply *reply)
{
    sim_bytes seconds = { 0 };
    pcs_refuse(reply, 429, "simulated fault: too many requests");
    bytes_add_format(&seconds, "%llu", (unsigned long long)value);
    pcs_reply_header(reply, "Retry-After", bytes_span(&seconds));
    bytes_free(&seconds);
}

static void be_garbage(uint64_t value, pcs_reply *reply)
{
    (void)value;
    bytes_replace(&reply->body, 0, reply->body.size,
                  SPAN_TEXT("{\"tcbInfo\":{\"id\":\"SGX\",\xff"));
}

static void be_html(uint64_t value, pcs_reply *reply)
{
    (void)value;
    reply->type = "text/html";
    bytes_replace(&reply->body, 0, reply->body.size,
                  SPAN_TEXT("<html><body>Please log in to the network.</body></html>\n"));
}

static void be_empty(uint64_t value, pcs_reply *reply)
{
    (void)value;
    bytes_replace(&reply->body, 0, reply->body.size, (assay_span) { NULL, 0 });
}

static void flip_byte(uint64_t value, pcs_reply *reply)
{
    if (reply->body.size > 0)
        reply->body.data[value % reply->body.size] ^= 1;
}

static void warn(uint64_t value, pcs_reply *reply)
{
    (void)value;
    pcs_reply_header(reply, "Warning",
                     SPAN_TEXT("299 - \"simulated: this version of the API will end\""));
}

/* ---- Delivery ---- */

static void wait_first(uint64_t value, pcs_delivery *delivery)
{
    delivery->wait_ms += value;
}

static void drip(uint64_t value, pcs_delivery *delivery)
{
    delivery->drip_ms = value;
}

static void truncate_body(uint64_t value, pcs_delivery *delivery)
{
    (void)value;
    delivery->truncated = true;
}

static void disconnect(uint64_t value, pcs_delivery *delivery)
{
    (void)value;
    delivery->disconnected = true;
}

static void flood(uint64_t value, pcs_delivery *delivery)
{
    delivery->flood = value;
}

/* In the order in which they are shown. */
const pcs_fault pcs_faults[] = {
    { .name = "latency",
      .argument = "MS",
      .value = 1000,
      .summary = "wait before the reply",
      .deliver = wait_first },
    { .name = "rate-limit",
      .argument = "SECONDS",
      .value = 1,
      .summary = "429 with Retry-After",
      .reply = limit_rate },
    { .name = "throttle",
      .argument = "SECONDS",
      .value = 10,
      .summary = "429 to all but one request in so many seconds, as KDS does",
      .reply = limit_rate,
      .spaced = true },
    { .name = "status",
      .argument = "CODE",
      .value = 503,
      .summary = "this status instead of an answer",
      .reply = set_status },
    { .name = "truncate",
      .value = 0,
      .summary = "half of the body, then the connection is cut",
      .deliver = truncate_body },
    { .name = "disconnect",
      .value = 0,
      .summary = "the connection is cut without a reply",
      .deliver = disconnect },
    { .name = "slow-body",
      .argument = "MS",
      .value = 100,
      .summary = "wait between pieces of 64 bytes",
      .deliver = drip },
    { .name = "flood",
      .argument = "BYTES",
      .value = 1 << 30,
      .summary = "a body of that many spaces",
      .deliver = flood },
    { .name = "garbage",
      .value = 0,
      .summary = "a body that is no JSON, PEM or DER",
      .reply = be_garbage },
    { .name = "html",
      .value = 0,
      .summary = "the page of a captive portal, with 200",
      .reply = be_html },
    { .name = "empty", .value = 0, .summary = "200 with an empty body", .reply = be_empty },
    { .name = "flip",
      .argument = "OFFSET",
      .value = 100,
      .summary = "one bit of the body flipped",
      .reply = flip_byte },
    { .name = "wrong-signature",
      .value = 0,
      .summary = "signed by another key, under the genuine chain",
      .issue = sign_by_another },
    { .name = "wrong-chain",
      .value = 0,
      .summary = "signed well, but with the chain of a foreign root",
      .issue = change_chain },
    { .name = "other-vendor",
      .value = 0,
      .summary = "signed by another vendor with the same names, with its chain",
      .issue = change_vendor },
    { .name = "no-chain", .value = 0, .summary = "no issuer chain header", .issue = drop_chain },
    { .name = "expired",
      .argument = "DAYS",
      .value = 1,
      .summary = "nextUpdate that many days ago",
      .issue = expire },
    { .name = "not-yet",
      .argument = "DAYS",
      .value = 7,
      .summary = "issued that many days from now",
      .issue = post_date },
    { .name = "rollback",
      .argument = "DAYS",
      .value = 7,
      .summary = "issued that many days before what was served last",
      .issue = roll_back },
    { .name = "lower-number",
      .argument = "N",
      .value = 1,
      .summary = "an evaluation data number that much lower than the channel's",
      .issue = lower_number },
    { .name = "other-item",
      .value = 0,
      .summary = "the item of another FMSPC, CA, enclave or platform",
      .issue = change_subject },
    { .name = "warning", .value = 0, .summary = "a Warning header on a good reply", .reply = warn },
    { .name = NULL },
};

/* ---- Rules ---- */

static const pcs_fault *fault_named(const char *name)
{
    for (const pcs_fault *row = pcs_faults; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

static assay_status unknown_fault(const char *name, assay_error *err)
{
    const char *names[40] = { NULL };
    for (size_t i = 0; i + 1 < 40 && pcs_faults[i].name != NULL; i++)
        names[i] = pcs_faults[i].name;
    return sim_option_unknown("fault", "fault", name, names, err);
}

/* "NAME" or "NAME=VALUE". */
static assay_status take_fault(char *word, pcs_rule *rule, assay_error *err)
{
    char *value = strchr(word, '=');
    if (value != NULL)
        *value++ = '\0';
    rule->fault = fault_named(word);
    if (rule->fault == NULL)
        return unknown_fault(word, err);
    rule->value = rule->fault->value;
    if (value == NULL)
        return ASSAY_OK;
    if (rule->fault->argument == NULL)
        return fail(err, ASSAY_USAGE, "fault", ASSAY_NO_OFFSET, "%s takes no value", word);
    bool status = rule->fault->reply == set_status;
    TRY(sim_option_number(word, value, status ? 599 : UINT32_MAX, &rule->value, err));
    if (status && rule->value < 200)
        return fail(err, ASSAY_USAGE, word, ASSAY_NO_OFFSET, "want 200 to 599");
    return ASSAY_OK;
}

static assay_status take_limit(char *word, pcs_rule *rule, assay_error *err)
{
    if (strncmp(word, "times=", 6) == 0)
        return sim_option_number("times", word + 6, UINT32_MAX, &rule->times, err);
    if (strncmp(word, "skip=", 5) == 0)
        return sim_option_number("skip", word + 5, UINT32_MAX, &rule->skip, err);
    if (strncmp(word, "path=", 5) != 0 || strlen(word + 5) >= PCS_PATTERN_SIZE)
        return fail(err, ASSAY_USAGE, "fault", ASSAY_NO_OFFSET,
                    "%s: want path=PATTERN, times=N or skip=N", word);
    memcpy(rule->pattern, word + 5, strlen(word + 5) + 1);
    return ASSAY_OK;
}

static assay_status parse_rule(assay_span text, pcs_rule *rule, assay_error *err)
{
    char words[PCS_RULE_TEXT_SIZE], *rest = words, *word;
    if (text.size == 0 || text.size >= sizeof(words))
        return fail(err, ASSAY_USAGE, "fault", ASSAY_NO_OFFSET, "a rule of 1 to %d characters",
                    PCS_RULE_TEXT_SIZE - 1);
    memcpy(words, text.data, text.size);
    words[text.size] = '\0';
    memcpy(rule->text, words, text.size + 1);
    rule->times = UINT64_MAX;
    TRY(take_fault(strsep(&rest, ","), rule, err));
    while ((word = strsep(&rest, ",")) != NULL)
        TRY(take_limit(word, rule, err));
    return ASSAY_OK;
}

assay_status pcs_rules_add(pcs_rules *rules, assay_span text, assay_error *err)
{
    pcs_rule rule = { .fault = NULL };
    if (rules->count == PCS_RULE_MAX)
        return fail(err, ASSAY_USAGE, "fault", ASSAY_NO_OFFSET, "at most %d rules", PCS_RULE_MAX);
    TRY(parse_rule(text, &rule, err));
    rules->rows[rules->count++] = rule;
    return ASSAY_OK;
}

/* Whether a rule that fits strikes, and with which value. */
static bool strikes(pcs_rule *rule, int64_t seconds, uint64_t *value)
{
    *value = rule->value;
    if (rule->skip > 0) {
        rule->skip--;
        return false;
    }
    if (rule->fault->spaced && seconds >= rule->free_at) {
        rule->free_at = seconds + (int64_t)rule->value;
        return false;
    }
    if (rule->fault->spaced)
        *value = (uint64_t)(rule->free_at - seconds);
    if (rule->times != UINT64_MAX)
        rule->times--;
    rule->struck++;
    return true;
}

size_t pcs_rules_strike(pcs_rules *rules, const char *target, int64_t seconds, pcs_rule *out)
{
    size_t count = 0;
    for (size_t i = 0; i < rules->count; i++) {
        pcs_rule *rule = &rules->rows[i];
        uint64_t value;
        if (rule->times == 0 ||
            (rule->pattern[0] != '\0' && fnmatch(rule->pattern, target, 0) != 0) ||
            !strikes(rule, seconds, &value))
            continue;
        out[count] = *rule;
        out[count++].value = value;
    }
    return count;
}
