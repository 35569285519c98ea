#!/usr/bin/env python3
"""Black-box SMTP dialogue runner.

    run.py HOST PORT CASEFILE... [--start CMD] [--stop CMD] [--work DIR]
           [--warm CMD] [--real-every N] [--share K/N]
           [--only GLOB] [--fill] [--verbose] [--json FILE] [--list]

For every distinct configuration that the cases ask for, the runner writes a
fresh configuration directory (main.cf, master.cf, tables), starts the server
with the shell command CMD, waits for HOST:PORT, plays the cases, and stops it.
With --warm, the shell command CMD runs for as long as the runner does and starts
and stops a server by order (org.postrider.WarmServer); the first and every Nth
configuration still gets a server of its own by --start. docs/twin.md has the
case format.

Placeholders in --start/--stop and in case text:
  {conf} {queue} {data} {work} {host} {port} {sink} {sinkport} {authsock}
  {policyport} {cert} {key} {resolv} {hosts}
Standard library only.  Exit status: number of failed cases, at most 99.
"""
import argparse, base64, fnmatch, hashlib, hmac, json, os, re, select, shutil, socket
import socketserver, ssl, struct, subprocess, sys, threading, time

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import ledger, milterserver, saslclient, saslserver

DEF_START = ("unshare -m --propagation private sh -c '"
             "mount --bind {resolv} /etc/resolv.conf && mount --bind {hosts} /etc/hosts && "
             "exec postfix -c {conf} start'")
DEF_STOP = "postfix -c {conf} stop"
# Seconds that are waited for what is to come: a fifth of them is enough where nothing else runs.
PATIENCE = 60
# What a configuration, a next hop, a milter or a policy server has to do with seconds. (One is as long as the smallest time that
# Postfix can be given.) Where a dialogue in which seconds count fails while other work holds it up, all of its server are played
# again until they have come out twice in a row, so often in all at most: what fails by turns is no matter of the machine. Of those in which
# seconds count, as many may be played again as this share of them, by the time for which the whole run was held up, and two.
SECONDS = re.compile(r"(?m)^\s*(-o )?(\w*(smtpd_timeout|starttls_timeout|proxy_timeout|policy_service_timeout|helo_timeout|mail_timeout|time_unit|status_update_time|refresh_time"
                     r"|expire_time|rate_delay|poll_count|poll_delay|max_idle|ipc_idle|delay_warning_time|error_sleep_time)|milter_\w+_timeout|postscreen_\w*(wait|timeout|time_limit))"
                     r" *= *[^\d\n]*[1-9]\d?s?\b|\bsleep \d")
TRIES = 5
HELD_UP = 0.2
MOST_AGAIN = 0.05
DNSADDR = os.environ.get("TWIN_DNS", "127.0.0.153")

BASE_MAIN = """\
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
maillog_file = {work}/maillog
maillog_file_prefixes = {work}
myhostname = mx.twin.example
mydomain = twin.example
myorigin = $mydomain
mydestination = $myhostname, $mydomain, localhost
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.2/32
alias_maps =
alias_database =
local_recipient_maps = texthash:{conf}/local_users
local_transport = smtp:[127.0.0.1]:{sinkport}
relayhost = [127.0.0.1]:{sinkport}
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
biff = no
smtputf8_enable = yes
"""
BASE_MASTER = """\
{host}:{port} inet n - n - - smtpd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
proxywrite unix -       -       n       -       1       proxymap
smtp      unix  -       -       n       -       -       smtp
relay     unix  -       -       n       -       -       smtp
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
local     unix  -       n       n       -       -       local
virtual   unix  -       n       n       -       -       virtual
lmtp      unix  -       -       n       -       -       lmtp
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
"""
BASE_USERS = "alice x\nbob x\npostmaster x\nabuse x\nlist-owner x\njohn.doe x\n"
BASE_HOSTS = ("127.0.0.1 localhost\n127.0.0.2 friend.twin.example\n"
              "127.0.0.4 good.example.net\n")
BASE_DNS = """\
twin.example A 127.0.0.1
twin.example MX 10 mx.twin.example
mx.twin.example A 127.0.0.1
example.net A 192.0.2.80
example.net MX 10 mx1.example.net
mx1.example.net A 192.0.2.25
client.example.net A 192.0.2.10
good.example.net A 127.0.0.4
4.0.0.127.in-addr.arpa PTR good.example.net
5.0.0.127.in-addr.arpa PTR liar.example.net
liar.example.net A 192.0.2.99
6.0.0.127.in-addr.arpa PTR nofwd.example.net
nullmx.example A 192.0.2.81
nullmx.example MX 0 .
loopmx.example MX 10 lo.loopmx.example
lo.loopmx.example A 127.0.0.1
nomx.example A 192.0.2.82
onlytxt.example TXT hello
tempfail.example SERVFAIL -
sub.example.net A 192.0.2.83
"""

# ------------------------------------------------------------------ DNS ----
QT = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 52: "TLSA"}
QN = {v: k for k, v in QT.items()}


class Dns:
    """Tiny authoritative responder; zone is {name: [(type, value)]}. What is at or below a name with the record SECURE
    is vouched for (AD), what is at or below one with INSECURE is not. A name with TIMEOUT, SERVFAIL, FORMERR, NOTIMP or
    REFUSED gets no more than that; one with NOEDNS gets FORMERR if asked with EDNS; one with NXDOMAIN is said not to be
    there, and its records are sent along; TRUNCATED is cut off over UDP, and TCP is hung up; FOREIGN NAME has its records
    sent as those of another name; MANYMX N, MANYA N and MANYTXT N have so many of them, LONGTXT N has N octets. A TXT is
    written with \\r, \\n and \\xHH, its strings apart by " + ". GARBAGE is answered by octets that are no answer, and one with
    ONLY TYPE is silent about all other types."""

    RCODES = {"FORMERR": 1, "SERVFAIL": 2, "NOTIMP": 4, "REFUSED": 5}

    def __init__(self, address=DNSADDR, port=53):
        self.zone = {}
        self.u, self.t = self.bound(address, port)
        self.t.listen(20)
        threading.Thread(target=self.udp, daemon=True).start()
        threading.Thread(target=self.tcp, daemon=True).start()

    @staticmethod
    def bound(address, port):
        """A socket for UDP and one for TCP, of one port; 0: any that is free for both."""
        while True:
            u, t = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket()
            for s in (u, t):
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            u.bind((address, port))
            try:
                t.bind((address, u.getsockname()[1]))
                return u, t
            except OSError:
                if port:
                    raise
                u.close(), t.close()

    def load(self, text):
        z = {}
        for ln in text.splitlines():
            f = ln.split(None, 2)
            if len(f) >= 2:
                z.setdefault(f[0].lower().rstrip("."), []).append((f[1].upper(), f[2] if len(f) > 2 else ""))
        self.zone = z

    @staticmethod
    def enc(name):
        out = b""
        for lab in name.rstrip(".").split("."):
            if lab:
                b = lab.encode("idna") if not lab.isascii() else lab.encode()
                out += bytes([len(b)]) + b
        return out + b"\0"

    def secure(self, name):
        while True:
            for t, _ in self.zone.get(name, ()):
                if t in ("SECURE", "INSECURE"):
                    return t == "SECURE"
            if not name:
                return False
            name = name.partition(".")[2]

    def rdata(self, typ, val):
        if typ == "TLSA":
            u, s, m, d = val.split()
            return bytes([int(u), int(s), int(m)]) + bytes.fromhex(d.replace(":", ""))
        if typ == "A":
            return socket.inet_aton(val)
        if typ == "AAAA":
            return socket.inet_pton(socket.AF_INET6, val)
        if typ in ("PTR", "NS", "CNAME"):
            return self.enc(val)
        if typ == "MX":
            p, h = val.split()
            return struct.pack("!H", int(p)) + self.enc(h)
        if typ == "TXT":
            b = [unesc(x) for x in val.split(" + ")]
            return b"".join(bytes([len(x[i:i + 255])]) + x[i:i + 255] for x in b for i in range(0, max(1, len(x)), 255))
        return b""

    @staticmethod
    def records(name, rrs):
        for t, v in rrs:
            if t == "MANYMX":
                for i in range(int(v)):
                    yield "MX", "%d m%d.%s" % (10 + i, i, name)
            elif t == "MANYA":
                for i in range(int(v)):
                    yield "A", "127.%d.%d.%d" % (100 + i // 40000, i // 200 % 200 + 1, i % 200 + 1)
            elif t == "MANYTXT":
                for i in range(int(v)):
                    yield "TXT", "reason %d" % i
            elif t == "LONGTXT":
                yield "TXT", "".join(chr(97 + i % 26) for i in range(int(v)))
            else:
                yield t, v

    def answer(self, q, over_tcp=False):
        if len(q) < 17:
            return None
        i, labels = 12, []
        while q[i]:
            labels.append(q[i + 1:i + 1 + q[i]].decode("latin1").lower())
            i += 1 + q[i]
        qtype, = struct.unpack("!H", q[i + 1:i + 3])
        question, name = q[12:i + 5], ".".join(labels)
        rcode, ans, seen, secure, flags = 0, [], 0, True, 0
        while True:
            secure = secure and self.secure(name)
            rrs = self.zone.get(name)
            if rrs is None:
                # an existing child makes an empty non-terminal: NOERROR
                if not any(k.endswith("." + name) for k in self.zone) and not ans:
                    rcode = 3
                break
            kinds = {t for t, _ in rrs}
            if "TIMEOUT" in kinds or [v for t, v in rrs if t == "ONLY" and v != QT.get(qtype)]:
                return None
            if "GARBAGE" in kinds:
                return q[:2] + b"\x85\x80\0\1\0\1\0\0\0\0" + question + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\xff\xffx"
            said = [self.RCODES[k] for k in kinds if k in self.RCODES]
            if "NOEDNS" in kinds and q[10:12] != b"\0\0":
                said = [1]
            if said:
                rcode = said[0]
                break
            if "NXDOMAIN" in kinds:
                rcode = 3
            if "TRUNCATED" in kinds:
                if over_tcp:
                    return None
                flags = 0x200
            owner = ([v for t, v in rrs if t == "FOREIGN"] + [name])[0]
            ans += [(owner, t, v) for t, v in self.records(name, rrs) if t == QT.get(qtype)]
            cn = [v for t, v in rrs if t == "CNAME"]
            if cn and qtype != 5 and seen < 12:
                ans.append((name, "CNAME", cn[0]))
                name, seen = cn[0].rstrip(".").lower(), seen + 1
                continue
            break
        body = b""
        for n, t, v in ans:
            rd = self.rdata(t, v)
            body += self.enc(n) + struct.pack("!HHIH", QN[t], 1, 60, len(rd)) + rd
        return q[:2] + struct.pack("!HHHHH", 0x8580 | flags | (0x20 if secure else 0) | rcode, 1, len(ans), 0, 0) + question + body

    def udp(self):
        while True:
            try:
                q, a = self.u.recvfrom(4096)
                r = self.answer(q)
                if r:
                    if len(r) > 1232:
                        r = r[:2] + struct.pack("!H", struct.unpack("!H", r[2:4])[0] | 0x200) + r[4:6] + b"\0" * 6 + q[12:]
                    self.u.sendto(r, a)
            except Exception:
                pass

    def tcp(self):
        while True:
            try:
                c, _ = self.t.accept()
                n, = struct.unpack("!H", c.recv(2))
                r = self.answer(c.recv(n), True)
                if r:
                    c.sendall(struct.pack("!H", len(r)) + r)
                c.close()
            except Exception:
                pass


# ----------------------------------------------------------------- sink ----
class Sink:
    """Next-hop SMTP server that accepts and stores everything."""

    def __init__(self):
        self.opts, self.msgs, self.got, self.heard, self.cv, self.era = {}, [], [], [], threading.Condition(), 0
        outer = self

        class H(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    outer.session(self.rfile, self.wfile, self.connection)
                except Exception:
                    pass

        class S(socketserver.ThreadingTCPServer):
            allow_reuse_address, daemon_threads, request_queue_size = True, True, 128
        self.srv = S(("127.0.0.1", 0), H)
        self.port = self.srv.server_address[1]
        threading.Thread(target=self.srv.serve_forever, daemon=True).start()

    def also_at(self, path):
        """Serves a UNIX socket, too. To one that begins with LHLO it is an LMTP server, wherever it comes in."""
        outer = self

        class At(UnixServer):
            def serve(self, c):
                try:
                    outer.session(c.makefile("rb"), c.makefile("wb"), c)
                    c.shutdown(socket.SHUT_RDWR)
                except Exception:
                    pass
                finally:
                    c.close()
        At(path)

    def reset(self, opts):
        with self.cv:
            self.opts, self.msgs, self.got, self.heard, self.era = opts, [], [], [], self.era + 1

    @staticmethod
    def path(s):
        m = re.match(r'<(?:"(?:[^"\\]|\\.)*"|[^">])*>', s)
        return m[0] if m else s

    # sink-tls: WORDS: yes offers STARTTLS; wrapped: TLS from the first octet; early: octets behind the 220 in one
    # segment; clear: goes on in plaintext behind the 220; close: hangs up there; gone: hangs up behind the handshake;
    # max=1.2; cert=NAME; ask: for the client's certificate; sink-tls-ehlo: what is offered within TLS
    def handshake(self, sock, words, seen):
        ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        o = dict(x.split("=", 1) for x in words if "=" in x)
        n = o.get("cert", "")
        ctx.load_cert_chain(*(["%s/%s.crt" % (self.work, n), "%s/%s.key" % (self.work, n)] if n else [self.work + "/cert.pem", self.work + "/key.pem"]))
        if "max" in o:
            ctx.maximum_version = getattr(ssl.TLSVersion, "TLSv" + o["max"].replace(".", "_"))
        ctx.sni_callback = lambda s, name, c: seen.__setitem__("sni", name or "none")
        if "ask" in words:
            ctx.verify_mode = ssl.CERT_OPTIONAL
            for each in ("ca.pem", "ec.crt"):
                ctx.load_verify_locations(self.work + "/" + each)
        s = ctx.wrap_socket(sock, server_side=True)
        seen["tls"] = s.version()
        shown = s.getpeercert() if "ask" in words else None
        seen["cert"] = "/".join(v for part in (shown or {}).get("subject", ()) for _, v in part) or "none"
        if "gone" in words:
            s.shutdown(socket.SHUT_RDWR)
        return s.makefile("rb"), s.makefile("wb")

    @staticmethod
    def authentication(ex, line, scripted, hear):
        """One line of AUTH -> (the exchange, the reply): the script's, or the server's own."""
        begins = line.upper().startswith("AUTH ")
        f = line.split(" ") if begins else ["", "", line]
        told = f[2] if len(f) > 2 else None
        try:
            octets = None if told is None else b"" if told == "=" else base64.b64decode(told, validate=True)
        except ValueError:
            hear(line)
            return ex, scripted or "501 5.5.4 Cannot decode"
        try:
            shown, reply = ex.step(octets)
        except Exception:
            shown, reply = saslserver.text(octets or b""), saslserver.BAD
        hear((" ".join(f[:2]) + (" [%s]" % shown if told is not None else "")) if begins else "[%s]" % shown)
        reply = scripted or reply
        ex.told(reply)
        return ex, reply

    def session(self, r, w, sock):
        tls = self.opts.get("tls", "").split()
        seen = {"tls": "none", "sni": "none", "cert": "none", "xforward": ""}
        if "wrapped" in tls:
            r, w = self.handshake(sock, tls, seen)

        def say(s):
            w.write(s.encode() + b"\r\n")
            w.flush()

        def canned(line):
            for rx, rep in self.opts.get("reply", []):
                if re.search(rx, line, re.I):
                    return rep
        def scripted(point):                        # a reply line, "drop", or nothing
            c = canned(point)
            if c == "hang":
                r.read()
            if c and c not in ("drop", "hang"):
                say(c)
            return "drop" if c == "hang" else c
        era, used, lmtp, auth, mine = self.era, False, False, None, []
        with self.cv:
            self.heard.append(mine)

        def hear(line):                             # what a case's HOP asks for: commands, what AUTH says decoded
            with self.cv:
                mine.append(re.sub(r" SIZE=\d+", "", re.sub(r"^(XFORWARD.* PORT=)\d+", r"\1...", re.sub(r"^(EHLO|LHLO|HELO) .*", r"\1", line))))
                self.cv.notify_all()
        c = scripted("BANNER")
        if c == "drop":
            return
        if not c:
            say("220 sink.example.net ESMTP sink")
        env = None
        while True:
            b = r.readline()
            if not b:
                return
            ln = b.decode("utf-8", "surrogateescape").rstrip("\r\n")
            up = ln.upper()
            if up.startswith("XFORWARD"):
                seen["xforward"] = "; ".join(filter(None, [seen["xforward"], ln[9:]]))
            if up.startswith(("MAIL", "RSET", "XFORWARD")) and used and era != self.era:
                return                          # a session kept open from the case before does not carry over
            used = used or up.startswith("MAIL")
            c = canned(ln)
            if auth or up.startswith("AUTH "):
                c = self.authentication(auth or saslserver.Exchange(up.split()[1], *self.opts.get("auth", ("", ""))), ln, c, hear)
                auth, c = (c[0] if c[1].startswith("334") else None), c[1]
                if c == "drop":
                    return
                say(c)
                continue
            hear(ln)
            if c and not up.startswith("DATA"):
                if c == "hang":
                    r.read()
                if c in ("drop", "hang"):
                    return
                say(c)
                if lmtp and up.startswith("RCPT TO:") and c.startswith("2"):
                    env["rcpt"].append(ln[8:].strip())
                continue
            lmtp = lmtp or up.startswith("LHLO")
            if up.startswith(("EHLO", "LHLO")):
                kw = self.opts.get("ehlo", ["PIPELINING", "SIZE 52428800", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"])
                if seen["tls"] != "none":
                    kw = self.opts.get("tlsehlo", kw)
                elif tls:
                    kw = kw + ["STARTTLS"]
                rep = ["sink.example.net"] + kw
                for i, k in enumerate(rep):
                    say("250%s%s" % ("-" if i < len(rep) - 1 else " ", k))
            elif up.startswith("HELO"):
                say("250 sink.example.net")
            elif up.startswith("STARTTLS") and tls:
                w.write(b"220 2.0.0 Ready\r\n" + (b"250-x\r\n250 AUTH PLAIN\r\n" if "early" in tls else b""))
                w.flush()
                if "close" in tls:
                    return
                if "clear" in tls:
                    say("250-x")
                    say("250 AUTH PLAIN")
                    continue
                r, w = self.handshake(sock, tls, seen)
            elif up.startswith("XFORWARD"):
                say("250 2.0.0 Ok")
            elif up.startswith("MAIL FROM:"):
                env = {"mail": ln[10:].strip(), "rcpt": [], "data": b"", "bare": False, **seen}
                seen["xforward"] = ""
                env["addr"] = self.path(env["mail"])
                say("250 2.1.0 Ok")
            elif up.startswith("RCPT TO:"):
                env["rcpt"].append(ln[8:].strip())
                say("250 2.1.5 Ok")
            elif up.startswith("DATA") and not (env and env["rcpt"]):
                say("554 5.5.1 no valid recipients")
            elif up.startswith("DATA") and canned("GOAHEAD"):
                if scripted("GOAHEAD") == "drop":
                    return
            elif up.startswith("DATA"):
                say("354 go")
                if canned("BODY") == "drop":
                    r.readline()
                    return
                d = b""
                while True:
                    x = r.readline()
                    if not x:                       # connection lost inside DATA: no message
                        return
                    if x == b".\r\n":
                        break
                    if not x.endswith(b"\r\n") or b"\r" in x[:-2]:
                        env["bare"] = True
                    d += x[1:] if x.startswith(b"..") else x
                env["data"] = d
                if lmtp:                            # a reply for each recipient: point DOT <ADDRESS>
                    for k, each in enumerate(env["rcpt"]):
                        c = canned("DOT " + each) or "250 2.0.0 %s Ok: sunk" % self.path(each)
                        if c == "drop":
                            return
                        say(c)
                        if k == 0:
                            with self.cv:
                                self.msgs.append(env)
                                self.got.append(env)
                                self.cv.notify_all()
                elif c in ("drop", "hang"):
                    if c == "hang":
                        r.read()
                    return
                elif c:
                    say(c)
                else:
                    with self.cv:
                        self.msgs.append(env)
                        self.got.append(env)
                        self.cv.notify_all()
                    say("250 2.0.0 Ok: sunk")
                env = None
            elif up.startswith("QUIT"):
                say("221 2.0.0 Bye")
                return
            elif up.startswith("RSET"):
                say("250 2.0.0 Ok")
            else:
                say("250 2.0.0 Ok")


# ----------------------------------------------- Dovecot auth protocol ----
class UnixServer:
    """Serves each client of a UNIX socket on a thread: serve(connection)."""

    def __init__(self, path):
        if os.path.exists(path):
            os.unlink(path)
        self.s = socket.socket(socket.AF_UNIX)
        self.s.bind(path)
        os.chmod(path, 0o666)
        self.s.listen(50)
        threading.Thread(target=self.loop, daemon=True).start()

    def loop(self):
        while True:
            c, _ = self.s.accept()
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()


class AuthServer(UnixServer):
    """Minimal Dovecot auth server (protocol 1.x): PLAIN, LOGIN, CRAM-MD5."""

    def __init__(self, path):
        self.users, self.mechs, self.log = {}, ["PLAIN", "LOGIN"], []
        super().__init__(path)

    def serve(self, c):
        try:
            f = c.makefile("rwb")

            def say(*a):
                f.write("\t".join(a).encode() + b"\n")
                f.flush()
            say("VERSION", "1", "1")
            for m in self.mechs:
                say("MECH", m, *(["plaintext"] if m in ("PLAIN", "LOGIN") else ["dictionary", "active"]))
            say("SPID", "1")
            say("CUID", "1")
            say("COOKIE", "0123456789abcdef0123456789abcdef")
            say("DONE")
            st = {}
            for raw in f:
                a = raw.decode("utf-8", "replace").rstrip("\n").split("\t")
                if a[0] == "AUTH":
                    rid, mech = a[1], a[2].upper()
                    resp = [x[5:] for x in a if x.startswith("resp=")]
                    st[rid] = {"mech": mech, "step": 0}
                    # to Dovecot an empty one is none
                    self.step(say, rid, st[rid], resp[0] if resp and resp[0] else None, "initial")
                elif a[0] == "CONT":
                    self.step(say, a[1], st.get(a[1], {"mech": "?", "step": 9}), a[2] if len(a) > 2 else "")
        except Exception:
            pass

    def step(self, say, rid, st, resp, which="continued"):
        e64 = lambda s: base64.b64encode(s.encode()).decode()
        m = st["mech"]
        try:
            got = None if resp is None else base64.b64decode(resp + "=" * (-len(resp) % 4), validate=True).decode("utf-8", "replace")
        except Exception:
            return say("FAIL", rid, "reason=Invalid base64 data in %s response" % which)
        if m == "PLAIN":
            if got is None:
                return say("CONT", rid, "")
            p = got.split("\0")
            if len(p) != 3:
                return say("FAIL", rid, "reason=invalid input")
            return self.done(say, rid, p[1], self.users.get(p[1]) == p[2])
        if m == "LOGIN":
            if got is None:
                return say("CONT", rid, e64("Username:"))
            if "user" not in st:
                st["user"] = got
                return say("CONT", rid, e64("Password:"))
            return self.done(say, rid, st["user"], self.users.get(st["user"]) == got)
        if m == "CRAM-MD5":
            if "chal" not in st:
                st["chal"] = "<1.2@mx.twin.example>"
                return say("CONT", rid, e64(st["chal"]))
            u, _, dig = (got or "").rpartition(" ")
            want = hmac.new(self.users.get(u, "\0").encode(), st["chal"].encode(), "md5").hexdigest()
            return self.done(say, rid, u, u in self.users and dig == want)
        say("FAIL", rid, "reason=unsupported mechanism")

    def done(self, say, rid, user, ok):
        if user.startswith("tempfail"):
            return say("FAIL", rid, "user=" + user, "temp")
        say("OK", rid, "user=" + user) if ok else say("FAIL", rid, "user=" + user)


class Saslauthd(UnixServer):
    """saslauthd's socket: four counted strings; the user LOGIN/SERVICE/REALM must have the password."""

    def __init__(self, path):
        self.users = {}
        super().__init__(path)

    def serve(self, c):
        try:
            f = c.makefile("rb")
            word = lambda: f.read(struct.unpack("!H", f.read(2))[0]).decode("utf-8", "replace")
            login, password, service, realm = word(), word(), word(), word()
            ok = self.users.get("%s/%s/%s" % (login, service, realm)) == password
            out = b"OK" if ok else b"NO"
            c.sendall(struct.pack("!H", len(out)) + out)
        except Exception:
            pass
        finally:
            c.close()


# --------------------------------------------------------------- policy ----
class Policy:
    """Postfix policy delegation server; rules: (regex over k=v lines, action). An action that begins with ! is done otherwise:
    !raw OCTETS are sent as they are, !last OCTETS too, and it hangs up; !once ACTION hangs up after the answer, !drop before it;
    !hang says nothing, !slow SECONDS ACTION late. It serves {work}/policy.sock, too."""

    LATER = ("tls_sni", "compatibility_level", "mail_version")      # of 3.8 and later
    VARIES = {"instance": r"[0-9a-f]+(\.[0-9a-f]+){3}", "client_port": r"\d+", "queue_id": r"[0-9A-Za-z]{6,}", "server_port": r"\d+",
              "ccert_fingerprint": r"([0-9A-F]{2}:){31}[0-9A-F]{2}", "ccert_pubkey_fingerprint": r"([0-9A-F]{2}:){31}[0-9A-F]{2}"}

    def __init__(self):
        self.rules, self.seen, self.over, self.known, self.source = [], [], [], {}, ""
        outer = self

        class H(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    outer.dialogue(self.rfile, self.wfile)
                except Exception:
                    pass

        class S(socketserver.ThreadingTCPServer):
            allow_reuse_address, daemon_threads, request_queue_size = True, True, 128
        self.srv = S(("127.0.0.1", 0), H)
        self.port = self.srv.server_address[1]
        threading.Thread(target=self.srv.serve_forever, daemon=True).start()

    def also_at(self, path):
        outer = self

        class At(UnixServer):
            def serve(self, c):
                try:
                    outer.dialogue(c.makefile("rb"), c.makefile("wb"))
                except Exception:
                    pass
                finally:
                    c.shutdown(socket.SHUT_RDWR)
                    c.close()
        At(path)

    def reset(self, rules, source):
        self.source = source
        self.rules, self.seen, self.over, self.known = rules, [], [], {}

    def dialogue(self, r, w):
        req, me = [], object()
        for raw in r:
            ln = raw.decode("utf-8", "surrogateescape").rstrip("\n")
            if ln:
                req.append(ln)
                continue
            text, req = "\n".join(req), []
            # The runner itself has looked whether the server is there.
            if "client_address=127.0.0.2" not in text or self.source == "127.0.0.2":
                self.seen.append(text)
                self.over.append(self.known.setdefault(me, len(self.known) + 1))
            act = next((a for rx, a in self.rules if re.search(rx, text, re.M)), "DUNNO")
            word, _, rest = act.partition(" ")
            if word == "!slow":
                time.sleep(float(rest.partition(" ")[0]))
                word, rest = "", rest.partition(" ")[2]
            if word == "!hang":
                r.read()
            if word in ("!drop", "!hang"):
                return
            if word in ("!raw", "!last"):
                w.write(unesc(macro(rest, {})))
            else:
                w.write(("action=%s\n\n" % (act if word[:1] != "!" and word else rest)).encode("utf-8", "surrogateescape"))
            w.flush()
            if word in ("!last", "!once"):
                return

    @classmethod
    def shown(cls, text, known):
        """A request on one line: what differs each time is masked, and what 3.7 does not say is left out."""
        out = []
        for ln in text.split("\n"):
            k, _, v = ln.partition("=")
            if k not in cls.LATER:
                out.append("%s=%s" % (k, "..." if k in cls.VARIES and v not in known and re.fullmatch(cls.VARIES[k], v) else v))
        return " | ".join(out)

    def went(self):
        """Each request: the connection that it came over, the state, and about whom."""
        out = []
        for n, text in zip(self.over, self.seen):
            f = dict(ln.partition("=")[::2] for ln in text.split("\n"))
            out.append(" ".join(filter(None, [str(n), f["protocol_state"], f["recipient"] or f["sender"] or f["helo_name"], f.get("policy_context")])))
        return " | ".join(out)


# --------------------------------------------------------------- parser ----
def parse(path):
    """-> (configs, cases).  A config/case is a dict; blocks are indented two."""
    configs, cases, cur, block = {}, [], None, None
    for no, raw in enumerate(open(path, encoding="utf-8", newline="\n"), 1):
        ln = raw.rstrip("\n")
        if block is not None and (ln.startswith("  ") or not ln.strip()):
            if ln.strip() or isinstance(block, list):
                block.append(ln[2:])
            continue
        if not ln.strip() or ln.startswith("#"):
            block = None
            continue
        m = re.match(r"(config|case):\s*(\S+)$", ln)
        if m:
            cur = {"kind": m[1], "name": m[2], "main": [], "master": [], "files": {}, "dns": [], "users": [],
                   "mechs": [], "policy": [], "saslusers": [], "sink": {}, "milters": {}, "use": None, "steps": [], "about": "", "from": "127.0.0.3",
                   "where": "%s:%d" % (os.path.basename(path), no), "file": path}
            (configs.__setitem__(m[2], cur) if m[1] == "config" else cases.append(cur))
            block = None
            continue
        if cur is None:
            sys.exit("%s:%d: outside a config or case" % (path, no))
        block = None
        m = re.match(r"(main|master|dns|users|policy|saslusers):$", ln)
        if m:
            block = cur[m[1]]
            continue
        m = re.match(r"file (\S+):$", ln)
        if m:
            block = cur["files"].setdefault(m[1], [])
            continue
        m = re.match(r"(about|use|from|mechs|sink-auth|sink-ehlo|sink-reply|sink-tls|sink-tls-ehlo):\s*(.*)$", ln)
        if m:
            k, v = m[1], m[2]
            if k == "sink-auth":
                cur["sink"]["auth"] = v.partition(" ")[::2]
            elif k == "sink-tls":
                cur["sink"]["tls"] = v
            elif k.startswith("sink-") and k.endswith("ehlo"):
                cur["sink"][k[5:].replace("-", "")] = [x.strip() for x in v.split(",") if x.strip()]
            elif k == "sink-reply":
                rx, rep = v.replace("\\r\\n", "\r\n").split(" => ", 1)
                cur["sink"].setdefault("reply", []).append((rx, rep))
            elif k == "mechs":
                cur["mechs"] = v.split()
            elif k == "about":
                cur["about"] = (cur["about"] + " " + v).strip()
            else:
                cur[k] = v
            continue
        m = re.match(r"milter(?:-([abc]))?:\s*(.*)$", ln)
        if m:
            cur["milters"].setdefault(m[1] or "a", []).append(m[2])
            continue
        m = re.match(r"(C:|C<|C\*\d+|S:|AUTH|SINK|TLS|WAIT|IDLE|ON|CLOSE|SHUT|POLICY|LOG|HOP|MILTER|SENDMAIL|COMMAND|SAYS)(?: (.*)|)$", ln)
        if m:
            cur["steps"].append((m[1], m[2] or "", no))
            continue
        sys.exit("%s:%d: cannot read: %s" % (path, no, ln))
    return configs, cases


def macro(s, env):
    s = re.sub(r"%\{(\d+)\*(.+?)\}", lambda m: m[2] * int(m[1]), s)
    for k, v in env.items():
        s = s.replace("{%s}" % k, str(v))
    return s


# --------------------------------------------------------------- client ----
class Bad(Exception):
    pass


class Conn:
    def __init__(self, host, port, src, tmo):
        self.tmo, self.buf, self.last = tmo, b"", None
        self.s = socket.create_connection((host, port), timeout=tmo, source_address=(src, 0))
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data):
        try:
            self.s.sendall(data)
        except OSError as e:
            self.senderr = e

    def line(self, tmo=None):
        end = time.time() + (tmo or self.tmo)
        while b"\n" not in self.buf:
            left = end - time.time()
            if left <= 0:
                raise Bad("timeout waiting for reply; partial=%r" % self.buf[:80])
            self.s.settimeout(left)
            try:
                d = self.s.recv(65536)
            except socket.timeout:
                continue
            except (ConnectionResetError, ssl.SSLError, BrokenPipeError):
                d = b""
            if not d:
                if self.buf:
                    raise Bad("connection closed inside a line: %r" % self.buf[:80])
                raise EOFError
            self.buf += d
        ln, self.buf = self.buf.split(b"\n", 1)
        if not ln.endswith(b"\r"):
            raise Bad("reply line without CR: %r" % ln)
        return ln[:-1].decode("utf-8", "replace")

    def reply(self, tmo=None):
        out = []
        while True:
            ln = self.line(tmo)
            if not re.match(r"[2-5]\d\d[ -]", ln) and not re.match(r"[2-5]\d\d$", ln):
                raise Bad("malformed reply line %r" % ln)
            if out and ln[:3] != out[0][:3]:
                raise Bad("reply code changes inside a reply: %r" % (out + [ln]))
            out.append(ln)
            if ln[3:4] != "-":
                return out

    def quiet(self, secs):
        if self.buf:
            raise Bad("unexpected data %r" % self.buf[:80])
        self.s.settimeout(secs)
        try:
            d = self.s.recv(4096)
        except (socket.timeout, ssl.SSLWantReadError):
            return
        raise Bad("unexpected data or close: %r" % d[:80])


def expect(rep, spec):
    """spec: CODE [ENH|-] then has "X" / lacks "X" / is "X" / like /re/ / lines N"""
    m = re.match(r"(\d\d\d)(?:\s+(\d\.\d{1,3}\.\d{1,3}|-)(?=\s|$))?\s*(.*)$", spec)
    if not m:
        raise Bad("bad expectation %r" % spec)
    code, enh, rest = m[1], m[2], m[3]
    text = "\n".join(rep)
    if rep[0][:3] != code:
        raise Bad("wanted %s, got %r" % (code, text))
    for ln in rep:
        got = re.match(r"(\d\.\d{1,3}\.\d{1,3})(?=\s|$)", ln[4:])
        if enh == "-" and got:
            raise Bad("wanted no enhanced code, got %r" % text)
        if enh and enh != "-" and (not got or got[1] != enh):
            raise Bad("wanted %s %s, got %r" % (code, enh, text))
    for w, q, rx, n in re.findall(r'(has|lacks|is|like|lines)\s+(?:"((?:[^"\\]|\\.)*)"|/((?:[^/\\]|\\.)*)/|(\d+))', rest):
        q = q.replace('\\"', '"')
        words = [x[4:] for x in rep]
        if w == "lines" and len(rep) != int(n):
            raise Bad("wanted %s lines, got %r" % (n, text))
        if w == "is" and q not in words:
            raise Bad("wanted a line %r, got %r" % (q, text))
        if w == "has" and q not in text:
            raise Bad("wanted %r in %r" % (q, text))
        if w == "lacks" and q in text:
            raise Bad("did not want %r in %r" % (q, text))
        if w == "like" and not re.search(rx.replace("\\/", "/"), text, re.M):
            raise Bad("wanted /%s/, got %r" % (rx, text))


def changed(spec):
    """The expectation with one thing in it changed, each in turn."""
    m = re.match(r"(\d)(\d\d)(.*)$", spec, re.S)
    if not m:
        return
    yield "%d%s%s" % (5 if m[1] == "2" else 2, m[2], m[3])
    yield "%s%02d%s" % (m[1], (int(m[2]) + 1) % 100, m[3])
    e = re.match(r"\s+(\d\.\d{1,3}\.)(\d{1,3})(?=\s|$)(.*)$", m[3], re.S)
    if e:
        yield "%s%s %s%d%s" % (m[1], m[2], e[1], int(e[2]) + 1, e[3])
    for q in re.finditer(r'\b(?:has|is)\s+"((?:[^"\\]|\\.)*)"', spec):
        yield spec[:q.start(1)] + q[1] + "\x7f" + spec[q.end(1):]
    for q in re.finditer(r'\blacks\s+"((?:[^"\\]|\\.)*)"', spec):
        yield spec[:q.start(1)] + m[1] + spec[q.end(1):]     # every reply has its own first digit


def unesc(s):
    return s.encode("utf-8").decode("unicode_escape").encode("latin1")


class Runner:
    def __init__(self, a):
        self.a, self.filled, self.changes, self.noticed = a, {}, 0, 0
        self.work = os.path.abspath(a.work)
        os.makedirs(self.work, exist_ok=True)
        os.chmod(self.work, 0o755)
        self.sink, self.policy = Sink(), Policy()
        self.sink.work = self.work
        self.sink.also_at(self.work + "/lmtp.sock")
        self.policy.also_at(self.work + "/policy.sock")
        self.auth = AuthServer(self.work + "/auth.sock")
        self.saslauthd = Saslauthd(self.work + "/mux")
        self.dns = Dns()
        self.milters = {}
        for each in "abc":                          # {milter}, {milterb}, {milterc} and {work}/milter[abc].sock
            self.milters[each] = milterserver.Milter("%s/milter%s.sock" % (self.work, each))
        self.env = {"work": self.work, "conf": self.work + "/conf", "queue": self.work + "/queue",
                    "data": self.work + "/data", "host": a.host, "port": a.port, "sinkport": self.sink.port,
                    "sink": "[127.0.0.1]:%d" % self.sink.port, "authsock": self.work + "/auth.sock", "sasldb": self.work + "/sasldb2", "mux": self.work + "/mux",
                    "policyport": self.policy.port, "cert": self.work + "/cert.pem", "key": self.work + "/key.pem",
                    "resolv": self.work + "/resolv.conf", "hosts": self.work + "/hosts"}
        for each, milter in self.milters.items():
            self.env["milter" + each.replace("a", "")] = "inet:127.0.0.1:%d" % milter.port
        self.resolver(False)
        open(self.env["hosts"], "w").write(BASE_HOSTS)
        if not os.path.exists(self.env["cert"]):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj",
                            "/CN=mx.twin.example", "-addext", "subjectAltName=DNS:mx.twin.example",
                            "-keyout", self.env["key"], "-out", self.env["cert"]], check=True, capture_output=True)

        self.context = self.session = self.warm = None
        self.certificates()

    # names of which no answer is to come take their time
    def resolver(self, silent):
        with open(self.env["resolv"], "w") as f:
            f.write("search deep.searched.example searched.example\nnameserver %s\noptions timeout:%d attempts:1\n" % (DNSADDR, 2 if silent else 30))

    # an authority with a client's certificate, a stranger's own one, and chains (key first) for names
    def certificates(self):
        w = self.work

        def ssl_do(*a):
            subprocess.run(["openssl", *a], check=True, capture_output=True, cwd=w)
        if not os.path.exists(w + "/sni.pem"):
            new = ("req", "-newkey", "rsa:2048", "-nodes", "-days", "3650")
            ssl_do(*new, "-x509", "-subj", "/O=Twin/CN=Twin CA", "-keyout", "cakey.pem", "-out", "ca.pem")
            ssl_do(*new, "-subj", "/O=Twin/CN=client.example.net", "-keyout", "client.key", "-out", "client.csr")
            ssl_do("x509", "-req", "-in", "client.csr", "-CA", "ca.pem", "-CAkey", "cakey.pem", "-set_serial", "7", "-days", "3650", "-out", "client.crt")
            ssl_do(*new, "-x509", "-subj", "/CN=stranger.example.net", "-keyout", "stranger.key", "-out", "stranger.crt")
            by = "ca"
            for n in ("deep1", "deep2", "deep"):    # deep.crt: itself, two authorities between it and the first
                ssl_do(*new, "-subj", "/CN=%s.example.net" % n, "-keyout", n + "key.pem", "-out", n + ".csr")
                open(w + "/ext", "w").write("basicConstraints=critical,CA:%s\n" % ("FALSE" if n == "deep" else "TRUE"))
                ssl_do("x509", "-req", "-in", n + ".csr", "-CA", by + ".pem", "-CAkey", by + "key.pem", "-set_serial", "8", "-days", "3650", "-extfile", "ext", "-out", n + ".pem")
                by = n
            open(w + "/deep.crt", "w").write("".join(open("%s/%s.pem" % (w, n)).read() for n in ("deep", "deep2", "deep1")))
            shutil.copy(w + "/deepkey.pem", w + "/deep.key")
            ssl_do("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650", "-subj", "/CN=ec.twin.example", "-keyout", "ec.key", "-out", "ec.crt")
            for n, name in (("ec", "ecchain"), ("stranger", "sni")):
                open("%s/%s.pem" % (w, name), "w").write(open("%s/%s.key" % (w, n)).read() + open("%s/%s.crt" % (w, n)).read())
        self.hops(ssl_do)
        self.env.update(ca=w + "/ca.pem", eccert=w + "/ec.crt", eckey=w + "/ec.key", ecchain=w + "/ecchain.pem", snichain=w + "/sni.pem")
        der = ssl.PEM_cert_to_DER_cert(open(w + "/client.crt").read())
        spki = subprocess.run("openssl x509 -in client.crt -noout -pubkey | openssl pkey -pubin -outform DER", shell=True, check=True, capture_output=True, cwd=w).stdout
        for d in ("sha256", "md5"):
            for n, octets in (("certfp", der), ("keyfp", spki)):
                self.env[n + d] = ":".join("%02X" % b for b in hashlib.new(d, octets).digest())
        for who in ("hop", "hopdane", "hopself", "deep1", "deep2"):
            name = who + (".crt" if who.startswith("hop") else ".pem")
            first = open(w + "/" + name).read().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
            spki = subprocess.run("openssl x509 -in %s -noout -pubkey | openssl pkey -pubin -outform DER" % name, shell=True, check=True, capture_output=True, cwd=w).stdout
            for d in ("sha512", "sha256", "sha1", "md5"):
                for n, octets in (("certfp", ssl.PEM_cert_to_DER_cert(first)), ("keyfp", spki)):
                    self.env[who + n + d] = ":".join("%02X" % b for b in hashlib.new(d, octets).digest())

    # next hops' certificates, hopNAME.crt with its chain: by the authority unless said otherwise
    def hops(self, ssl_do):
        w = self.work
        if os.path.exists(w + "/capath"):
            return
        ec = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        ssl_do("req", "-x509", *ec, "-days", "3650", "-subj", "/O=Elsewhere/CN=Elsewhere CA", "-keyout", "elsekey.pem", "-out", "else.pem")
        ssl_do("req", "-x509", *ec, "-days", "3650", "-subj", "/CN=mx.hop.example", "-addext", "subjectAltName=DNS:mx.hop.example", "-keyout", "hopself.key", "-out", "hopself.crt")
        for n, by, cn, ext in (("", "ca", "", "subjectAltName=DNS:mx.hop.example"), ("ip", "ca", "", "subjectAltName=IP:127.0.0.1"),
                               ("wild", "ca", "", "subjectAltName=DNS:*.hop.example"), ("wide", "ca", "", "subjectAltName=DNS:*.example"),
                               ("part", "ca", "", "subjectAltName=DNS:m*.hop.example"), ("cn", "ca", "mx.hop.example", "basicConstraints=CA:FALSE"),
                               ("other", "ca", "mx.hop.example", "subjectAltName=DNS:mx.other.example"), ("dest", "ca", "", "subjectAltName=DNS:*.dest.example,DNS:in.example"),
                               ("user", "ca", "", "subjectAltName=DNS:mx.hop.example\nextendedKeyUsage=clientAuth"),
                               ("late", "ca", "", "subjectAltName=DNS:mx.hop.example"), ("else", "else", "", "subjectAltName=DNS:mx.hop.example"),
                               ("deep", "deep2", "", "subjectAltName=DNS:mx.hop.example"), ("dane", "deep2", "", "subjectAltName=DNS:*.hop.example"), ("leafca", "client", "", "subjectAltName=DNS:mx.hop.example")):
            key = {"ca": "cakey.pem", "else": "elsekey.pem", "deep2": "deep2key.pem", "client": "client.key"}[by]
            ssl_do("req", *ec, "-subj", "/O=Twin/CN=%s" % cn if cn else "/O=Twin/OU=hop%s" % n, "-keyout", "hop%s.key" % n, "-out", "hop.csr")
            open(w + "/ext", "w").write(ext + "\n")
            ssl_do("x509", "-req", "-in", "hop.csr", "-CA", "client.crt" if by == "client" else by + ".pem", "-CAkey", key, "-set_serial", "9", "-days", "-1" if n == "late" else "3650", "-extfile", "ext", "-out", "hop%s.crt" % n)
        for n, more in (("deep", ("deep2.pem", "deep1.pem")), ("dane", ("deep2.pem", "deep1.pem")), ("leafca", ("client.crt",))):
            shutil.copy(w + "/hop%s.crt" % n, w + "/hop%sshort.crt" % n)
            shutil.copy(w + "/hop%s.key" % n, w + "/hop%sshort.key" % n)
            open(w + "/hop%s.crt" % n, "a").write("".join(open(w + "/" + x).read() for x in more))
        ssl_do("x509", "-in", "deep2.pem", "-noout", "-pubkey", "-out", "deep2.pub")
        open(w + "/broken.pem", "w").write("nothing to be read\n")
        os.mkdir(w + "/capath")
        name = subprocess.run(["openssl", "x509", "-in", w + "/ca.pem", "-noout", "-hash"], check=True, capture_output=True).stdout.decode().strip()
        shutil.copy(w + "/ca.pem", w + "/capath/%s.0" % name)

    # TLS [cert=NAME] [sni=NAME|none] [min=1.2] [max=1.2] [ciphers=LIST] [same=yes]: same= resumes the last session
    def handshake(self, c, arg):
        o = dict(x.split("=", 1) for x in arg.split())
        ctx = self.context if "same" in o else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if ctx is not self.context:
            ctx.check_hostname, ctx.verify_mode = False, ssl.CERT_NONE
            if "cert" in o:
                ctx.load_cert_chain("%s/%s.crt" % (self.work, o["cert"]), "%s/%s.key" % (self.work, o["cert"]))
            for w, attr in (("min", "minimum_version"), ("max", "maximum_version")):
                if w in o:
                    setattr(ctx, attr, getattr(ssl.TLSVersion, "TLSv" + o[w].replace(".", "_")))
            if "ciphers" in o:
                ctx.set_ciphers(o["ciphers"])
        name = None if o.get("sni") == "none" else o.get("sni", "mx.twin.example")
        c.s = ctx.wrap_socket(c.s, server_hostname=name, session=self.session if "same" in o else None)
        self.context = ctx
        der = c.s.getpeercert(True)
        return "<TLS %s %s%s cert %s>" % (c.s.version(), c.s.cipher()[0], " reused" if c.s.session_reused else "", hashlib.sha256(der).hexdigest()[:8])

    # a merged, fully expanded configuration for one case
    def merged(self, configs, case):
        chain, c = [case], case
        while c["use"]:
            c = configs[c["use"]]
            chain.insert(0, c)
        # Ours is tested as whoever runs this: the tree and the libraries need not be anybody else's to read.
        own = "" if self.a.start == DEF_START else "postrider_drop_privileges = no\n"
        out = {"main": BASE_MAIN + own, "master": BASE_MASTER, "files": {"local_users": BASE_USERS}, "dns": BASE_DNS,
               "users": {}, "mechs": [], "policy": [], "saslusers": [], "sink": {}, "milters": {}}
        for c in chain:
            if c["main"]:
                out["main"] += "\n".join(x for x in c["main"]) + "\n"
            for x in c["master"]:
                if x.startswith("smtpd:"):      # replace the network smtpd line's options
                    for at in ("{host}:{port} inet n - n - - smtpd\n", "smtpd pass - - n - - smtpd\n"):
                        out["master"] = out["master"].replace(at, at + "  " + x[6:].strip() + "\n")
                elif x.startswith("postscreen:"):   # postscreen takes the clients, smtpd those that it passes
                    out["master"] = out["master"].replace("{host}:{port} inet n - n - - smtpd\n", "{host}:{port} inet n - n - 1 postscreen\n" + ("  %s\n" % x[11:].strip() if x[11:].strip() else "") + "smtpd pass - - n - - smtpd\ndnsblog unix - - n - 0 dnsblog\ntlsproxy unix - - n - 0 tlsproxy\n")
                elif x.startswith("without "):      # a line that is not there
                    out["master"] = re.sub(r"(?m)^%s .*\n" % x[8:].strip(), "", out["master"], count=1)
                elif x.startswith("pickup:"):
                    out["master"] = re.sub(r"(?m)^(pickup .*)$", lambda p: p[1] + "\n  " + x[7:].strip(), out["master"], count=1)
                else:
                    out["master"] += x + "\n"
            for k, v in c["files"].items():
                out["files"][k] = "\n".join(v).rstrip("\n") + "\n"
            out["dns"] += "\n".join(c["dns"]) + "\n"
            out["users"].update(x.split(":", 1) for x in c["users"] if ":" in x)
            out["mechs"] = c["mechs"] or out["mechs"]
            out["saslusers"] += [x for x in c["saslusers"] if ":" in x]
            out["policy"] += [tuple(macro(x, self.env).split(" => ", 1)) for x in c["policy"] if " => " in x]
            out["sink"] = dict(out["sink"], **c["sink"])
            for each, rules in c["milters"].items():        # those of the case come before those of its configuration
                out["milters"][each] = rules + out["milters"].get(each, [])
        out["main"], out["master"] = macro(out["main"], self.env), macro(out["master"], self.env)
        out["files"] = {k: macro(v, self.env) for k, v in out["files"].items()}
        out["dns"] = macro(out["dns"], self.env)
        out["key"] = hashlib.sha1(json.dumps([out["main"], out["master"], out["files"], out["saslusers"]]).encode()).hexdigest()
        return out

    # main.cf, master.cf and tables, in directories of their own
    def write(self, m):
        e = self.env
        for d in ("conf", "queue", "data"):
            shutil.rmtree(e[d], ignore_errors=True)
            os.makedirs(e[d])
            os.chmod(e[d], 0o755)
        try:
            shutil.chown(e["data"], "postfix", "postfix")
        except LookupError:
            pass
        # later settings win: keep the last value only, so that no server warns
        last, order = {}, []
        cur = None
        for ln in m["main"].splitlines():
            if ln[:1] in (" ", "\t") and cur:
                last[cur] += "\n" + ln
            elif "=" in ln:
                cur = ln.split("=", 1)[0].strip()
                if cur not in last:
                    order.append(cur)
                last[cur] = ln
        open(e["conf"] + "/main.cf", "w", encoding="utf-8").write("\n".join(last[k] for k in order) + "\n")
        open(e["conf"] + "/master.cf", "w", encoding="utf-8").write(m["master"])
        for k, v in m["files"].items():
            os.makedirs(os.path.dirname(e["conf"] + "/" + k), exist_ok=True)
            open(e["conf"] + "/" + k, "w", encoding="utf-8").write(v)

    def start(self, m, real=True):
        e = self.env
        self.write(m)
        self.make_sasldb(m["saslusers"])
        open(self.work + "/maillog", "w").close()
        self.real = real
        if real:
            said = subprocess.run(macro(self.a.start, e), shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240).stdout
            said = said.decode("utf-8", "replace")
        else:
            said = self.order("start " + e["conf"])
            if said:
                return said
        end = time.time() + self.a.boot
        while time.time() < end:
            try:
                socket.create_connection((self.a.host, self.a.port), timeout=1, source_address=("127.0.0.2", 0)).close()
                while "milter" in m["main"] and time.time() < end and "disconnect from" not in open(self.work + "/maillog", errors="replace").read():
                    time.sleep(0.02)                # what milters hear of this one belongs to no case
                return None
            except OSError:
                time.sleep(0.1)
        return "server did not start: %s" % (said or "")[-400:]

    def order(self, line):
        """An order to the warm server; None, or why it was not obeyed."""
        if self.warm is None:
            self.warm = subprocess.Popen(macro(self.a.warm, self.env), shell=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.warm.stdin.write(line.encode() + b"\n")
            self.warm.stdin.flush()
            if not select.select([self.warm.stdout], [], [], 4 * PATIENCE)[0]:
                return "no answer to %r within %d s" % (line, 4 * PATIENCE)
            answer = self.warm.stdout.readline().decode().strip()
        except BrokenPipeError:
            answer = ""
        return None if answer == "ok" else "%s: %s" % (line, answer or "the warm server has ended")

    # saslusers: USER@REALM:PASSWORD into {sasldb}, by Cyrus's own saslpasswd2
    def make_sasldb(self, users):
        db = self.env["sasldb"]
        if os.path.exists(db):
            os.unlink(db)
        for u in users:
            name, _, password = u.partition(":")
            user, _, realm = name.partition("@")
            subprocess.run(["saslpasswd2", "-p", "-c", "-f", db, "-u", realm, user], input=password.encode() + b"\n", check=True)
        if users:
            os.chmod(db, 0o644)

    def stop(self):
        """None, or why the server did not stop."""
        if not self.real:
            why = self.order("stop")
            self.to_ledger()
            return why
        subprocess.run(macro(self.a.stop, self.env), shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=240)
        self.to_ledger()
        end = time.time() + 240
        while time.time() < end:
            try:
                socket.create_connection((self.a.host, self.a.port), timeout=1).close()
                time.sleep(0.1)
            except OSError:
                return

    # what the server said, before its log is begun anew
    def to_ledger(self):
        with open(self.work + "/maillog", "rb") as f:
            ledger.add("maillog-%d" % self.a.port, f.read())

    def play(self, case, m):
        """Play one case; return (ok, message, transcript)."""
        tr, conns, name = [], {}, "main"
        self.case = case
        if any(op == "HOP" or op == "SINK" and arg.startswith("none") for op, arg, _ in case["steps"]):
            self.settle()
        self.sink.reset(m["sink"])
        self.auth.users = self.saslauthd.users = m["users"]
        for each, milter in self.milters.items():
            milter.reset([macro(x, self.env) for x in m["milters"].get(each, [])])
        self.policy.reset(m["policy"], case["from"])
        logpos = os.path.getsize(self.work + "/maillog") if os.path.exists(self.work + "/maillog") else 0
        try:
            conns[name] = Conn(self.a.host, self.a.port, case["from"], self.a.timeout)
            pend, steps = b"", case["steps"]
            for i, (op, arg, no) in enumerate(steps):
                c = conns[name]
                arg = macro(arg, self.env)
                if op == "C:" or op.startswith("C*"):
                    n = int(op[2:]) if op[1] == "*" else 1
                    pend += (arg.encode("utf-8", "surrogateescape") + b"\r\n") * n
                    tr.append("C: " + arg[:200] + (" (x%d)" % n if n > 1 else ""))
                elif op == "C<":
                    pend += unesc(arg)
                    tr.append("C< " + arg[:200])
                if pend and (i + 1 == len(steps) or not steps[i + 1][0].startswith("C") or steps[i + 1][0] == "CLOSE"):
                    c.send(pend)
                    pend = b""
                if op == "S:":
                    if arg == "close":
                        try:
                            ln = c.line(self.a.timeout)
                        except EOFError:
                            tr.append("S: <close>")
                            continue
                        raise Bad("line %d: wanted close, got %r" % (no, ln))
                    one = re.match(r'line (?:\?|"(.*)")$', arg)     # S: line "TEXT": one line, whether more of the reply follows or not
                    if one:
                        ln = c.line()
                        tr.append("S: " + ln)
                        if self.a.fill and one[1] is None:
                            self.filled.setdefault(case["file"], {})[no] = 'S: line "%s"' % ln
                        elif ln != one[1]:
                            raise Bad("line %d: wanted the line %r, got %r" % (no, one[1], ln))
                        continue
                    q = re.match(r"quiet ([\d.]+)$", arg)
                    if q:
                        c.quiet(float(q[1]))
                        tr.append("S: <quiet %s>" % q[1])
                        continue
                    # Where nothing else runs; other work may hold it up.
                    slow = re.match(r"within ([\d.]+) (.*)$", arg)
                    try:
                        rep, c.last = c.last or c.reply(12 * float(slow[1]) if slow else None), None
                    except EOFError:
                        raise Bad("line %d: wanted %s, connection closed" % (no, arg))
                    tr += ["S: " + x for x in rep]
                    if self.a.fill and arg.startswith("?"):
                        e = re.match(r"\d\.\d{1,3}\.\d{1,3}(?=\s|$)", rep[0][4:])
                        more = arg[1:]
                        if more.startswith("="):        # S: ?= pins the text too, where no id or quoting stands in it
                            t = rep[0][4 + (len(e[0]) + 1 if e else 0):]
                            more = ' has "%s"' % t if not re.search(r'["\\\\]|queued as', t) else ""
                        self.filled.setdefault(case["file"], {})[no] = "S: %s %s%s" % (rep[0][:3], e[0] if e else "-", more)
                        continue
                    wanted = slow[2] if slow else arg
                    try:
                        expect(rep, wanted)
                    except Bad as e:
                        raise Bad("line %d: %s" % (no, e))
                    for other in changed(wanted):
                        self.changes += 1
                        try:
                            expect(rep, other)
                        except Bad:
                            self.noticed += 1
                        else:
                            raise Bad("line %d: %r would pass as well as %r" % (no, other, wanted))
                elif op == "TLS":
                    c.s.settimeout(self.a.timeout)
                    if c.buf:
                        raise Bad("line %d: plaintext before the handshake: %r" % (no, c.buf[:60]))
                    fails = "fails" in arg.split()
                    try:
                        said = self.handshake(c, arg.replace("fails", ""))
                    except (ssl.SSLError, ConnectionError, EOFError) as e:
                        if not fails:
                            raise
                        tr.append("<TLS fails: %s>" % e)
                        continue
                    if fails:
                        raise Bad("line %d: the handshake succeeds: %s" % (no, said))
                    tr.append(said)
                elif op == "AUTH":
                    # AUTH MECH USER PASSWORD [name=value]…: the whole exchange; its last reply is the next S:
                    f = arg.split(" ")
                    o = dict(x.partition("=")[::2] for x in f[3:])
                    c.last = saslclient.authenticate(f[0], f[1], f[2], lambda b: c.send(b + b"\r\n"), c.reply, "later" in o and bool(o.pop("later")), **o)
                    tr.append("AUTH %s %s" % (f[0], f[1]))
                elif op == "SENDMAIL":
                    # SENDMAIL ARGUMENTS | CONTENT: with \\n for line ends; submitted by the sendmail of the started side
                    args, _, text = arg.partition(" | ")
                    r = self.ran("sendmail", "-C", args.split(), unesc(text) + b"\n")
                    tr.append("SENDMAIL %s: %d" % (args, r.returncode))
                    if r.returncode:
                        raise Bad("line %d: sendmail ended with %d: %r" % (no, r.returncode, r.stderr[-300:]))
                elif op == "COMMAND":
                    self.check_command(arg, no, tr)
                elif op == "SAYS":
                    # SAYS REGEX => REPLY: from now on the next hop says this first; SAYS: it has no script any more
                    rx, _, rep = arg.partition(" => ")
                    with self.sink.cv:
                        self.sink.opts = dict(self.sink.opts, reply=[(rx, rep)] + self.sink.opts.get("reply", []) if arg else [])
                elif op == "WAIT":
                    time.sleep(float(arg))
                elif op == "IDLE":
                    self.idle()
                elif op == "ON":
                    f = arg.split()
                    name = f[0]
                    if name not in conns:
                        conns[name] = Conn(self.a.host, self.a.port, f[1] if len(f) > 1 else case["from"], self.a.timeout)
                    tr.append("-- on %s" % arg)
                elif op == "SHUT":
                    c.s.shutdown(socket.SHUT_WR)
                elif op == "CLOSE":
                    self.session = getattr(c.s, "session", None)
                    c.s.close()
                elif op == "SINK":
                    self.check_sink(arg, no, tr)
                elif op == "HOP":
                    self.check_hop(arg, no, tr)
                elif op == "MILTER":
                    self.check_milter(arg, no, tr)
                elif op == "LOG":
                    self.check_log(arg, no, tr, logpos, case)
                elif op == "POLICY" and not arg.startswith("/"):
                    self.check_policy(arg, no, tr)
                elif op == "POLICY":
                    rx = arg.strip()[1:-1]
                    if not any(re.search(rx, s, re.M) for s in self.policy.seen):
                        raise Bad("line %d: no policy request matches /%s/; saw %r" % (no, rx, self.policy.seen[-2:]))
            self.no_secret(m, logpos)
            return True, "", tr
        except Bad as e:
            return False, str(e), tr
        except (OSError, ssl.SSLError, EOFError) as e:
            return False, "%s: %s" % (type(e).__name__, e), tr
        finally:
            for c in conns.values():
                try:
                    c.s.close()
                except OSError:
                    pass

    # waits until sessions of earlier cases are over and what they queued, a notice for the postmaster too, is delivered or
    # waits: what the next hop gets of it belongs to no later case
    def settle(self, patience=PATIENCE / 2):
        end = time.time() + patience
        while time.time() < end:
            with open(self.work + "/maillog", errors="replace") as f:
                log = f.read()
            # one from a client may have ended without a word; a notice has none
            came = set(re.findall(r"/cleanup\[\d+\]: ([0-9A-F]{6,}): message-id=", log)) - set(re.findall(r": ([0-9A-F]{6,}): client=", log))
            came |= set(re.findall(r"/qmgr\[\d+\]: ([0-9A-F]{6,}): from=", log))
            over = set(re.findall(r": ([0-9A-F]{6,}): (?:removed|hold:|discard:|reject:|milter-\w+:|to=.*status=deferred)", log))
            if came <= over and len(re.findall(r"smtpd\[\d+\]: connect from", log)) <= len(re.findall(r"smtpd\[\d+\]: disconnect from", log)):
                return
            time.sleep(0.02)

    # a command of the side that plays
    def ran(self, name, option, args, text=b""):
        at = os.path.dirname(re.search(r"(\S*)postfix -c", self.a.start)[1])
        return subprocess.run([os.path.join(at, name), option, self.env["conf"]] + args, input=text, capture_output=True, timeout=240)

    # IDLE: until no mail is under way, as what is has nothing to do with a queue run. Some may stay so.
    def idle(self):
        end = time.time() + 5
        while time.time() < end and re.search(rb'"queue_name": "(active|incoming)"', self.ran("postqueue", "-c", ["-j"]).stdout):
            time.sleep(0.1)

    # COMMAND NAME ARGUMENTS => STATUS "TEXT": it ends so, and says that; COMMAND NAME ARGUMENTS ? is filled
    def check_command(self, arg, no, tr):
        m = re.match(r'(\S+)((?: \S+)*?)(?: (\?)| => (\d+ ".*"))$', arg)
        lists = m[1] == "qshape" or m[1] == "postqueue" and m[2].split()[:1] in (["-p"], ["-j"])
        end = time.time() + (0 if m[3] else PATIENCE)
        while True:
            now = self.said_by(m[1], m[2])
            if not lists or m[4] == macro(now, self.env) or time.time() > end:
                break
            time.sleep(0.1)                         # what the log says of a mail is not yet in the queue
        tr.append("COMMAND %s: %s" % (arg, now))
        if m[3] and self.a.fill:
            self.filled.setdefault(self.case["file"], {})[no] = "COMMAND %s%s => %s" % (m[1], m[2], now)
        elif m[4] != macro(now, self.env):
            raise Bad("line %d: %s ended with %s" % (no, m[1], now))

    def said_by(self, name, words):
        """How a command ends and what it says."""
        if name == "sendmail" and words.startswith(" -q") or name == "postqueue" and words[:3] in (" -f", " -i", " -s"):
            self.idle()
        r = self.ran(name, "-C" if name == "sendmail" else "-c", words.split())
        said = re.sub(r"\w\w\w \w\w\w [ \d]\d \d\d:\d\d:\d\d", "DATE", self.timeless((r.stdout + r.stderr).decode("utf-8", "replace")))
        said = re.sub(r"^sendmail: postqueue: |^postqueue: ", "", re.sub(r"(?m)\s+$", "", said).replace(self.work, "{work}")).replace(":%d" % self.sink.port, ":{sinkport}")
        if name != "qshape":
            said = re.sub(r"QID([*!#]?) \d+ DATE", r"QID\1 SIZE DATE", re.sub(r"(?<=\S) +|(?m:^) +", " ", said))
        return '%d "%s"' % (r.returncode, said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n"))

    # LOG /re/ : a line of the mail log since the case began, behind the host name, with numbers of processes
    # masked, matches (LOG none /re/: none did so far); LOG ? "text" is filled with the whole line that has the text;
    # LOG ever /re/: since the server was started
    def check_log(self, arg, no, tr, logpos, case):
        def lines():
            with open(self.work + "/maillog", errors="surrogateescape") as f:
                f.seek(logpos)
                return [re.sub(r"\[\d+\]:", ":", ln.split(None, 4)[-1], count=1) for ln in f.read().splitlines() if ln.count(" ") > 4]
        ever = "ever " if arg.startswith("ever ") else ""
        arg = arg[len(ever):]
        if ever:
            logpos = 0
        q = re.match(r'\? "(.*)"$', arg)
        none = arg.startswith("none ")
        rx = None if q else re.compile(re.match(r"(?:none )?/(.*)/$", arg)[1])
        end = time.time() + PATIENCE
        while True:
            now = lines()
            hit = [ln for ln in now if (q[1] in ln if q else rx.search(ln))]
            # mail of an earlier case may be delivered a moment later
            earlier = self.ids_before(logpos) if none and hit else set()
            hit = [ln for ln in hit if not none or not earlier.intersection(re.findall(r": ([0-9A-F]{6,}): ", ln))]
            if none and hit:
                raise Bad("line %d: unwanted log line %r" % (no, hit[0]))
            if none:
                return
            if hit:
                tr.append("LOG: " + hit[0])
                if q and self.a.fill:
                    def escaped(text):
                        return re.escape(text).replace("\\ ", " ").replace("/", "\\/").replace("\\-", "-").replace("\\@", "@").replace("\\#", "#")
                    t = escaped(hit[0]).replace(escaped(self.work), "{work}")
                    for each in "abc":
                        name = "milter" + each.replace("a", "")
                        t = t.replace(escaped(self.env[name]), "{%s}" % name)
                    t = re.sub(r"packet length: \d+ > \d+", r"packet length: \\d+ > \\d+", re.sub(r"by \d+ data bytes", r"by \\d+ data bytes", t))
                    for a, b in ((r"delay=[\d\\.]+", r"delay=[\\d.]+"), (r"delays=[\d\\./]+", r"delays=[\\d./]+"),
                                 (r"\b[0-9A-F]{8,15}\b", "[0-9A-F]+"), (r"(, conn_use=\d+)?, delay=", "(, conn_use=\\\\d+)?, delay="), (r"message size \d+", r"message size \\d+"), (r"\\]:%d\b" % self.sink.port, r"\\]:\\d+"),
                                 (r"size=\d+", r"size=\\d+"), (r"\\]:\d{3,5}\b", r"\\]:\\d+"), (r" after \d[\d\\.]* from", r" after [\\d.]+ from"), (r":%d\b" % self.policy.port, ":{policyport}"), (r":%d\b" % self.sink.port, ":{sinkport}"), (r"pid=\d+", r"pid=\\d+"), (r"\d{14}", r"\\d{14}")):
                        t = re.sub(a, b, t)
                    self.filled.setdefault(case["file"], {})[no] = "LOG %s/^%s$/" % (ever, t)
                return
            if time.time() > end:
                raise Bad("line %d: no log line matches %s; saw %s" % (no, arg, "".join("\n       " + x for x in now[-12:])))
            time.sleep(0.05)

    # queue ids that the mail log has named before a place in it
    def ids_before(self, logpos):
        with open(self.work + "/maillog", "rb") as f:
            return set(re.findall(r": ([0-9A-F]{6,}): ", f.read(logpos).decode("latin-1")))

    # passwords of next hops and of the server's own users are in no line of the log, as they are or encoded; on ours
    # in no notice and transcript either
    def no_secret(self, m, logpos):
        known = [m["sink"].get("auth", ("", ""))] + [(x.partition("@")[0], x.partition(":")[2]) for x in m["saslusers"]] + [(u, s) for u, s in m["users"].items() if len(s) > 5]
        for name, text in m["files"].items():
            known += re.findall(r"(?m)^\S+\s+([^:\s]+):(\S.*)$", text) if "pass" in name else []
        ledger.add("secrets", "".join(s + "\n" for _, s in known if s).encode())
        forms = set()
        for user, secret in known:
            if len(secret) > 4:
                one, both = secret.encode(), ("\0%s\0%s" % (user, secret)).encode()
                forms |= {one, base64.b64encode(one), base64.b64encode(both)}
        with open(self.work + "/maillog", "rb") as f:
            f.seek(logpos)
            places = [("log", f.read())]
        if self.a.warm:
            with self.sink.cv:
                places += [("mail of " + x["mail"], x["data"]) for x in self.sink.got if x["mail"].startswith(("<>", "<double-bounce@"))]
            ledger.add("notices-%d" % self.a.port, b"".join(x for _, x in places[1:]))
        for place, text in places:
            for form in forms:
                if form in text:
                    line = next(x for x in text.split(b"\n") if form in x)
                    raise Bad("a password is in the %s: %r" % (place, line.replace(form, b"(it)")))

    # POLICY is TEXT: the last request that a policy server got; POLICY went TEXT: over which connections all came;
    # POLICY is ? and POLICY went ? are filled
    def check_policy(self, arg, no, tr):
        word, _, wanted = arg.partition(" ")
        now = self.policy.went() if word == "went" else Policy.shown(self.policy.seen[-1], self.env.values()) if self.policy.seen else "nothing"
        tr.append("POLICY: " + now)
        if wanted == "?" and self.a.fill:
            for k in ("certfpsha256", "keyfpsha256"):
                now = now.replace(self.env[k], "{%s}" % k)
            self.filled.setdefault(self.case["file"], {})[no] = "POLICY %s %s" % (word, now)
        elif wanted != now:
            raise Bad("line %d: the policy server got %r" % (no, now))

    # HOP TEXT: what the next hop heard since the case began, in all connections (//), but for QUIT; HOP ? is filled
    def check_hop(self, arg, no, tr):
        def now():
            return " // ".join(" | ".join(x for x in c if x != "QUIT") for c in self.sink.heard if c)
        end = time.time() + (1 if arg == "?" else PATIENCE)
        with self.sink.cv:
            while now() != arg and time.time() < end:
                self.sink.cv.wait(max(0, end - time.time()))
            tr.append("HOP: " + now())
            if arg == "?" and self.a.fill:
                self.filled.setdefault(self.case["file"], {})[no] = "HOP " + now().replace(str(self.sink.port), "{sinkport}")
            elif now() != arg:
                raise Bad("line %d: the next hop heard %r" % (no, now()))

    # MILTER [b|c] TEXT: what the milter heard since the case began (milterserver.py); MILTER ? is filled
    def check_milter(self, arg, no, tr):
        which = re.match(r"([bc]) ", arg)
        milter = self.milters[which[1] if which else "a"]
        wanted = arg[2:] if which else arg

        def now():
            said = self.timeless(milter.said()).replace("daemon_port}=%d" % self.a.port, "daemon_port}={port}")
            return said.replace("]:%d" % self.sink.port, "]:{sinkport}").replace(self.work, "{work}")
        wanted = wanted.replace("daemon_port}=%d" % self.a.port, "daemon_port}={port}").replace("]:%d" % self.sink.port, "]:{sinkport}").replace(self.work, "{work}")
        end = time.time() + (1 if wanted == "?" else PATIENCE)
        with milter.cv:
            while now() != wanted and time.time() < end:
                milter.cv.wait(max(0, end - time.time()))
        tr.append("MILTER: " + now())
        if wanted == "?" and self.a.fill:
            self.filled.setdefault(self.case["file"], {})[no] = "MILTER %s%s" % (which[1] + " " if which else "", now())
        elif now() != wanted:
            raise Bad("line %d: the milter heard\n       %s" % (no, now().replace(" | ", "\n       ")))

    def check_sink(self, arg, no, tr):
        within = re.search(r"within ([\d.]+)", arg)
        limit = 12 * float(within[1]) if within and not arg.startswith("none") else PATIENCE
        m = re.match(r"none\b", arg)
        if m:
            time.sleep(float(within[1]) if within else 2)
            if self.sink.msgs:
                raise Bad("line %d: unexpected message at the next hop: %s -> %s" % (no, self.sink.msgs[0]["mail"], self.sink.msgs[0]["rcpt"]))
            return
        fill = arg.startswith("? ")     # SINK ? CONDITIONS is filled with the MAIL command and the notice's parts
        head = arg.startswith("?h ")    # SINK ?h CONDITIONS with all recipients and the header but for trace and identity
        full = arg.startswith("?f ")    # SINK ?f CONDITIONS with the MAIL command, all recipients and all of the message
        whole = arg.startswith("?b ")   # SINK ?b CONDITIONS with the XFORWARD lines, the MAIL command, that header and the body
        conds = re.findall(r'(from|rcpts|rcpt|has|lacks|like|header|head|bare|nrcpt|tls|sni|cert|mail|parts|xforward|whole|full)\s+(?:"((?:[^"\\]|\\.)*)"|/((?:[^/\\]|\\.)*)/|(\d+))', arg)
        end, why = time.time() + limit, "no message at the next hop"
        while True:
            with self.sink.cv:
                for k, x in enumerate(self.sink.msgs):
                    why = self.match(x, conds)
                    if not why:
                        left0 = list(x["rcpt"])
                        gone = [q for w, q, rx, n in conds if w == "rcpt" and not rx]
                        left = [z for z in x["rcpt"] if Sink.path(z) not in gone]
                        if gone and left:       # other recipients of the same transaction stay to be asked for
                            x["rcpt"] = left
                        else:
                            del self.sink.msgs[k]
                        tr.append("SINK: %s -> %s (%d bytes)" % (x["mail"], x["rcpt"], len(x["data"])))
                        if head and self.a.fill:
                            self.filled.setdefault(self.case["file"], {})[no] = 'SINK %s rcpts "%s" head "%s"' % (
                                arg[3:], *(y.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") for y in (self.all_rcpts(x, left0), self.head(x))))
                        if whole and self.a.fill:
                            self.filled.setdefault(self.case["file"], {})[no] = 'SINK %s xforward "%s" mail "%s" whole "%s"' % (
                                arg[3:], *(y.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
                                           for y in (self.forwarded(x), self.command(x), self.whole(x))))
                        if full and self.a.fill:
                            self.filled.setdefault(self.case["file"], {})[no] = 'SINK %s mail "%s" rcpts "%s" full "%s"' % (
                                arg[3:], *(y.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
                                           for y in (self.command(x), self.all_rcpts(x, left0), self.full(x))))
                        if fill and self.a.fill:
                            self.filled.setdefault(self.case["file"], {})[no] = 'SINK %s mail "%s" parts "%s"' % (
                                arg[2:], self.command(x), self.parts(x).replace('"', '\\"'))
                        return
                left = end - time.time()
                if left <= 0:
                    tail = open(self.work + "/maillog", errors="replace").read().splitlines()[-10:]
                    raise Bad("line %d: %s; the log ends %s" % (no, why, "".join("\n       " + x for x in tail)))
                self.sink.cv.wait(left)

    @staticmethod
    def command(x):
        """What followed MAIL FROM:, without its size."""
        return re.sub(r" SIZE=\d+", "", x["mail"])

    @staticmethod
    def plain(text):
        return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), text)

    @staticmethod
    def all_rcpts(x, rcpts=None):
        return " ".join(sorted(x["rcpt"] if rcpts is None else rcpts))

    @staticmethod
    def head(x):
        """The header as it is, but for Received:, (Resent-)Date: and -Message-Id: with their folds, and a notice's boundary."""
        text = x["data"].decode("utf-8", "surrogateescape").replace("\r\n", "\n").split("\n\n", 1)[0]
        fields = re.split(r"\n(?![ \t])", re.sub(r'(boundary=")[0-9A-F]+\.\d+/', r"\1QID", text))
        return "\n".join(f for f in fields if not re.match(r"(Received|Date|Message-Id|Resent-Date|Resent-Message-Id):", f, re.I))

    @staticmethod
    def forwarded(x):
        """The XFORWARD lines, with the marks of what differs each time."""
        return re.sub(r"(IDENT=[0-9A-Z]{10,}|PORT=\d{5})", lambda m: m[1].split("=")[0] + "=...", x["xforward"])

    @classmethod
    def whole(cls, x):
        text = x["data"].decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        return cls.head(x) + "".join(text.partition("\n\n")[1:])

    @staticmethod
    def full(x):
        """All of the message: ids and times masked, octets above 127 and control characters as \\xNN, what repeats as {N}."""
        text = re.sub(r"\]:\d{4,5}\b", "]:PORT", Runner.timeless(x["data"].decode("latin1").replace("\r\n", "\n")))
        text = re.sub(r"(?m)^( Out: MAIL FROM:.*) SIZE=\d+", r"\1 SIZE=...", text)
        text = re.sub(r"((?:.|\n){1,80}?)\1{40,}", lambda m: "%s{%d}" % (m[1], len(m[0]) // len(m[1])), text)
        return re.sub(r"[^\x20-\x7e\t\n]", lambda m: "\\x%02x" % ord(m[0]), text)

    @staticmethod
    def timeless(text):
        text = re.sub(r"\w\w\w, +\d+ \w\w\w \d{4} \d\d:\d\d:\d\d [+-]\d{4}( \([A-Z]+\))?", "DATE", text)
        text = re.sub(r"\b\d{14}\b", "TIME", text)
        return re.sub(r"\b[0-9A-F]{10,15}(\.\d+/)?\b", "QID", text)

    @staticmethod
    def parts(x):
        """The fields that say of what type and encoding the message and its parts are, `|` where a part ends, 8 where
        octets above 127 stand before the next."""
        text = re.sub(rb"\r\n[ \t]+", b" ", x["data"])
        out, eight = [], False
        for line in text.split(b"\r\n"):
            t = line.decode("utf-8", "surrogateescape")
            part = re.match(r"--[0-9A-F]+\.\d+/", t)
            field = re.match(r"Content-(Type|Transfer-Encoding): (.*)$", t, re.I)
            if (part or field) and eight:
                out.append("8")
                eight = False
            if part:
                out.append("|")
            if field:
                out.append(re.sub(r'; *boundary="?[0-9A-F]+\.\d+/[^" ]*"?', "", field[2]))
            eight = eight or any(b > 127 for b in line)
        return " ".join(out + ["8"] * eight)

    def match(self, x, conds):
        text = x["data"].decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        for w, q, rx, n in conds:
            plain, q = q, q.replace('\\"', '"').replace("\\n", "\n")
            rx = rx.replace("\\/", "/")
            ok = {"from": lambda: x["addr"] == q if not rx else re.search(rx, x["mail"]),
                  "rcpt": lambda: q in [Sink.path(r) for r in x["rcpt"]] if not rx else any(re.search(rx, r) for r in x["rcpt"]),
                  "tls": lambda: x["tls"] == q, "sni": lambda: x["sni"] == q, "cert": lambda: x["cert"] == q,
                  "has": lambda: q in text, "lacks": lambda: q not in text,
                  "like": lambda: re.search(rx, text, re.M),
                  "header": lambda: re.search(rx, text.split("\n\n", 1)[0], re.M),
                  "nrcpt": lambda: len(x["rcpt"]) == int(n),
                  "rcpts": lambda: self.all_rcpts(x) == self.plain(plain), "head": lambda: self.head(x) == self.plain(plain),
                  "mail": lambda: self.command(x) == q, "parts": lambda: self.parts(x) == q, "xforward": lambda: self.forwarded(x) == q,
                  "full": lambda: self.full(x) == self.plain(plain),
                  "whole": lambda: self.whole(x) == self.plain(plain),
                  "bare": lambda: x["bare"] == (n == "1")}[w]()
            if not ok:
                return "message %s -> %s does not satisfy %s %s; text %r" % (x["mail"], x["rcpt"], w, q or rx or n, text[:4000])
        return None


def silent(m):
    """A name server of this dialogue keeps some answers back."""
    return re.search(r"(?m)^\S+ (TIMEOUT|ONLY|TRUNCATED|GARBAGE)\b", m["dns"])


def of_seconds(case, m):
    """Whether what comes of the dialogue depends on how long something takes."""
    said = [x for rules in m["milters"].values() for x in rules] + [a for _, a in m["policy"]] + [r for _, r in m["sink"].get("reply", [])]
    return bool(silent(m) or SECONDS.search(m["main"] + m["master"]) or any(re.search(r"\bhang\b|!slow|\bsleep \d", x) for x in said)
                or any(op == "WAIT" and float(arg) >= 0.5 or re.match(r"(quiet|within) ", arg) or op == "SINK" and re.search(r"(?<!none )within \d", arg) for op, arg, _ in case["steps"]))


class Held:
    """For which share of the time since it was made something in this machine waited for a processor."""
    def __init__(self):
        self.begun, self.before = time.time(), Held.micros()

    @staticmethod
    def micros():
        try:
            return int(re.search(r"some .*total=(\d+)", open("/proc/pressure/cpu").read())[1])
        except (OSError, TypeError):
            return None

    def share(self):
        now = Held.micros()
        if now is None or self.before is None:      # nobody counts it here
            return min(1, max(0, os.getloadavg()[0] / os.cpu_count() - 1))
        return (now - self.before) / 1e6 / max(0.001, time.time() - self.begun)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("host")
    p.add_argument("port", type=int)
    p.add_argument("casefile", nargs="+")
    p.add_argument("--start", default=DEF_START)
    p.add_argument("--stop", default=DEF_STOP)
    p.add_argument("--warm", help="a command that starts and stops servers by order")
    p.add_argument("--real-every", type=int, default=12, help="of the configurations, how many come to one that is started by --start (0: all are warm)")
    p.add_argument("--share", default="1/1", help="which of the configurations: the Kth of each N")
    p.add_argument("--work", default=os.path.join(os.environ.get("TMPDIR") or "/tmp", "twin"))
    p.add_argument("--only", default="*")
    p.add_argument("--timeout", type=float, default=PATIENCE)
    p.add_argument("--boot", type=float, default=4 * PATIENCE, help="seconds allowed for the server to listen")
    p.add_argument("--fill", action="store_true", help="authoring: replace 'S: ?' in the case files by what was observed")
    p.add_argument("--verbose", action="store_true")
    p.add_argument("--list", action="store_true")
    p.add_argument("--json")
    a = p.parse_args()
    configs, cases = {}, []
    for f in a.casefile:
        c, k = parse(f)
        configs.update(c)
        cases += k
    names = [c["name"] for c in cases]
    dup = {n for n in names if names.count(n) > 1}
    if dup:
        sys.exit("duplicate case names: %s" % ", ".join(sorted(dup)))
    cases = [c for c in cases if any(fnmatch.fnmatch(c["name"], g) for g in a.only.split(","))]
    if a.list:
        for c in cases:
            print("%-40s %s" % (c["name"], c["about"]))
        print(len(cases), "cases")
        return 0
    r = Runner(a)
    groups = {}
    for c in cases:
        m = r.merged(configs, c)
        groups.setdefault(m["key"], []).append((c, m))
    res, starts, played = [], [0, 0], [0, 0]
    seconds, whole = 0, Held()
    share, shares = map(int, a.share.split("/"))
    for n, group in enumerate(list(groups.values())[share - 1::shares]):
        m0 = group[0][1]
        r.dns.load(m0["dns"])
        r.auth.mechs = m0["mechs"] or ["PLAIN", "LOGIN"]
        real = not a.warm or (a.real_every and n % a.real_every == 0)
        starts[bool(real)] += 1
        played[bool(real)] += len(group)
        r.resolver(any(silent(m) for _, m in group))
        seconds += sum(of_seconds(c, m) for c, m in group)
        first, well = {}, 0
        for tried in range(1, TRIES + 1):
            came = []
            err = r.start(m0, real)
            for c, m in group:
                r.dns.load(m["dns"])
                held = Held()
                ok, msg, tr = (False, err, []) if err else r.play(c, m)
                came.append({"case": c["name"], "ok": ok, "message": msg, "seconds": round(time.time() - held.begun, 2), "where": c["where"]})
                late = not ok and not err and of_seconds(c, m) and held.share() > HELD_UP
                if late and not a.fill:
                    first.setdefault(c["name"], came[-1])
                came[-1]["late"] = late
                print("%s %s %s" % ("PASS" if ok else "FAIL", c["name"], "" if ok else "[%s] %s" % (c["where"], msg)), flush=True)
                if a.verbose or a.fill or (not ok and tr):
                    print("\n".join("     " + x for x in tr), flush=True)
            why = r.stop()
            if why:
                came[-1].update(ok=False, late=False, message=why)
                print("FAIL %s [%s] %s" % (came[-1]["case"], came[-1]["where"], why), flush=True)
            bad = [x for x in came if not x["ok"]]
            well = 0 if bad else well + 1
            if a.fill or not first or not all(x["late"] for x in bad) or well == 2:
                break
            for x in bad:
                print("AGAIN %s [%s] on a busy machine: %s" % (x["case"], x["where"], x["message"]), flush=True)
        if first and well < 2:                      # one that came out last has not come out
            for x in came:
                if x["ok"] and x["case"] in first:
                    x.update(ok=False, message="by turns: " + first[x["case"]]["message"])
        for x in came:
            del x["late"]
            if x["case"] in first:
                x.update(again=first[x["case"]]["message"])
        res += came
    again = [x for x in res if "again" in x and x["ok"]]
    most = 2 + seconds * MOST_AGAIN * whole.share()
    if len(again) > most:
        for x in again:
            x.update(ok=False, message="played again, as %d were, where %d are the most that other work (%d %%) explains: %s"
                     % (len(again), most, 100 * whole.share(), x["again"]))
            print("FAIL %s [%s] %s" % (x["case"], x["where"], x["message"]), flush=True)
    if r.warm:
        r.warm.stdin.close()
        if r.warm.wait(4 * PATIENCE) != 0:
            sys.exit("the warm server ended with %d" % r.warm.returncode)
    for f, d in r.filled.items():
        lines = open(f, encoding="utf-8").read().split("\n")
        for no, t in d.items():
            lines[no - 1] = t
        open(f, "w", encoding="utf-8").write("\n".join(lines))
    bad = sum(not x["ok"] for x in res)
    print("%d expectations changed, %d noticed" % (r.changes, r.noticed))
    print("%d servers of their own for %d dialogues, %d in a warm process for %d" % (starts[1], played[1], starts[0], played[0]))
    print("%d dialogues of seconds, %d of them played again, held up for %d %%" % (seconds, len(again), 100 * whole.share()))
    print("%d cases, %d passed, %d failed" % (len(res), len(res) - bad, bad))
    if a.json:
        json.dump(res, open(a.json, "w"), indent=1)
    return min(bad, 99)


if __name__ == "__main__":
    sys.exit(main())
