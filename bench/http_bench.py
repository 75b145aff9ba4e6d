#!/usr/bin/python3
"""http_bench [--http PORT --http-pid PID --https PORT --https-pid PID --certificate FILE --key FILE
            --ca FILE --name TEXT] [--path NAME=PATH]... [--rounds N] [--show]: our HTTP server against nginx.

nginx serves the same bytes as static files, with the same headers and the same certificate. Both run on
the first core that this process may use, the load comes from the second. Rounds are interleaved, and
each figure is the median of the rounds' ratios, ours to nginx's, of requests per second of the
server's processor time: what a core can do, whoever else is on the machine, and even where the load
generator is the slower one.

Without arguments it measures bench/fixed_server, which has nothing but the HTTP server in it. With them,
a server that is running: assayd. Rows as in bench.h. Without nginx, wrk or a second core: no rows, and
standard error says why.
"""
import argparse
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BODIES = {"tcb": 3000, "pckcert": 1600, "rootcacrl": 600}
LOAD_CLIENTS = 8  # of tls_load
IDLE_WARM_UP, IDLE_CONNECTIONS = 50, 1000
CHAIN_SIZE = 1900  # an issuer chain, percent-encoded
OWN_HEADERS = {"date", "content-length", "connection", "keep-alive"}
# What is measured: name, scheme, load, limit.
ROWS = [
    ("HTTP, kept alive", "http", "wrk", 0.95),
    ("HTTPS, kept alive", "https", "wrk", 0.7),
    ("HTTPS, new connections", "https", "full", 0.9),
    ("HTTPS, resumed sessions", "https", "resumed", 0.9),
]
CONFIGURATION = """daemon off;
worker_processes 1;
pid nginx.pid;
error_log nginx.log;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    sendfile on; tcp_nopush on; open_file_cache max=100; keepalive_requests 1000000000;
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:sessions:10m;
    ssl_certificate %(certificate)s; ssl_certificate_key %(key)s;
    server {
        listen 127.0.0.1:%(http)d; listen 127.0.0.1:%(https)d ssl;
        root %(root)s;
        %(locations)s
    }
}
"""


def missing(why):
    print("http_bench: nothing measured: " + why, file=sys.stderr)
    sys.exit(0)


def pin(pid, core):
    for task in os.listdir("/proc/%d/task" % pid):
        os.sched_setaffinity(int(task), {core})


def processor_seconds(pid):
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, task), encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Server:
    """Something to be measured: ports, and the processes that do the work."""

    def __init__(self, http, https, pid, https_pid=None):
        self.port = {"http": http, "https": https}
        self.pid = {"http": pid, "https": https_pid or pid}


def make_certificate(folder):
    key, certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "certificate.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, stderr=subprocess.DEVNULL)
    return certificate, key


def start_fixed(folder, certificate, key, started):
    site = os.path.join(folder, "fixed")
    os.mkdir(site)
    for name, size in BODIES.items():
        with open(os.path.join(site, name + ".body"), "wb") as file:
            file.write(b"x" * size)
        with open(os.path.join(site, name + ".headers"), "w", encoding="ascii", newline="") as file:
            file.write("Content-Type: application/json\r\nTCB-Info-Issuer-Chain: %s\r\n"
                       % ("c" * CHAIN_SIZE))
    run = subprocess.Popen([os.path.join(HERE, "fixed_server"), site, certificate, key],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    started.append(run)
    http, https = map(int, run.stdout.readline().split())
    return Server(http, https, run.pid)


def fetch(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    reply = connection.getresponse()
    body = reply.read()
    if reply.status != 200:
        sys.exit("http_bench: %s is answered with %d" % (path, reply.status))
    return body, [(name, value) for name, value in reply.getheaders()
                  if name.lower() not in OWN_HEADERS]


def location(root, name, path, port):
    """The file for one path, and nginx's words for its headers."""
    body, headers = fetch(port, path)
    with open(os.path.join(root, name), "wb") as file:
        file.write(body)
    words = ['types { }']
    for header, value in headers:
        if header.lower() == "content-type":
            words.append('default_type "%s"' % value)
        else:
            words.append('add_header %s "%s"' % (header, value.replace('"', '\\"')))
    return "location = /%s { %s }" % (name, " ".join(w + (";" if "{" not in w else "") for w in words))


def start_nginx(folder, program, paths, ours, certificate, key, started):
    root = os.path.join(folder, "root")
    os.mkdir(root)
    os.chmod(folder, 0o755)
    http, https = free_ports(2)
    locations = "\n        ".join(location(root, name, path, ours.port["http"])
                                  for name, path in paths.items())
    configuration = os.path.join(folder, "nginx.conf")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(CONFIGURATION % {"certificate": os.path.abspath(certificate),
                                    "key": os.path.abspath(key), "http": http,
                                    "https": https, "root": root, "locations": locations})
    run = subprocess.Popen([program, "-p", folder, "-c", configuration, "-e", "nginx.log"])
    started.append(run)
    for _ in range(200):
        with open("/proc/%d/task/%d/children" % (run.pid, run.pid), encoding="ascii") as file:
            workers = file.read().split()
        if workers:
            time.sleep(0.2)
            return Server(http, https, int(workers[0]))
        if run.poll() is not None:
            break
        time.sleep(0.05)
    sys.exit("http_bench: nginx doesn't start")


def load(kind, scheme, port, path, core, ca):
    """Requests that were answered well."""
    pinned = ["taskset", "-c", str(core)]
    if kind == "wrk":
        run = subprocess.run(pinned + ["wrk", "-t1", "-c16", "-d1",
                                       "%s://127.0.0.1:%d%s" % (scheme, port, path)],
                             check=True, stdout=subprocess.PIPE, text=True)
        if "Non-2xx" in run.stdout:
            sys.exit("http_bench: wrong replies:\n" + run.stdout)
        return int(re.search(r"(\d+) requests in", run.stdout).group(1))
    run = subprocess.run(pinned + [os.path.join(HERE, "tls_load"), str(port), path, "0.7", kind, ca],
                         check=True, stdout=subprocess.PIPE, text=True)
    answered, resumed = map(int, run.stdout.split())
    if kind == "resumed" and answered - resumed > LOAD_CLIENTS:  # the first one of each is new
        sys.exit("http_bench: only %d of %d sessions were resumed" % (resumed, answered))
    return answered


def rate(server, kind, scheme, path, core, ca):
    before = processor_seconds(server.pid[scheme])
    count = load(kind, scheme, server.port[scheme], path, core, ca)
    return count / (processor_seconds(server.pid[scheme]) - before)


def measure(options, paths, ours, nginx, core):
    for name, path in paths.items():
        for what, scheme, kind, limit in ROWS:
            ratios, rates = [], []
            for number in range(options.rounds + 1):
                pair = [(ours, path), (nginx, "/" + name)]
                if number % 2:
                    pair.reverse()
                found = {server: rate(server, kind, scheme, at, core, options.ca)
                         for server, at in pair}
                if number > 0:  # the first one warms up
                    ratios.append(found[ours] / found[nginx])
                    rates.append((found[ours], found[nginx]))
            print("%s%s, %s\t%.4g\tof nginx\t>=\t%g"
                  % (options.name, what, name, statistics.median(ratios), limit), flush=True)
            if options.show:
                print("    %.0f and %.0f requests per second of processor time; ratios %s"
                      % (statistics.median(r[0] for r in rates),
                         statistics.median(r[1] for r in rates),
                         " ".join("%.2f" % one for one in sorted(ratios))), file=sys.stderr)


def resident(pid):
    with open("/proc/%d/statm" % pid, encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def idle_memory(options, path, ours):
    """kB of the server for each idle connection that has had a reply."""
    context = ssl.create_default_context(cafile=options.ca)
    request = ("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path).encode()
    kept, before = [], 0
    for number in range(IDLE_WARM_UP + IDLE_CONNECTIONS):
        if number == IDLE_WARM_UP:
            before = resident(ours.pid["https"])
        plain = socket.create_connection(("127.0.0.1", ours.port["https"]), timeout=10)
        kept.append(context.wrap_socket(plain, server_hostname="localhost"))
        kept[-1].sendall(request)
        while not kept[-1].recv(65536):
            pass
    used = resident(ours.pid["https"]) - before
    for one in kept:
        one.close()
    print("%smemory of an idle TLS connection\t%.4g\tkB\t<=\t50"
          % (options.name, used / IDLE_CONNECTIONS / 1000), flush=True)


def parsed():
    parser = argparse.ArgumentParser()
    for name in ("--http", "--http-pid", "--https", "--https-pid"):
        parser.add_argument(name, type=int)
    for name in ("--certificate", "--key", "--ca"):
        parser.add_argument(name)
    parser.add_argument("--name", default="")
    parser.add_argument("--path", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--show", action="store_true")
    return parser.parse_args()


def main():
    options = parsed()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    cores = sorted(os.sched_getaffinity(0))
    program = shutil.which("nginx")
    if program is None or shutil.which("wrk") is None or len(cores) < 2:
        missing("it needs nginx, wrk and two cores")
    started = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            if options.http is None:
                options.certificate, options.key = make_certificate(folder)
                options.ca = options.certificate
                ours = start_fixed(folder, options.certificate, options.key, started)
                paths = {name: "/" + name for name in BODIES}
            else:
                ours = Server(options.http, options.https, options.http_pid, options.https_pid)
                paths = dict(one.split("=", 1) for one in options.path)
            nginx = start_nginx(folder, program, paths, ours, options.certificate, options.key, started)
            for server in (ours, nginx):
                for pid in server.pid.values():
                    pin(pid, cores[0])
            idle_memory(options, next(iter(paths.values())), ours)
            if options.rounds > 0:
                measure(options, paths, ours, nginx, cores[1])
        finally:
            for run in reversed(started):
                run.send_signal(signal.SIGTERM)
                run.wait()


if __name__ == "__main__":
    main()
