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
from service import Assayd, Place, Vendor, connected, pck_path, request, until

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


def tls_connections(place, vendor, count=2000):
    place.run("assayd", "init", place.path("tls"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    import ssl  # only here: the measured service is its own process
    pair = {"server.certificate_file": find(place.path("tls"), "cert"),
            "server.key_file": find(place.path("tls"), "key")}
    service = Assayd(place, vendor.url, "secure",
                     keys=dict(pair, **{"server.connections_per_address": 0})).start()
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    def open_some(number):
        opened = []
        for _ in range(number):
            one = context.wrap_socket(connected(service.url))
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            one.recv(4096)
            opened.append(one)
        return opened

    first = open_some(100)
    before = service.memory()
    rest = open_some(count)
    row("further idle TLS connection", (service.memory() - before) / count / 1000, "KB", "<=", 50)
    for one in first + rest:
        one.close()
    service.stop()


def find(folder, part):
    for name in sorted(os.listdir(folder)):
        if part in name and name.endswith(".pem"):
            return os.path.join(folder, name)
    sys.exit("assayd init made no %s" % part)


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
        tls_connections(place, vendor)
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
