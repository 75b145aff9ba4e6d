"""service.py: a simulated vendor and assayd as child processes, for tests and measurements.

Everything listens on loopback, on ports that the system chooses; everything is gone at the end of the
`with` block."""
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from urllib.parse import urlsplit

READY = re.compile(r"listening on (\S+?)(?: \(admin (\S+?)\))?$")
AS_ROOT = ["--allow-root"] if os.geteuid() == 0 else []
ADMIN, USER = "admin-secret", "user-secret"


def until(what, seconds, condition):
    """Polls until the condition holds; its value. Raises when it never does."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError("%s: not within %s s" % (what, seconds))
        time.sleep(0.02)


class Place:
    """A temporary folder that everybody may enter, and its children, ended in reverse order."""

    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.folder = tempfile.mkdtemp(prefix="assay-service-")
        self.children = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in reversed(self.children):
            child.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def program(self, name):
        return os.path.join(self.build, name)

    def run(self, *words, **more):
        return subprocess.run([self.program(words[0]), *map(str, words[1:])], check=True, **more)


class Child:
    """A program that says on standard output where it listens."""

    def __init__(self, place, name, words, environment=None, wrapper=()):
        self.place, self.name, self.words = place, name, words
        self.environment, self.wrapper = environment, list(wrapper)
        self.url = self.admin = None
        self.process = None
        self.log = place.path(name + ".log")
        place.children.append(self)

    def start(self, seconds=30):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.wrapper + [self.place.program(self.words[0]), *map(str, self.words[1:])],
                stdout=subprocess.PIPE, stderr=log, text=True, cwd=self.place.folder,
                env=dict(os.environ, **(self.environment or {})))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = READY.search(self.process.stdout.readline().rstrip("\n"))
            if found:
                self.url, self.admin = found.group(1), found.group(2)
                return self
            if self.process.poll() is not None:
                break
        raise RuntimeError("%s did not start:\n%s" % (self.name, self.said()))

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()[-4000:]

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=30):
        """By SIGTERM; the exit code, or None when it was not running."""
        if self.process is None or self.process.poll() is not None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def memory(self):
        """Resident bytes."""
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) * 1024


class Vendor(Child):
    """assay-sim pcs."""

    def __init__(self, place, *options):
        super().__init__(place, "vendor", ["assay-sim", "pcs", "--listen", "127.0.0.1:0", "--control",
                                           "--root-out", place.path("sgx-root.pem"),
                                           "--amd-root-out", place.path("amd-root.pem"), *options])

    def control(self, path, text=""):
        return request(self.url, "POST", "/control/" + path, text)

    def asked(self):
        """How often each path was asked for."""
        return json.loads(request(self.url, "GET", "/control/log").body)


class Assayd(Child):
    """assayd with its own state folder; `keys` are configuration lines ("upstream.mode")."""

    def __init__(self, place, vendor_url, name="assayd", keys=None, wrapper=(), environment=None):
        self.keys = {
            "server.listen": "127.0.0.1:0", "server.admin": "127.0.0.1:0",
            "store.state_directory": place.path(name),
            "upstream.pcs_url": "pcs " + vendor_url + "/sgx/certification/v4/",
            "upstream.kds_url": vendor_url + "/",
            "upstream.sgx_root_file": place.path("sgx-root.pem"),
            "upstream.amd_root_file": place.path("amd-root.pem"),
            "upstream.retry_times": 0,
            "access.admin_token_hash": hashlib.sha512(ADMIN.encode()).hexdigest(),
            "access.user_token_hash": hashlib.sha512(USER.encode()).hexdigest(),
        }
        self.keys.update(keys or {})
        os.makedirs(place.path(name), exist_ok=True)
        self.file = place.path(name + ".conf")
        super().__init__(place, name, ["assayd", "--config", self.file, *AS_ROOT, *sandbox_of(place)],
                         environment, wrapper)
        self.configure()

    def configure(self, **_):
        sections = {}
        for key, value in self.keys.items():
            section, name = key.split(".")
            sections.setdefault(section, []).append("%s = %s\n" % (name, value))
        with open(self.file, "w", encoding="utf-8") as file:
            for section, lines in sections.items():
                file.write("[%s]\n%s\n" % (section, "".join(lines)))

    def get(self, path, headers=None):
        return request(self.url, "GET", path, headers=headers)

    def ask_admin(self, method, path, body="", headers=None):
        """What PCCS has goes to the main listener, our own administration to its own."""
        ours = path.startswith("/assay/")
        token = {"Authorization": "Bearer " + ADMIN} if ours else {"admin-token": ADMIN}
        return request(self.admin if ours else self.url, method, path, body, {**token, **(headers or {})})

    def register(self, platform):
        """POST platforms with one line of `assay-sim fleet`."""
        body = {name: platform[name] for name in ("qe_id", "pce_id", "cpu_svn", "pce_svn", "enc_ppid")}
        return request(self.url, "POST", "/sgx/certification/v4/platforms", json.dumps(body),
                       {"user-token": USER, "Content-Type": "application/json"})


def sandbox_of(place):
    """What sanitizers do at the end of a process is more than the filter of system calls lets through."""
    with open(place.program("assayd"), "rb") as file:
        program = file.read()
    return ["--sandbox", "off"] if b"__asan_init" in program or b"__tsan_init" in program else []


class Reply:
    def __init__(self, code, headers, body):
        self.code, self.headers, self.body = code, headers, body


def request(base, method, path, body="", headers=None, seconds=60):
    """One request on a connection of its own."""
    parts = urlsplit(base)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    try:
        connection.request(method, path, body.encode() if isinstance(body, str) else body, headers or {})
        reply = connection.getresponse()
        return Reply(reply.status, reply.headers, reply.read())
    finally:
        connection.close()


def pck_path(platform):
    return ("/sgx/certification/v4/pckcert?qeid=%s&encrypted_ppid=%s&cpusvn=%s&pcesvn=%s&pceid=%s"
            % tuple(platform[name] for name in ("qe_id", "enc_ppid", "cpu_svn", "pce_svn", "pce_id")))


def port_of(url):
    return urlsplit(url).port


def connected(url):
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)
