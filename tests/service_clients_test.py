#!/usr/bin/python3
"""service_clients_test.py BUILD_DIR: clients that we did not write, or wrote to be as narrow as Intel's,
get their collateral from assayd, and what they got verifies a simulated quote. Exit code 77 when they are
not installed."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "soak"))
from service import Assayd, Place, Vendor, request

CLIENTS = os.path.join(HERE, "clients")
QUOTES = [("tdx-v5", "platform", "tdx"), ("tdx-v4", "platform", "tdx"),
          ("sgx-v3", "platform", "sgx"), ("sgx-v3-processor", "processor", "sgx")]
# As in the guide: what an administrator types to see whether a cache works.
GUIDE = [
    "curl -sS --fail-with-body '{url}/sgx/certification/v4/rootcacrl'",
    "curl -sS --fail-with-body '{url}/sgx/certification/v4/pckcrl?ca=platform'",
    "curl -sS --fail-with-body '{url}/sgx/certification/v4/qe/identity'",
    "curl -sS --fail-with-body '{url}/tdx/certification/v4/tcb?fmspc={fmspc}&update=early'",
    "curl -sS --fail-with-body -D - '{url}/sgx/certification/v3/tcb?fmspc={fmspc}' | grep -qi '^warning: 299'",
    "curl -sS --fail-with-body -H 'admin-token: admin-secret' '{url}/sgx/certification/v4/platforms?source=reg'",
]


def must(words, **more):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        sys.exit("clients: %s ended with %d\n%s" % (words, done.returncode, done.stdout))
    return done.stdout.strip()


def quote_of(place, profile):
    folder = place.path(profile)
    place.run("assay-sim", "vendor", "new", "--profile", profile, "--out", folder,
              stderr=subprocess.DEVNULL)
    must(["openssl", "x509", "-in", os.path.join(folder, "root.pem"), "-outform", "der", "-out",
          os.path.join(folder, "root.der")])
    return folder


def fmspc_of(folder):
    with open(os.path.join(folder, "tcb_info.json"), encoding="utf-8") as file:
        return file.read().split('"fmspc":"')[1][:12].upper()


def registered(place, service, profile):
    """The platform of the quote is registered, as its PCK ID retrieval tool would; what QPL says of it.
    The simulated worlds of one seed share a QE-ID: only one of them can be registered."""
    made = place.run("assay-sim", "fleet", "--profile", profile, stdout=subprocess.PIPE).stdout
    platform = json.loads(made)
    if service.register(platform).code not in (200, 201):
        sys.exit("clients: the platform of %s is not registered" % profile)
    return ["--pck"] + [platform[name] for name in ("qe_id", "enc_ppid", "cpu_svn", "pce_svn", "pce_id")]


def check_quote(place, service, profile, ca, tee):
    folder = quote_of(place, profile)
    status = must(["node", os.path.join(CLIENTS, "collateral.mjs"), service.url,
                   os.path.join(folder, "quote.bin"), os.path.join(folder, "root.der")])
    if status.split()[0] != "UpToDate":
        sys.exit("clients: dcap-qvl says %s of %s" % (status, profile))
    got = place.path(profile + "-qpl")
    must([os.path.join(CLIENTS, "qpl_client.py"), service.url + "/sgx/certification/v4/",
          fmspc_of(folder), ca, tee, got,
          *(registered(place, service, profile) if profile == QUOTES[0][0] else [])])
    for version in ("3.0", "3.1"):
        must([place.program("assay"), "verify", os.path.join(folder, "quote.bin"), "--collateral",
              os.path.join(got, version), "--root", os.path.join(folder, "root.pem")])
    return fmspc_of(folder)


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    if not os.path.isdir(os.path.join(CLIENTS, "node_modules/@phala/dcap-qvl")):
        print("clients: @phala/dcap-qvl is missing; run: tools/install-dependencies check")
        return 77
    with Place(build) as place:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url).start()
        fmspc = [check_quote(place, service, profile, ca, tee) for profile, ca, tee in QUOTES][0]
        for command in GUIDE:
            must(["sh", "-c", command.format(url=service.url, fmspc=fmspc)])
        if request(service.admin, "GET", "/healthz").code != 200:
            sys.exit("clients: assayd is not well afterwards")
    print("clients: %d quotes by dcap-qvl and a QPL client, %d commands of the guide"
          % (len(QUOTES), len(GUIDE)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
