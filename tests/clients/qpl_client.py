#!/usr/bin/python3
"""qpl_client.py BASE FMSPC CA TEE FOLDER [--pck QEID PPID CPUSVN PCESVN PCEID] [--cacert FILE]

Asks a service for collateral as Intel's quote provider library does, and is as narrow as it is: a new
connection for every request, header lines split at ": ", hex CRLs under API 3.0 and DER ones under
3.1, the root CRL by "crl?uri=" with the address not escaped, issuer chains percent-decoded, chain and
body within 64 KiB. Writes what it got as the seven items of a collateral folder, once for each API
version (FOLDER/3.0, FOLDER/3.1). Any reply that such a client would not understand ends it with 1."""
import os
import re
import socket
import ssl
import sys
from urllib.parse import unquote, urlsplit

ROOM = 64 * 1024
ROOT_CRL = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"


class Service:
    def __init__(self, base, authority):
        parts = urlsplit(base)
        self.secure, self.host, self.port = parts.scheme == "https", parts.hostname, parts.port
        self.path = parts.path.rstrip("/") + "/"
        self.context = ssl.create_default_context(cafile=authority) if self.secure else None

    def get(self, path):
        """One request on a connection of its own: (code, headers, body)."""
        with socket.create_connection((self.host, self.port), timeout=20) as plain:
            wire = plain
            if self.secure:
                wire = self.context.wrap_socket(plain, server_hostname=self.host)
            wire.sendall(("GET %s HTTP/1.1\r\nHost: %s:%d\r\nAccept: */*\r\n\r\n"
                          % (path, self.host, self.port)).encode())
            return read_reply(wire)


def read_reply(wire):
    received = b""
    while b"\r\n\r\n" not in received:
        more = wire.recv(65536)
        if not more:
            sys.exit("qpl: the connection ended inside the head")
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, found, value = line.partition(": ")
        if found:
            headers[name.lower()] = value
    while len(body) < int(headers["content-length"]):
        more = wire.recv(65536)
        if not more:
            sys.exit("qpl: the connection ended inside the body")
        body += more
    return int(lines[0].split(" ")[1]), headers, body


def item(service, what, path, chains):
    code, headers, body = service.get(path)
    if code != 200 or not body:
        sys.exit("qpl: %s: HTTP %d for %s" % (what, code, path))
    chain = next((headers[name] for name in chains if name in headers), None)
    if chains and chain is None:
        sys.exit("qpl: %s: none of %s in the reply" % (what, ", ".join(chains)))
    if len(chain or "") + len(body) >= ROOM:
        sys.exit("qpl: %s: chain and body are %d bytes" % (what, len(chain or "") + len(body)))
    return body, unquote(chain or "").encode(), headers


def crl(body, minor, what):
    """3.0: text of hex digits; 3.1: DER."""
    if minor == 1:
        if body[:1] != b"\x30":
            sys.exit("qpl: %s: no DER" % what)
        return body
    if not re.fullmatch(rb"(?:[0-9a-fA-F]{2})+", body):
        sys.exit("qpl: %s: no hex" % what)
    return bytes.fromhex(body.decode())


def collateral(service, fmspc, ca, tee, minor):
    encoding = "&encoding=der" if minor == 1 else ""
    tee_path = service.path.replace("/sgx/", "/tdx/", 1) if tee == "tdx" else service.path
    pck_crl, pck_chain, _ = item(service, "pckcrl", "%spckcrl?ca=%s%s" % (service.path, ca, encoding),
                                 ["sgx-pck-crl-issuer-chain"])
    tcb, tcb_chain, _ = item(service, "tcb", "%stcb?fmspc=%s&update=standard" % (tee_path, fmspc),
                             ["sgx-tcb-info-issuer-chain", "tcb-info-issuer-chain"])
    identity, identity_chain, _ = item(service, "qe/identity",
                                       "%sqe/identity?update=standard" % tee_path,
                                       ["sgx-enclave-identity-issuer-chain"])
    root_path = "crl?uri=" + ROOT_CRL if minor == 1 else "rootcacrl"
    root_crl, _, _ = item(service, "root CRL", service.path + root_path, [])
    item(service, "qve/identity", service.path + "qve/identity?update=standard",
         ["sgx-enclave-identity-issuer-chain"])
    return {
        "tcb_info.json": tcb, "tcb_info_issuer_chain.pem": tcb_chain,
        "qe_identity.json": identity, "qe_identity_issuer_chain.pem": identity_chain,
        "root_ca_crl.der": crl(root_crl, minor, "root CRL"),
        "pck_crl.der": crl(pck_crl, minor, "PCK CRL"), "pck_crl_issuer_chain.pem": pck_chain,
    }


def pck_certificate(service, fmspc, qe_id, ppid, cpu_svn, pce_svn, pce_id):
    path = ("%spckcert?qeid=%s&encrypted_ppid=%s&cpusvn=%s&pcesvn=%s&pceid=%s"
            % (service.path, qe_id, ppid or "00" * 384, cpu_svn, pce_svn, pce_id))
    leaf, chain, headers = item(service, "pckcert", path, ["sgx-pck-certificate-issuer-chain"])
    if not re.fullmatch("[0-9a-fA-F]{36}", headers.get("sgx-tcbm", "")):
        sys.exit("qpl: pckcert: SGX-TCBm is %s" % headers.get("sgx-tcbm"))
    if headers.get("sgx-fmspc", "").lower() != fmspc.lower():
        sys.exit("qpl: pckcert: SGX-FMSPC is %s" % headers.get("sgx-fmspc"))
    return {"pck_certificate_chain.pem": leaf + chain, "tcbm": headers["sgx-tcbm"].encode()}


def write(folder, files):
    os.makedirs(folder, exist_ok=True)
    for name, content in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)


def main():
    words = sys.argv[1:]
    authority = None
    if "--cacert" in words:
        at = words.index("--cacert")
        authority, words = words[at + 1], words[:at] + words[at + 2:]
    base, fmspc, ca, tee, folder = words[:5]
    service = Service(base, authority)
    for minor in (0, 1):
        write(os.path.join(folder, "3.%d" % minor), collateral(service, fmspc, ca, tee, minor))
    if len(words) > 6 and words[5] == "--pck":
        write(folder, pck_certificate(service, fmspc, *words[6:11]))
    print("qpl: %s collateral of %s in both API versions" % (tee, fmspc))


if __name__ == "__main__":
    main()
