#!/usr/bin/env python3
"""server.py DIRECTORY DNS-ADDRESS DNS-PORT: servers for posttls-finger, each of another kind, and a name server.

Makes certificates in DIRECTORY. Prints `NAME VALUE` for all that stands in cases.txt as {NAME}: ports, fingerprints,
certificates; then an empty line. Ends with its standard input."""
import base64, datetime, hashlib, os, socket, socketserver, ssl, subprocess, sys, threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../twin"))
import run

D = sys.argv[1]
V = ssl.TLSVersion


def openssl(*args):
    subprocess.run(["openssl", *args], cwd=D, check=True, capture_output=True)


def certificates():
    for name, subject, san in (("ca", "/O=Twin/CN=Twin CA", None), ("self", "/CN=self.example", None),
                               ("s", "/CN=mx.finger.example", "DNS:mx.finger.example,DNS:*.wild.example"),
                               ("other", "/CN=other.example", "DNS:other.example"),
                               ("expired", "/CN=mx.finger.example", "DNS:mx.finger.example"), ("future", "/CN=mx.finger.example", "DNS:mx.finger.example")):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", name + ".key")
        if san is None:
            openssl("req", "-x509", "-new", "-key", name + ".key", "-days", "3650", "-subj", subject, "-out", name + ".pem",
                    "-addext", "basicConstraints=critical,CA:TRUE")
            continue
        openssl("req", "-new", "-key", name + ".key", "-subj", subject, "-out", name + ".csr")
        with open(D + "/ext", "w") as f:
            f.write("subjectAltName=%s\nbasicConstraints=CA:FALSE\n" % san)
        if name in ("expired", "future"):
            day = datetime.datetime.now(datetime.timezone.utc)
            begin, end = ((-20, -10) if name == "expired" else (10, 20))
            when = lambda days: (day + datetime.timedelta(days)).strftime("%Y%m%d%H%M%SZ")
            open(D + "/index", "w").close(), open(D + "/serial", "w").write("77\n")
            with open(D + "/ca.cnf", "w") as f:
                f.write("[ca]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\n")
            openssl("ca", "-batch", "-config", "ca.cnf", "-name", "ca", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", name + ".csr", "-out", name + ".pem",
                    "-notext", "-extfile", "ext", "-startdate", when(begin), "-enddate", when(end))
        else:
            openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650",
                    "-extfile", "ext", "-out", name + ".pem")
        with open(D + "/" + name + "-chain.pem", "w") as f:
            f.write(open(D + "/" + name + ".pem").read() + open(D + "/ca.pem").read())
        with open(D + "/" + name + "-all.pem", "w") as f:
            f.write(open(D + "/" + name + ".key").read() + open(D + "/" + name + ".pem").read())


def values():
    """Digests of each certificate and of its key, and its PEM lines."""
    out = {}
    for name in ("ca", "self", "s", "other", "expired", "future"):
        pem = open("%s/%s.pem" % (D, name)).read()
        der = ssl.PEM_cert_to_DER_cert(pem)
        key = subprocess.run("openssl x509 -in %s.pem -noout -pubkey | openssl pkey -pubin -outform der" % name, shell=True, cwd=D,
                             check=True, capture_output=True).stdout
        for what, octets in (("cert", der), ("pkey", key)):
            for alg in ("sha256", "sha1"):
                hexa = hashlib.new(alg, octets).hexdigest().upper()
                out["%s_%s_%s" % (name, what, alg)] = ":".join(hexa[i:i + 2] for i in range(0, len(hexa), 2))
        for what, octets in (("cert", der), ("pkey", key)):
            out["%s_%s_full" % (name, what)] = octets.hex().upper()
            out["%s_%s_512" % (name, what)] = hashlib.sha512(octets).hexdigest().upper()
        out["%s_cert_sha1hex" % name] = hashlib.sha1(der).hexdigest().upper()
        out["%s_cert_hex" % name] = hashlib.sha256(der).hexdigest().upper()
        out["%s_pkey_hex" % name] = hashlib.sha256(key).hexdigest().upper()
        out["%s_pem" % name] = base64.b64encode(der).decode()
    return out


def context(name, high=None, client=False, tickets=True):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    chain = D + "/" + name + "-chain.pem"
    c.load_cert_chain(chain if os.path.exists(chain) else D + "/" + name + ".pem", D + "/" + name + ".key")
    c.minimum_version = V.TLSv1_2
    if high:
        c.maximum_version = high
    if not tickets:
        c.num_tickets = 0
        c.options |= ssl.OP_NO_TICKET
    if client:
        c.verify_mode = ssl.CERT_OPTIONAL
        c.load_verify_locations(D + "/ca.pem")
    return c


def kinds():
    good = context("s")
    return {
        "plain": dict(ctx=good), "tls12": dict(ctx=context("s", high=V.TLSv1_2)), "wrapped": dict(ctx=good, wrapped=True),
        "notls": dict(), "refuses": dict(ctx=good, starttls="454 4.7.0 TLS not available"),
        "banner": dict(banner="554 5.3.2 go away"),
        "multi": dict(ctx=good, banner="220-mx.finger.example ESMTP\r\n220-second line\r\n220 third"),
        "noehlo": dict(ehlo="502-5.5.1 what\r\n502 5.5.1 is that"), "selfsigned": dict(ctx=context("self")),
        "other": dict(ctx=context("other")), "broken": dict(ctx=good, broken=True), "closes": dict(closes=True),
        "silent": dict(silent=True), "halts": dict(ctx=good, halts=True), "gone": dict(ctx=good, gone="EHLO"),
        "gonetls": dict(ctx=good, gone="STARTTLS"), "quitless": dict(ctx=good, gone="QUIT"),
        "client": dict(ctx=context("s", client=True)), "lmtp": dict(ctx=good, lmtp=True),
        "noticket": dict(ctx=context("s", tickets=False)), "odd": dict(ctx=good, banner="220 b\xe9\x07 ESMTP"),
        "moves": dict(ctx=good, moves=True), "expired": dict(ctx=context("expired")), "future": dict(ctx=context("future")),
        # Each has TLSA records of its own in zone.txt.
        **{"d" + name: dict(ctx=good) for name in "300 301 302 310 312 bad 200 201 202 210 211 212 000 101 m3 s2 u4 short empty mixed all two".split()},
        "dself": dict(ctx=context("self")), "dselfca": dict(ctx=context("self")), "dname": dict(ctx=context("other")),
        "dexpired": dict(ctx=context("expired")), "dexpiredca": dict(ctx=context("expired")),
    }


class Talk(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            self.talk(self.server.kind)
        except OSError:
            pass

    def talk(self, k):
        s = self.request
        if k.get("closes"):
            return
        if k.get("silent"):
            self.server.over.wait(20)
            return
        if k.get("wrapped"):
            s = k["ctx"].wrap_socket(s, server_side=True)
        f = s.makefile("rwb")

        def say(text):
            f.write(text.encode("latin1") + b"\r\n")
            f.flush()
        name = "mx.finger.example"
        if k.get("moves"):
            self.server.count += 1
            name = "mx%d.finger.example" % self.server.count
        say(k.get("banner", "220 %s ESMTP ready" % name))
        secure = bool(k.get("wrapped"))
        while True:
            line = f.readline()
            word = line.decode("latin1").strip().split(" ")[0].upper()
            if not line or word == k.get("gone"):
                return
            if word in ("EHLO", "LHLO"):
                if "ehlo" in k:
                    say(k["ehlo"])
                    continue
                if (word == "LHLO") != bool(k.get("lmtp")):
                    say("500 5.5.1 unknown")
                    continue
                offers = [name, "PIPELINING"] + (["STARTTLS"] if "ctx" in k and not secure else []) + ["8BITMIME"]
                for each in offers[:-1]:
                    say("250-" + each)
                say("250 " + offers[-1])
            elif word == "STARTTLS":
                say(k.get("starttls", "220 2.0.0 Ready to start TLS"))
                if "starttls" in k:
                    continue
                if k.get("halts"):
                    self.server.over.wait(20)
                    return
                if k.get("broken"):
                    s.recv(4096)
                    s.sendall(b"not TLS at all\r\n")
                    s.recv(1)
                    return
                s = k["ctx"].wrap_socket(s, server_side=True)
                f = s.makefile("rwb")
                secure = True
            elif word == "QUIT":
                say("221 2.0.0 Bye")
                return
            else:
                say("500 5.5.1 unknown")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    count = 0
    over = threading.Event()


class Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    count = 0
    over = threading.Event()


def main():
    certificates()
    named = values()
    all_kinds = kinds()
    for name, kind in all_kinds.items():
        server = Server(("127.0.0.1", 0), Talk)
        server.kind = kind
        threading.Thread(target=server.serve_forever, daemon=True).start()
        named[name] = server.server_address[1]
    unix = Unix(D + "/lmtp.sock", Talk)
    unix.kind = all_kinds["lmtp"]
    # Postfix's connects as mail_owner.
    os.chmod(D + "/lmtp.sock", 0o777)
    threading.Thread(target=unix.serve_forever, daemon=True).start()
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    named["nobody"] = free.getsockname()[1]
    zone = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "zone.txt")).read()
    for name, value in named.items():
        zone = zone.replace("{%s}" % name, str(value))
    dns = run.Dns(sys.argv[2], int(sys.argv[3]))
    dns.load(zone)
    named["dns"] = dns.u.getsockname()[1]
    for name, value in named.items():
        print(name, value)
    print(flush=True)
    sys.stdin.read()


main()
