#!/usr/bin/python3
"""service_bench.py BUILD_DIR [--platforms N]: assayd with few and with a million platforms, cold, crashed
and idle: one row for each limit, in the form of bench.h. Both are measured in the same run, one after the
other, on the same core. Progress goes to standard error."""
import json
import os
import random
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/soak"))
from service import USER, Assayd, Place, Vendor, connected, pck_path, port_of, request, until

MANY, FEW, SAMPLE, ROUNDS = 1000000, 1000, 100000, 5
SERVER_CORE, LOAD_CORE = "0", "1"
ON_SERVER_CORE = ["taskset", "-c", SERVER_CORE]


def row(name, value, unit, bound, limit):
    print("%s\t%.4f\t%s\t%s\t%g" % (name, value, unit, bound, limit), flush=True)


def tell(text):
    print("service_bench: " + text, file=sys.stderr, flush=True)


# ---- A service with many platforms ---------------------------------------------------------------


def filled(place, vendor, name, count, sample):
    """assayd with `count` platforms of the simulator; the paths that ask for some of them."""
    service = Assayd(place, vendor.url, name, wrapper=ON_SERVER_CORE,
                     keys={"server.loops": 1, "server.body_size": "64M", "log.requests": "no",
                           "cache.memory": "16M", "access.requests_per_second": 0}).start()
    prefetch(service)
    paths, began, done = [], time.monotonic(), 0
    fleet = subprocess.Popen([place.program("assay-sim"), "fleet", "--count", str(count), "--certs", "1"],
                             stdout=subprocess.PIPE)
    for batch in batches(fleet.stdout, 5000):
        reply = service.ask_admin("POST", "/assay/v1/import?form=ndjson", b"".join(batch))
        if reply.code != 200:
            sys.exit("the import gave %d: %s" % (reply.code, reply.body[:500]))
        for line in random.sample(batch, min(len(batch), max(1, len(batch) * sample // count))):
            paths.append(pck_path(json.loads(line)))
        done += len(batch)
        if done % 100000 == 0:
            tell("%d platforms after %.0f s" % (done, time.monotonic() - began))
    fleet.wait()
    tell("%d platforms in %.0f s" % (done, time.monotonic() - began))
    return service, paths


def batches(lines, size):
    batch = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def prefetch(service):
    for path in ("/sgx/certification/v4/pckcrl?ca=platform", "/sgx/certification/v4/pckcrl?ca=processor",
                 "/sgx/certification/v4/rootcacrl", "/sgx/certification/v4/qe/identity",
                 "/tdx/certification/v4/qe/identity"):
        if service.get(path).code != 200:
            sys.exit("%s is not to be had" % path)


# ---- The time of one answer ------------------------------------------------------------------------

LUA = """
local paths = {}
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
math.randomseed(tonumber(os.getenv("BENCH_SEED")))
request = function() return wrk.format("GET", paths[math.random(#paths)]) end
done = function(summary, latency, requests)
    local bad = summary.errors.status + summary.errors.connect + summary.errors.read
    io.stderr:write(string.format("P99 %d BAD %d\\n", latency:percentile(99), bad))
end
"""


def p99(place, service, paths, number):
    """Microseconds within which 99 of 100 answers come, two connections asking."""
    with open(place.path("paths"), "w", encoding="ascii") as file:
        file.write("\n".join(paths) + "\n")
    with open(place.path("ask.lua"), "w", encoding="ascii") as file:
        file.write(LUA)
    run = subprocess.run(["taskset", "-c", LOAD_CORE, "wrk", "-t", "1", "-c", "2", "-d", "3", "-s",
                          place.path("ask.lua"), service.url], stderr=subprocess.PIPE, text=True,
                         stdout=subprocess.DEVNULL, check=True,
                         env=dict(os.environ, BENCH_PATHS=place.path("paths"), BENCH_SEED=str(number)))
    found = re.search(r"P99 (\d+) BAD (\d+)", run.stderr)
    if found.group(2) != "0":
        sys.exit("%s answers were no 200" % found.group(2))
    return int(found.group(1))


def median(values):
    return sorted(values)[len(values) // 2]


def many_beside_few(place, vendor, count):
    few, few_paths = filled(place, vendor, "few", FEW, FEW)
    many, many_paths = filled(place, vendor, "many", count, SAMPLE)
    ratios = []
    for number in range(ROUNDS):
        slow = p99(place, many, many_paths, number)
        fast = p99(place, few, few_paths, number)
        ratios.append(slow / fast)
        tell("pckcert p99: %d us with %d platforms, %d us with %d" % (slow, count, fast, FEW))
    row("pckcert p99, %d platforms" % count, median(ratios), "of that with %d" % FEW, "<=", 3)
    few.stop()
    return many


# ---- A baseline plan, a crash, the file ------------------------------------------------------------


def plan(service, count):
    began = time.monotonic()
    reply = service.ask_admin("POST", "/assay/v1/baselines/early/plan")
    took = time.monotonic() - began
    if reply.code != 200:
        sys.exit("the plan gave %d: %s" % (reply.code, reply.body[:500]))
    row("baseline plan over %d platforms" % count, took, "s", "<=", 10)


def crash(place, service):
    stop = threading.Event()

    def writes():
        number = 0
        while not stop.is_set():
            number += 1
            try:
                service.ask_admin("POST", "/sgx/certification/v4/refresh")
            except OSError:
                return

    writer = threading.Thread(target=writes)
    writer.start()
    time.sleep(0.5)
    service.kill()
    stop.set()
    writer.join()
    began = time.monotonic()
    service.start()
    until("ready", 30, lambda: request(service.admin, "GET", "/readyz").code == 200)
    row("ready again after kill -9", time.monotonic() - began, "s", "<=", 2)


def file_size(place, count):
    size = sum(os.path.getsize(place.path("many", name)) for name in os.listdir(place.path("many")))
    row("SQLite file, one certificate each", size / count, "bytes a platform", "<=", 4096)


def memory_of_many(place, service, paths_file):
    sockets = [connected(service.url) for _ in range(100)]
    subprocess.run(["taskset", "-c", LOAD_CORE, "wrk", "-t", "1", "-c", "100", "-d", "5", "-s",
                    place.path("ask.lua"), service.url], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL,
                   env=dict(os.environ, BENCH_PATHS=paths_file, BENCH_SEED="7"))
    row("memory at 100 connections", service.memory() / 1e6, "MB", "<=", 64)
    for one in sockets:
        one.close()


# ---- Empty, idle, cold -----------------------------------------------------------------------------


def idle_memory(place, vendor):
    service = Assayd(place, vendor.url, "empty").start()
    row("memory, idle and empty", service.memory() / 1e6, "MB", "<=", 20)
    service.stop()


# ---- Beside nginx ------------------------------------------------------------------------------------


def beside_nginx(place, vendor):
    """The rows of http_bench, with the whole service behind them: one that speaks TLS, one that doesn't."""
    place.run("assayd", "init", place.path("tls"), stdout=subprocess.DEVNULL)
    certificate, key = place.path("tls", "tls-certificate.pem"), place.path("tls", "tls-key.pem")
    common = {"server.loops": 1, "server.connections_per_address": 0, "log.requests": "no"}
    plain = Assayd(place, vendor.url, "plain", keys=common).start()
    secure = Assayd(place, vendor.url, "secure", keys=dict(
        common, **{"server.certificate_file": certificate, "server.key_file": key})).start()
    made = place.run("assay-sim", "fleet", "--count", 1, "--certs", 1, stdout=subprocess.PIPE).stdout
    platform = json.loads(made)
    paths = {"tcb": "/tdx/certification/v4/tcb?fmspc=50806F000000",
             "pckcert": ("/sgx/certification/v4/pckcert?qeid=%s&cpusvn=%s&pcesvn=%s&pceid=%s"
                         % tuple(platform[name] for name in ("qe_id", "cpu_svn", "pce_svn", "pce_id"))),
             "rootcacrl": "/sgx/certification/v4/rootcacrl"}
    if plain.register(platform).code not in (200, 201):
        sys.exit("the platform is not registered")
    enter_secure(place, secure, certificate, platform)
    words = [os.path.join(place.build, "bench/http_bench"), "--name", "assayd, ",
             "--http", port_of(plain.url), "--http-pid", plain.process.pid,
             "--https", port_of(secure.url), "--https-pid", secure.process.pid,
             "--certificate", certificate, "--key", key, "--ca", certificate]
    for name, path in paths.items():
        words += ["--path", "%s=%s" % (name, path)]
    subprocess.run([str(word) for word in words], check=True)
    plain.stop()
    secure.stop()


def enter_secure(place, service, certificate, platform):
    """Registers the platform over TLS."""
    body = json.dumps({name: platform[name]
                       for name in ("qe_id", "pce_id", "cpu_svn", "pce_svn", "enc_ppid")})
    subprocess.run(["curl", "-sS", "--fail-with-body", "--cacert", certificate, "-o", os.devnull,
                    "-H", "user-token: " + USER, "-H", "Content-Type: application/json", "-d", body,
                    "https://localhost:%d/sgx/certification/v4/platforms" % port_of(service.url)],
                   check=True)


def cold_burst(place, vendor, count=1000):
    """`count` requests at once for one key that nobody has asked for before."""
    service = Assayd(place, vendor.url, "cold", wrapper=ON_SERVER_CORE,
                     keys={"server.connections_per_address": 0}).start()
    vendor.control("reset")
    vendor.control("faults", "latency=500,path=*tcb*")
    text = b"GET /tdx/certification/v4/tcb?fmspc=50806F000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    sockets = [connected(service.url) for _ in range(count)]
    for one in sockets:
        one.sendall(text)
    good = sum(received(one).startswith(b"HTTP/1.1 200") for one in sockets)
    asked = int(request(vendor.url, "GET", "/control/count?path=*/tcb*").body)
    request(vendor.url, "DELETE", "/control/faults")
    row("cold burst of %d: answered 200" % count, good, "answers", ">=", count)
    row("cold burst of %d: upstream" % count, asked, "calls", "<=", 1)
    service.stop()


def received(one):
    data = b""
    while True:
        more = one.recv(65536)
        if not more:
            one.close()
            return data
        data += more


# ---- Two replicas ------------------------------------------------------------------------------------


def replicas(build, rounds=5):
    """Seconds from a refresh on one to its being served by the other; started again below
    tests/with-postgres."""
    with Place(build) as place:
        past = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - (rounds + 1) * 86400))
        vendor = Vendor(place, "--at", past).start()  # the vendor issues anew each of its days
        url = os.environ["ASSAY_STORE_URL"]
        one, other = [Assayd(place, vendor.url, name, keys={"store.url": url}).start()
                      for name in ("one", "other")]
        path = "/tdx/certification/v4/tcb?fmspc=50806F000000"
        waits = []
        for number in range(rounds):
            old = other.get(path).body
            vendor.control("clock?advance=86400")
            reply = one.ask_admin("POST", "/sgx/certification/v4/refresh")
            began = time.monotonic()
            if reply.code != 200:
                sys.exit("the refresh gave %d: %s" % (reply.code, reply.body[:300]))
            until("the other replica serves it", 30, lambda: other.get(path).body != old)
            waits.append(time.monotonic() - began)
        row("refreshed here, served by the other", max(waits), "s", "<=", 1)


def main():
    build = sys.argv[1] if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else "build"
    if "--replicas" in sys.argv:
        return replicas(build)
    count = int(sys.argv[sys.argv.index("--platforms") + 1]) if "--platforms" in sys.argv else MANY
    random.seed(1)
    with Place(build) as place:
        vendor = Vendor(place, "--platforms", count).start()
        idle_memory(place, vendor)
        beside_nginx(place, vendor)
        cold_burst(place, vendor)
        many = many_beside_few(place, vendor, count)
        plan(many, count)
        crash(place, many)
        memory_of_many(place, many, place.path("paths"))
        file_size(place, count)
    here = os.path.dirname(os.path.abspath(__file__))
    starter = os.path.join(here, "../tests/with-postgres")
    subprocess.run([starter, sys.executable, os.path.abspath(__file__), build, "--replicas"], check=True)
    return None


if __name__ == "__main__":
    sys.exit(main())
