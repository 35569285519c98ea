"""The server's half of SASL mechanisms, for the next hop of the twin runner. Standard library only.

Exchange(mech, user, password) is fed what the client says and answers with a reply line; shown() is what it said, decoded,
with what is made at random left out and what proves a password replaced by right or wrong.
"""
import base64, hashlib, hmac, re, struct

import saslclient

NONCE = "AAAAtwinNONCE0000"
CHALLENGE = b"<1896.697170952@sink.example.net>"
SALT = b"saltsalt"
GOOD, BAD = "235 2.7.0 Authentication successful", "535 5.7.8 Error: authentication failed"


def text(octets):
    t = octets.replace(b"\0", b"|").replace(b"\1", b"^").decode("utf-8", "surrogateescape")
    return t if all(0x20 <= ord(c) < 0xd800 for c in t) else "hex " + octets.hex()


class Exchange:
    def __init__(self, mech, user, password):
        self.mech, self.user, self.password, self.said, self.given = mech.upper(), user, password, [], None

    def challenge(self, octets):
        return "334 " + base64.b64encode(octets).decode()

    def told(self, reply):
        """What was said to the client, by a script or by this."""
        try:
            self.given = base64.b64decode(reply[4:], validate=True) if reply.startswith("334") else None
        except ValueError:
            self.given = None

    def step(self, octets):
        """octets: None where the client sent no initial response. -> (shown, reply)"""
        if octets is not None:
            self.said.append(octets)
        m = getattr(self, self.mech.split("-")[0].lower(), None)
        return m(octets) if m else (text(octets or b""), "504 5.5.4 Unrecognized authentication type")

    def end(self, shown, ok):
        return shown + (" right" if ok else " wrong"), GOOD if ok else BAD

    def plain(self, o):
        if o is None:
            return "", "334 "
        p = o.split(b"\0")
        ok = len(p) == 3 and p[1].decode("utf-8", "replace") == self.user and p[2].decode("utf-8", "replace") == self.password
        return text(o), GOOD if ok else BAD

    def login(self, o):
        if not self.said:
            return "", self.challenge(b"Username:")
        if len(self.said) == 1:
            return text(o), self.challenge(b"Password:")
        ok = [x.decode("utf-8", "replace") for x in self.said] == [self.user, self.password]
        return text(o), GOOD if ok else BAD

    def cram(self, o):
        if o is None:
            return "", self.challenge(CHALLENGE)
        user, _, got = o.rpartition(b" ")
        c = self.given if self.given is not None else CHALLENGE
        want = hmac.new(self.password.encode(), c, "md5").hexdigest().encode()
        return self.end(text(user), user.decode("utf-8", "replace") == self.user and got == want)

    def digest(self, o):
        if o is None:
            return "", self.challenge(('nonce="%s",realm="sink.example.net",qop="auth",charset=utf-8,algorithm=md5-sess' % NONCE).encode())
        if len(self.said) > 1:
            return text(o), GOOD
        f = dict((k.lower(), q or v) for k, q, v in re.findall(r'([a-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^,]*))', o.decode("utf-8", "replace"), re.I))
        h = lambda b: hashlib.md5(b).digest()
        un = lambda k: re.sub(r"\\(.)", r"\1", f.get(k, ""))
        secret = ("%s:%s:%s" % (un("username"), un("realm"), self.password))
        try:
            secret = secret.encode("latin-1")
        except UnicodeError:
            secret = secret.encode()
        a1 = h(secret) + (":%s:%s" % (f.get("nonce"), f.get("cnonce"))).encode()
        if "authzid" in f:
            a1 += (":" + un("authzid")).encode()
        hash = lambda a2: h(("%s:%s:%s:%s:%s:%s" % (h(a1).hex(), f.get("nonce"), f.get("nc"), f.get("cnonce"), f.get("qop", "auth"), h(a2.encode()).hex())).encode()).hex()
        ok = f.get("response") == hash("AUTHENTICATE:" + f.get("digest-uri", "")) and un("username") == self.user
        shown = " ".join("%s=%s" % (k, f[k]) for k in ("username", "realm", "digest-uri", "qop", "nc", "authzid") if k in f)
        if not ok:
            return self.end(shown, False)
        return shown + " right", self.challenge(("rspauth=" + hash(":" + f["digest-uri"])).encode())

    def scram(self, o):
        name = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-224": "sha224", "SCRAM-SHA-256": "sha256", "SCRAM-SHA-384": "sha384",
                "SCRAM-SHA-512": "sha512"}.get(self.mech)
        if o is None:
            return "", "334 "
        t = o.decode("utf-8", "replace")
        if len(self.said) == 1:
            self.gs2, _, self.bare = re.match(r"([^,]*,[^,]*,)()(.*)$", t, re.S).groups()
            self.first = "r=%s%s,s=%s,i=4096" % (re.search(r"r=(.*)", self.bare)[1], NONCE, base64.b64encode(SALT).decode())
            return re.sub(r"r=.*", "r=NONCE", t), self.challenge(self.first.encode())
        if len(self.said) > 2:
            return text(o), GOOD
        without, _, p = t.rpartition(",p=")
        said = "%s,%s,%s" % (self.bare, self.first, without)
        salted = hashlib.pbkdf2_hmac(name, self.password.encode(), SALT, 4096)
        ck = hmac.new(salted, b"Client Key", name).digest()
        sig = hmac.new(hashlib.new(name, ck).digest(), said.encode(), name).digest()
        ok = base64.b64decode(p) == bytes(x ^ y for x, y in zip(ck, sig)) and "n=%s," % self.user.replace("=", "=3D").replace(",", "=2C") in self.bare + ","
        if not ok:
            return self.end(re.sub(r",r=.*", "", without), False)
        v = base64.b64encode(hmac.new(hmac.new(salted, b"Server Key", name).digest(), said.encode(), name).digest())
        return re.sub(r",r=.*", "", without) + " right", self.challenge(b"v=" + v)

    def ntlm(self, o):
        if o is None:
            return "", "334 "
        if len(self.said) == 1:
            return "type %d" % struct.unpack("<I", o[8:12])[0], self.challenge(
                b"NTLMSSP\0" + struct.pack("<I", 2) + struct.pack("<HHI", 8, 8, 48) + struct.pack("<I", 0x00010205) + b"01234567" + b"\0" * 8 +
                struct.pack("<HHI", 0, 0, 56) + "SINK".encode("utf-16-le"))
        get = lambda at: o[struct.unpack("<I", o[at + 4:at + 8])[0]:][:struct.unpack("<H", o[at:at + 2])[0]]
        lm, nt, domain, user = get(12), get(20), get(28).decode("utf-16-le"), get(36).decode("utf-16-le")
        key = lambda d: hmac.new(saslclient.md4(self.password.encode("utf-16-le")), (user.upper() + d).encode("utf-16-le"), "md5").digest()
        v2 = hmac.new(key(domain), b"01234567" + nt[16:], "md5").digest() == nt[:16]
        v1 = len(nt) == 24                          # as Cyrus answers: not verified, DES is not in the library
        lm2 = hmac.new(key(domain), b"01234567" + lm[16:], "md5").digest() == lm[:16]
        return self.end("type 3 user=%s domain=%s" % (user, domain), user == self.user and (v1 or v2 or lm2))

    def external(self, o):
        return (text(o), GOOD) if o is not None else ("", "334 ")

    def anonymous(self, o):
        return (re.sub("@.*", "@HOST", text(o)), GOOD) if o is not None else ("", "334 ")
