#!/usr/bin/python3
"""service_openapi_test.py BUILD_DIR: docs/openapi.json against what assayd replies: every path and method of
the file is asked well and badly, and each reply is looked up in it: code, content type, headers, members."""
import json
import os
import subprocess
import sys
from urllib.parse import quote

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "soak"))
from service import ADMIN, Assayd, Place, Vendor, pck_path, request

FILE = os.path.join(HERE, "..", "docs", "openapi.json")
METHODS = ("get", "put", "post", "delete")  # in this order: what was made is taken away last
ROOT_CRL = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"
CHIP, SHORT_CHIP, TCB = "ab" * 64, "ab" * 8, "DB18000000000004"
SPLS = "blSPL=4&teeSPL=0&snpSPL=24&ucodeSPL=219"
RULES = {"description": "of a test", "rules": []}


class Good:
    """A request that is answered with 2xx: what stands for {rest}, the query, the body; `unknown` is
    another {rest} or query that is answered with 404."""

    def __init__(self, rest="", query="", body=None, unknown=None):
        self.rest, self.query, self.unknown = rest, query, unknown
        self.body = body if body is None or isinstance(body, str) else json.dumps(body)


def good_requests(platform, policy, export):
    """By the tag of the operation and its method."""
    fmspc = "fmspc=" + platform["fmspc"]
    machine = "%s_%s" % (platform["qe_id"], platform["pce_id"])
    pck = pck_path(platform).split("?")[1]
    nowhere = "fmspc=FFFFFFFFFFFF"
    registration = {name: platform[name]
                    for name in ("qe_id", "pce_id", "cpu_svn", "pce_svn", "enc_ppid")}
    return {
        ("tcb", "get"): [Good(query=fmspc, unknown=nowhere)],
        ("qe_identity", "get"): [Good(), Good(query="update=early")],
        ("qve_identity", "get"): [Good()],
        ("qae_identity", "get"): [Good()],
        ("pckcrl", "get"): [Good(query="ca=platform"), Good(query="ca=processor&encoding=der")],
        ("rootcacrl", "get"): [Good()],
        ("crl", "get"): [Good(query="uri=" + ROOT_CRL)],
        ("numbers", "get"): [Good()],
        ("fmspcs", "get"): [Good(), Good(query="platform=E5")],
        ("pckcert", "get"): [Good(query=pck)],
        ("thim_pckcert", "get"): [Good(query=pck)],
        ("platforms", "post"): [Good(body=registration)],
        ("platforms", "get"): [Good(query="source=reg"), Good(query="source=[%s]" % platform["fmspc"])],
        ("admin_platforms", "get"): [Good(), Good(query="limit=1")],
        ("admin_platform", "get"): [Good(rest=machine, unknown="00_0000")],
        ("admin_platform", "delete"): [Good(rest=machine, unknown="00_0000")],
        ("platformcollateral", "put"): [Good(body=export)],
        ("import", "post"): [Good(query="form=ndjson", body=json.dumps(platform) + "\n"),
                             Good(query="form=platformcollateral", body=export)],
        ("export", "get"): [Good(), Good(query="form=ndjson")],
        ("appraisalpolicy", "put"): [Good(body=policy)],
        ("appraisalpolicy", "get"): [Good(query=fmspc, unknown=nowhere)],
        ("amd_chain", "get"): [Good()],
        ("amd_crl", "get"): [Good()],
        ("vcek", "get"): [Good(rest=CHIP, query=SPLS)],
        ("thim_amd", "get"): [Good(query="platformId=%s&tcbVersion=%s&productName=Milan" % (CHIP, TCB))],
        ("thim_amd_global", "get"): [Good(rest=CHIP + "/" + TCB, unknown="nothing")],
        ("collateral", "get"): [Good(query=fmspc + "&tee=" + tee, unknown=nowhere + "&tee=" + tee)
                                for tee in ("sgx", "tdx")],
        ("refresh", "get"): [Good()],
        ("refresh", "post"): [Good(query="type=certs")],
        ("baselines", "get"): [Good()],
        ("baseline", "get"): [Good(rest="standard", unknown="nothing"), Good(rest="default")],
        ("baseline", "put"): [Good(rest="tested", body=RULES, unknown="tested/nothing")],
        ("baseline", "post"): [Good(rest="early/plan", unknown="nothing/plan"), Good(rest="tested/promote")],
        ("status", "get"): [Good()],
        ("items", "get"): [Good()],
        ("audit", "get"): [Good()],
        ("refresh_status", "get"): [Good()],
        ("refresh_start", "post"): [Good()],
        ("tokens", "get"): [Good()],
        ("tokens", "post"): [Good(body={"name": "tested", "scopes": ["read"]})],
        ("tokens", "delete"): [Good(rest="tested", unknown="nothing")],
        ("healthz", "get"): [Good()],
        ("readyz", "get"): [Good()],
        ("metrics", "get"): [Good()],
        ("openapi", "get"): [Good()],
    }


class Operation:
    """One method of one path of the file."""

    def __init__(self, file, path, method):
        self.file, self.path, self.method = file, path, method
        self.said = file["paths"][path][method]
        self.key = (self.said["tags"][0], method)
        self.guarded = "security" in self.said

    def wants_header(self, name):
        return any(one["in"] == "header" and one["name"] == name and one["required"]
                   for one in self.said["parameters"])

    def headers(self):
        found = {"Metadata": "true"} if self.wants_header("Metadata") else {}
        if self.guarded and self.path.startswith("/assay/"):
            found["Authorization"] = "Bearer " + ADMIN
        elif self.guarded:
            found["admin-token"] = ADMIN
        return found

    def response(self, code):
        said = self.said["responses"].get(str(code))
        if said is not None and "$ref" in said:
            said = self.file["components"]["responses"][said["$ref"].split("/")[-1]]
        return said


class Walk:
    """Asks, looks each reply up, and remembers what does not fit."""

    def __init__(self, service):
        self.service, self.wrong, self.replies = service, [], 0

    def ask(self, operation, codes, rest="", query="", body=None, headers=None):
        administration = operation.path.startswith("/assay/") or operation.path == "/metrics"
        path = operation.path.replace("{rest}", quote(rest)) + ("?" + query if query else "")
        reply = request(self.service.admin if administration else self.service.url,
                        operation.method.upper(), path, body or "", headers)
        self.replies += 1
        for what in differences(operation, reply, codes):
            self.wrong.append("%s %s: %s" % (operation.method, path[:120], what))
        return reply

    def well(self, operation, good):
        headers = operation.headers()
        reply = self.ask(operation, range(200, 300), good.rest, good.query, good.body, headers)
        if "ETag" in reply.headers and operation.response(304):
            self.ask(operation, [304], good.rest, good.query, good.body,
                     {**headers, "If-None-Match": reply.headers["ETag"]})

    def badly(self, operation, good):
        headers = operation.headers()
        query = "nonsense=1" + ("&" + good.query if good.query else "")
        self.ask(operation, [400], good.rest, query, good.body, headers)
        if operation.guarded:
            self.ask(operation, [401], good.rest, good.query, good.body)
        if good.body is not None:
            self.ask(operation, [400], good.rest, good.query, "{", headers)
        if "Metadata" in headers:
            self.ask(operation, [400], good.rest, good.query, good.body)
        if good.unknown is not None:
            rest, query = (good.unknown, good.query) if "{rest}" in operation.path else ("", good.unknown)
            self.ask(operation, [404], rest, query, good.body, headers)


def differences(operation, reply, codes):
    """What the file says otherwise, or the code that was not expected."""
    said = operation.response(reply.code)
    if reply.code not in codes:
        yield "answered with %d: %s" % (reply.code, reply.body[:200])
    if said is None:
        yield "code %d is not in the file" % reply.code
        return
    for name in said["headers"]:
        if name not in reply.headers:
            yield "%d comes without %s" % (reply.code, name)
    if "content" not in said:
        if reply.body:
            yield "%d comes with a body" % reply.code
        return
    content = said["content"].get(reply.headers["Content-Type"])
    if content is None:
        yield "%d is of type %s" % (reply.code, reply.headers["Content-Type"])
    elif reply.headers["Content-Type"] == "application/json":
        found = json.loads(reply.body)
        for member in content.get("schema", {}).get("required", []):
            if member not in found:
                yield "%d comes without member %s" % (reply.code, member)


def walk_all(walk, file, requests):
    operations = [Operation(file, path, method) for method in METHODS
                  for path in file["paths"] if method in file["paths"][path]]
    if sum(len(methods) for methods in file["paths"].values()) != len(operations):
        walk.wrong.append("the file has methods other than %s" % (METHODS,))
    for operation in operations:
        if operation.key not in requests:
            walk.wrong.append("%s %s: nobody asks for it" % (operation.method, operation.path))
        for good in requests.get(operation.key, []):
            walk_one(walk, operation, good)
    for key in set(requests) - {operation.key for operation in operations}:
        walk.wrong.append("%s %s: not in the file" % key)
    return operations


def walk_one(walk, operation, good):
    if "/Turin/{rest}" in operation.path:
        good = Good(SHORT_CHIP, SPLS + "&fmcSPL=1")
    walk.badly(operation, good)
    walk.well(operation, good)


# ---- Preparation ----

SGX_PLATFORM_CLASS = "3123ec35-8d38-4ea5-87a5-d6c48b567570"


def policy_of(place, platform):
    """The body of PUT appraisalpolicy, with a policy signed by a new key."""
    text, key, token = place.path("policy.json"), place.path("policy.pem"), place.path("policy.jwt")
    with open(text, "w", encoding="utf-8") as file:
        json.dump({"policy_array": [{"environment": {"class_id": SGX_PLATFORM_CLASS},
                                     "reference": {"accepted_tcb_status": ["UpToDate"]}}]}, file)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    place.run("assay", "key", "new", "--alg", "ES384", "--output", key, **quiet)
    place.run("assay", "policy", "sign", text, "--key", key, "--output", token, **quiet)
    with open(token, encoding="ascii") as file:
        return {"is_default": True, "fmspc": platform["fmspc"], "policy": file.read().strip()}


def prepared(place, service):
    """A registered platform, a policy and an export; the requests that need them."""
    made = place.run("assay-sim", "fleet", "--count", "1", stdout=subprocess.PIPE).stdout
    platform = json.loads(made)
    policy = policy_of(place, platform)
    service.register(platform)
    for tee in ("sgx", "tdx"):
        service.get("/assay/v1/collateral?fmspc=%s&tee=%s" % (platform["fmspc"], tee))
    export = service.ask_admin("GET", "/assay/v1/export").body.decode()
    service.ask_admin("PUT", "/sgx/certification/v4/appraisalpolicy", json.dumps(policy))
    return good_requests(platform, policy, export)


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    with open(FILE, encoding="utf-8") as opened:
        file = json.load(opened)
    with Place(build) as place:
        vendor = Vendor(place).start()
        service = Assayd(place, vendor.url).start()
        walk = Walk(service)
        operations = walk_all(walk, file, prepared(place, service))
        if json.loads(service.get("/assay/v1/openapi.json").body) != file:
            walk.wrong.append("assayd serves another file than docs/openapi.json")
    for line in walk.wrong:
        print("openapi: " + line)
    print("openapi: %d replies to %d operations, %d differences"
          % (walk.replies, len(operations), len(walk.wrong)))
    return 1 if walk.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
