#!/usr/bin/python3
"""soak.py BUILD_DIR [--long] [SCENARIO...]: assayd under what happens to services. Speaks TAP.

The short form is part of `make check`; the long form (`make soak`) kills 200 times instead of a few and
holds every load longer. A scenario that cannot be made here (no root for a tmpfs) says so and is
skipped."""
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from service import Assayd, Place, Vendor, connected, pck_path, port_of, request, until

CORPUS = ("/sgx/certification/v4/tcb?fmspc=%s", "/tdx/certification/v4/tcb?fmspc=%s",
          "/sgx/certification/v4/pckcrl?ca=platform", "/sgx/certification/v4/pckcrl?ca=processor",
          "/sgx/certification/v4/rootcacrl", "/sgx/certification/v4/qe/identity",
          "/tdx/certification/v4/qe/identity")
TDX_FMSPC = "50806F000000"


class Skip(Exception):
    pass


def wanted(condition, what):
    if not condition:
        raise AssertionError(what)


def fleet(place, count, *options):
    """Platforms as the simulator makes them, one dictionary each."""
    made = place.run("assay-sim", "fleet", "--count", count, *options, stdout=subprocess.PIPE)
    return [json.loads(line) for line in made.stdout.splitlines()]


def warm(service):
    for path in CORPUS:
        reply = service.get(path % TDX_FMSPC if "%s" in path else path)
        wanted(reply.code == 200, "%s gave %d: %s" % (path, reply.code, reply.body[:200]))


def known_platforms(service):
    """QE-IDs of all that the service has registered."""
    reply = service.ask_admin("GET", "/sgx/certification/v4/platforms?source=[]")
    wanted(reply.code == 200, "GET platforms gave %d" % reply.code)
    return {row["qe_id"].upper() for row in json.loads(reply.body)}


def check_store(place, service):
    place.run("assayd", "check-store", "--config", service.file, stdout=subprocess.DEVNULL)


def without_vendor(vendor, run):
    """`run` while every request to the vendor fails."""
    vendor.control("faults", "status=503")
    try:
        return run()
    finally:
        request(vendor.url, "DELETE", "/control/faults")


def each_serves(service, vendor, platforms):
    """A platform that is known has its certificates: nothing half-written."""
    def ask():
        for platform in platforms:
            reply = service.get(pck_path(platform))
            wanted(reply.code == 200, "%s is known and gives %d" % (platform["qe_id"], reply.code))
    without_vendor(vendor, ask)


# ---- Killed --------------------------------------------------------------------------------------


def killed(rounds, seconds, service, work):
    """Runs `work` and kills the service at a random moment of it, `rounds` times."""
    for number in range(rounds):
        worker = threading.Thread(target=swallow, args=(work, number))
        worker.start()
        time.sleep(random.uniform(0.01, seconds))
        service.kill()
        worker.join()
        service.start()
        yield number


def swallow(work, number):
    try:
        work(number)
    except (OSError, http.client.HTTPException):
        pass  # the service was killed under it


def killed_registering(long):
    with Place(BUILD) as place:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url).start()
        platforms = fleet(place, 40 if not long else 400, "--certs", 1)
        acknowledged = {}

        def work(number):
            for _ in range(50):
                platform = random.choice(platforms)
                if service.register(platform).code in (200, 201):
                    acknowledged[platform["qe_id"].upper()] = platform

        for _ in killed(3 if not long else 80, 0.4, service, work):
            lost = set(acknowledged) - known_platforms(service)
            wanted(not lost, "acknowledged and lost: %s" % sorted(lost))
        check_store(place, service)
        wanted(acknowledged, "nothing was registered")
        each_serves(service, vendor, list(acknowledged.values())[:50])


def killed_refreshing(long):
    with Place(BUILD) as place:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url).start()
        warm(service)
        place.run("assay-sim", "vendor", "new", "--profile", "tdx-v5", "--out", place.path("td"),
                  stderr=subprocess.DEVNULL)
        verifies(place, service)

        def work(number):
            for _ in range(20):
                service.ask_admin("POST", "/sgx/certification/v4/refresh")

        for _ in killed(3 if not long else 70, 0.5, service, work):
            without_vendor(vendor, lambda: verifies(place, service))
        check_store(place, service)


def verifies(place, service):
    done = subprocess.run([place.program("assay"), "verify", place.path("td/quote.bin"), "--pccs",
                           service.url + "/sgx/certification/v4/", "--root",
                           place.path("sgx-root.pem")], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True,
                          env=dict(os.environ, XDG_CACHE_HOME=tempfile.mkdtemp(dir=place.folder)))
    wanted(done.returncode == 0, "assay verify ended with %d:\n%s" % (done.returncode, done.stdout))


def killed_importing(long):
    with Place(BUILD) as place:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url).start()
        warm(service)
        platforms = fleet(place, 1500, "--certs", 1)
        lines = "".join(json.dumps(platform) + "\n" for platform in platforms)

        def work(number):
            service.ask_admin("POST", "/assay/v1/import?form=ndjson", lines)

        for _ in killed(3 if not long else 50, 1.0, service, work):
            known = known_platforms(service)
            there = [row for row in platforms if row["qe_id"].upper() in known]
            each_serves(service, vendor, random.sample(there, min(20, len(there))))
        check_store(place, service)
        reply = service.ask_admin("POST", "/assay/v1/import?form=ndjson", lines)
        wanted(reply.code == 200, "the last import gave %d: %s" % (reply.code, reply.body[:300]))
        wanted(len(known_platforms(service)) >= len(platforms), "not all of it is there")


# ---- The store fails -----------------------------------------------------------------------------


class Tmpfs:
    """A small file system of its own for the state folder."""

    def __init__(self, place, name, size):
        self.folder, self.size = place.path(name), size
        os.makedirs(self.folder)

    def __enter__(self):
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%s" % self.size, "tmpfs",
                                  self.folder], stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            raise Skip("no right to mount a tmpfs")
        return self

    def resize(self, size):
        subprocess.run(["mount", "-o", "remount,size=" + size, self.folder], check=True)

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.folder], check=True)


def still_served(service, what):
    for path in CORPUS[:3]:
        path = path % TDX_FMSPC if "%s" in path else path
        reply = service.get(path)
        wanted(reply.code == 200, "%s: %s gave %d" % (what, path, reply.code))


def disk_full(long):
    with Place(BUILD) as place, Tmpfs(place, "full", "1500k") as disk:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url, "full").start()
        warm(service)
        codes = {service.register(platform).code for platform in fleet(place, 400)}
        wanted(codes & {500, 503, 507}, "the disk never got full: %s" % codes)
        still_served(service, "with a full disk")
        disk.resize("64m")
        until("room is found again", 10, lambda: service.register(
            fleet(place, 1, "--first", 900)[0]).code in (200, 201))
        service.stop()
        check_store(place, service)


def read_only(long):
    """The files may be read and not written: said so, by name, and nothing is invented."""
    with Place(BUILD) as place:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url).start()
        warm(service)
        service.stop()
        os.chmod(place.folder, 0o755)
        for name in os.listdir(place.path("assayd")):
            os.chmod(place.path("assayd", name), 0o444)
        os.chmod(place.path("assayd"), 0o777)
        if os.geteuid() == 0:  # whom no mode stops
            service.wrapper = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            service.words.remove("--allow-root")
        try:
            service.start()
        except RuntimeError as refused:
            wanted("read_only" in str(refused), "the start fails for another reason: %s" % refused)
            return
        still_served(service, "read-only")
        code = service.register(fleet(place, 1)[0]).code
        wanted(code in (500, 503, 507), "a registration gave %d on a read-only store" % code)


def corrupt(long):
    with Place(BUILD) as place:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url).start()
        warm(service)
        for platform in fleet(place, 20):
            service.register(platform)
        service.stop()
        database = place.path("assayd", "assayd.db")
        size = os.path.getsize(database)
        with open(database, "r+b") as file:
            for at in range(4096, size - 4096, 4096 * 3):
                file.seek(at + random.randrange(100, 3000))
                file.write(os.urandom(900))
        done = subprocess.run([place.program("assayd"), "check-store", "--config", service.file],
                              stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        wanted(done.returncode not in (0, -11, -6), "check-store ended with %d" % done.returncode)
        wanted("corrupt" in (done.stderr + done.stdout), "it does not say corrupt: %s" % done.stderr)
        try:
            service.start()
        except RuntimeError as refused:
            wanted("corrupt" in str(refused), "the start fails for another reason: %s" % refused)
            return
        for path in CORPUS:
            reply = service.get(path % TDX_FMSPC if "%s" in path else path)
            wanted(reply.code in (200, 502, 503, 500, 404), "%s gave %d" % (path, reply.code))
        until("alive", 5, lambda: service.process.poll() is None)


# ---- The vendor is away --------------------------------------------------------------------------


def week_without_vendor(long):
    with Place(BUILD) as place:
        vendor = Vendor(place, "--days", 3).start()
        service = Assayd(place, vendor.url).start()
        warm(service)
        service.stop()
        vendor.stop()
        service.keys["server.clock_offset"] = 7 * 86400
        service.configure()
        service.start()
        path = CORPUS[1] % TDX_FMSPC
        reply = service.get(path)
        wanted(reply.code == 200, "after a week %s gave %d" % (path, reply.code))
        wanted(reply.headers.get("Warning", "").startswith("110"), "no Warning: 110")
        wanted(int(reply.headers.get("Age", "0")) > 6 * 86400, "Age: %s" % reply.headers.get("Age"))
        text = request(service.admin, "GET", "/metrics").body.decode()
        wanted("assayd_upstream_errors_total" in text or "assayd_upstream" in text,
               "the metrics do not tell of the vendor")
        wanted("nextupdate" in text.lower() or "next_update" in text.lower(),
               "the metrics do not tell when items end")


# ---- Clients that mean no good ---------------------------------------------------------------------


def slow_loris(long):
    with Place(BUILD) as place:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url, keys={"server.head_seconds": 2}).start()
        warm(service)
        sockets = [connected(service.url) for _ in range(200)]
        end = time.monotonic() + (4 if not long else 20)
        for one in sockets:
            one.sendall(b"GET /sgx/certification/v4/rootcacrl HTTP/1.1\r\nHost: x\r\n")
        closed = 0
        while time.monotonic() < end and closed < len(sockets):
            before = time.monotonic()
            still_served(service, "beside slow clients")
            wanted(time.monotonic() - before < 2, "others wait %.1f s" % (time.monotonic() - before))
            closed = sum(drip(one) for one in sockets)
        wanted(closed == len(sockets), "%d of %d were ended in time" % (closed, len(sockets)))


def drip(one):
    """Sends one more byte of the head; true when the other end has closed."""
    try:
        one.setblocking(False)
        one.send(b"X")
        return one.recv(1000) == b"" or True
    except BlockingIOError:
        return False
    except OSError:
        return True


def idle_connections(long):
    count = 10000 if long else 2000
    with Place(BUILD) as place:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url, keys={"server.connections_per_address": 0}).start()
        warm(service)
        sockets = [connected(service.url) for _ in range(count)]
        still_served(service, "beside %d idle connections" % count)
        for one in sockets:
            one.close()


def load(long):
    """Everything at once, with reloads: no request may fail."""
    with Place(BUILD) as place:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url).start()
        warm(service)
        platforms = fleet(place, 30, "--certs", 1)
        stop, failures = threading.Event(), []

        def client():
            connection = http.client.HTTPConnection("127.0.0.1", port_of(service.url), timeout=60)
            while not stop.is_set():
                path = random.choice(CORPUS)
                connection.request("GET", path % TDX_FMSPC if "%s" in path else path)
                reply = connection.getresponse()
                reply.read()
                if reply.status != 200:
                    failures.append("%s gave %d" % (path, reply.status))

        def registrar():
            while not stop.is_set():
                code = service.register(random.choice(platforms)).code
                if code not in (200, 201):
                    failures.append("a registration gave %d" % code)

        def operator():
            while not stop.is_set():
                service.ask_admin("POST", "/sgx/certification/v4/refresh")
                service.signal(1)  # SIGHUP
                time.sleep(0.3)

        workers = [threading.Thread(target=guarded, args=(run, failures))
                   for run in [client] * 6 + [registrar] * 2 + [operator]]
        for worker in workers:
            worker.start()
        time.sleep(5 if not long else 120)
        stop.set()
        for worker in workers:
            worker.join()
        wanted(not failures, "%d failures, the first: %s" % (len(failures), failures[:3]))
        wanted(service.stop() == 0, "assayd did not end well:\n%s" % service.said())


def guarded(run, failures):
    try:
        run()
    except (OSError, http.client.HTTPException) as error:
        failures.append("%s: %r" % (run.__name__, error))


# ---- PostgreSQL ------------------------------------------------------------------------------------


def postgres_restart(long):
    """The database goes away and comes back under load: 503 in between, never anything else."""
    url, control = os.environ.get("ASSAY_STORE_URL"), os.environ.get("ASSAY_POSTGRES_CONTROL")
    if not url or not control:
        raise Skip("run it through tests/with-postgres")
    with Place(BUILD) as place:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url, keys={"store.url": url}).start()
        warm(service)
        platforms = fleet(place, 20, "--certs", 1)
        for _ in range(1 if not long else 10):
            subprocess.run([control, "restart"], check=True, stdout=subprocess.DEVNULL)
            back = time.monotonic()
            codes = set()

            def registers():
                code = service.register(random.choice(platforms)).code
                codes.add(code)
                return code in (200, 201)

            def serves():
                """From memory, or by connections that had to be made anew."""
                got = {service.get(path % TDX_FMSPC if "%s" in path else path).code for path in CORPUS}
                codes.update(got)
                return got == {200}

            until("items are served again", 10, serves)
            until("registrations work again", 10, registers)
            wanted(codes <= {200, 201, 503}, "codes while it was away: %s" % sorted(codes))
            wanted(time.monotonic() - back < 10, "reconnecting took too long")


SCENARIOS = [killed_registering, killed_refreshing, killed_importing, disk_full, read_only, corrupt,
             week_without_vendor, slow_loris, idle_connections, load, postgres_restart]


def main():
    global BUILD
    words = [word for word in sys.argv[1:] if word != "--long"]
    long = "--long" in sys.argv
    BUILD = words[0] if words else "build"
    chosen = [row for row in SCENARIOS if not words[1:] or row.__name__ in words[1:]]
    random.seed(os.environ.get("SOAK_SEED"))
    print("1..%d" % len(chosen))
    failed = 0
    for number, scenario in enumerate(chosen, 1):
        try:
            scenario(long)
            print("ok %d - %s" % (number, scenario.__name__))
        except Skip as why:
            print("ok %d - %s # SKIP %s" % (number, scenario.__name__, why))
        except Exception:  # the next scenario is to run all the same
            failed += 1
            print("not ok %d - %s" % (number, scenario.__name__))
            print("".join("# %s\n" % line for line in traceback.format_exc().splitlines()), end="")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
