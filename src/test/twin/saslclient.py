"""The client's half of SASL mechanisms, for the twin runner. Standard library only.

client(mech, user, password, **options) is a generator: it yields responses (bytes, or None for no initial
response) and is sent the server's challenges (bytes). options: authz, realm, binding (tls-server-end-point data).
"""
import hashlib, hmac, os, re, struct
import base64


def plain(user, password, o):
    yield o.get("authz", "").encode() + b"\0" + user.encode() + b"\0" + password.encode()


def login(user, password, o):
    yield None
    yield user.encode()
    yield password.encode()


def cram(user, password, o):
    challenge = yield None
    yield user.encode() + b" " + hmac.new(password.encode(), challenge, "md5").hexdigest().encode()


def digest(user, password, o):
    challenge = (yield None).decode("utf-8")
    f = dict((k.lower(), q or v) for k, q, v in re.findall(r'([a-z-]+)=(?:"([^"]*)"|([^,]*))', challenge, re.I))
    realm = o.get("realm", f.get("realm", ""))
    cnonce = base64.b64encode(os.urandom(12)).decode()
    uri = "smtp/" + o.get("host", "mx.twin.example")
    h = lambda b: hashlib.md5(b).digest()
    a1 = h(("%s:%s:%s" % (user, realm, password)).encode()) + (":%s:%s" % (f["nonce"], cnonce)).encode()
    if o.get("authz"):
        a1 += (":" + o["authz"]).encode()
    a2 = ("AUTHENTICATE:" + uri).encode()
    resp = h(("%s:%s:00000001:%s:auth:%s" % (h(a1).hex(), f["nonce"], cnonce, h(a2).hex())).encode()).hex()
    out = 'charset=utf-8,username="%s",realm="%s",nonce="%s",nc=00000001,cnonce="%s",digest-uri="%s",response=%s,qop=auth' % (
        user, realm, f["nonce"], cnonce, uri, resp)
    if o.get("authz"):
        out += ',authzid="%s"' % o["authz"]
    yield out.encode()
    yield b""                                   # behind rspauth


def md4(data):
    def rot(x, n):
        return ((x << n) | (x >> (32 - n))) & 0xffffffff
    n = len(data)
    data += b"\x80" + b"\0" * ((55 - n) % 64) + struct.pack("<Q", n * 8)
    a, b, c, d = 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476
    for i in range(0, len(data), 64):
        x = struct.unpack("<16I", data[i:i + 64])
        s = [a, b, c, d]
        for r in range(48):
            if r < 16:
                f, k, add, sh = (s[1] & s[2]) | (~s[1] & s[3]), r, 0, (3, 7, 11, 19)[r % 4]
            elif r < 32:
                f = (s[1] & s[2]) | (s[1] & s[3]) | (s[2] & s[3])
                k, add, sh = (r % 4) * 4 + (r - 16) // 4, 0x5a827999, (3, 5, 9, 13)[r % 4]
            else:
                f = s[1] ^ s[2] ^ s[3]
                k = (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15)[r - 32]
                add, sh = 0x6ed9eba1, (3, 9, 11, 15)[r % 4]
            s = [s[3], rot((s[0] + (f & 0xffffffff) + x[k] + add) & 0xffffffff, sh), s[1], s[2]]
        a, b, c, d = [(p + q) & 0xffffffff for p, q in zip((a, b, c, d), s)]
    return struct.pack("<4I", a, b, c, d)


def ntlm(user, password, o):
    """NTLMv2 (MS-NLMP)."""
    challenge = yield b"NTLMSSP\0" + struct.pack("<II", 1, 0x8207) + b"\0" * 16
    nonce = challenge[24:32]
    tl, _, to = struct.unpack("<HHI", challenge[12:20])
    target = challenge[to:to + tl]
    unicode = struct.unpack("<I", challenge[20:24])[0] & 1
    enc = (lambda s: s.encode("utf-16-le")) if unicode else (lambda s: s.encode())
    domain = o.get("realm", target.decode("utf-16-le" if unicode else "ascii"))
    key = hmac.new(md4(password.encode("utf-16-le")), (user.upper() + domain).encode("utf-16-le"), "md5").digest()
    blob = b"\1\1\0\0\0\0\0\0" + struct.pack("<Q", 0x01d90000deadbeef) + os.urandom(8) + b"\0\0\0\0" + b"\0\0\0\0" + b"\0\0\0\0"
    nt = hmac.new(key, nonce + blob, "md5").digest() + blob
    lmc = os.urandom(8)
    lm = hmac.new(key, nonce + lmc, "md5").digest() + lmc
    parts, at, heads = [lm, nt, enc(domain), enc(user), enc("HOST"), b""], 64, b""
    for p in parts:
        heads += struct.pack("<HHI", len(p), len(p), at)
        at += len(p)
    yield b"NTLMSSP\0" + struct.pack("<I", 3) + heads + struct.pack("<I", 0x8201 if unicode else 0x8202) + b"".join(parts)


def scram(name, plus=False):
    def run(user, password, o):
        cn = base64.b64encode(os.urandom(18)).decode()
        gs2 = ("p=tls-server-end-point," if plus else o.get("gs2", "n") + ",") + ("a=" + o["authz"] if o.get("authz") else "") + ","
        bare = "n=%s,r=%s" % (user.replace("=", "=3D").replace(",", "=2C"), cn)
        first = (yield (gs2 + bare).encode()).decode()
        f = dict(x.split("=", 1) for x in first.split(","))
        salted = hashlib.pbkdf2_hmac(name, password.encode(), base64.b64decode(f["s"]), int(f["i"]))
        ck = hmac.new(salted, b"Client Key", name).digest()
        bind = gs2.encode() + (o["binding"] if plus else b"")
        without = "c=%s,r=%s" % (base64.b64encode(bind).decode(), f["r"])
        sig = hmac.new(hashlib.new(name, ck).digest(), ("%s,%s,%s" % (bare, first, without)).encode(), name).digest()
        final = yield (without + ",p=" + base64.b64encode(bytes(x ^ y for x, y in zip(ck, sig))).decode()).encode()
        sk = hmac.new(salted, b"Server Key", name).digest()
        want = base64.b64encode(hmac.new(sk, ("%s,%s,%s" % (bare, first, without)).encode(), name).digest())
        if final != b"v=" + want:
            raise ValueError("the server's signature is wrong: %r" % final)
        yield b""
    return run


def external(user, password, o):
    yield o.get("authz", "").encode()


def oauthbearer(user, password, o):
    yield b"n,a=" + user.encode() + b",\1auth=Bearer " + password.encode() + b"\1\1"
    yield b"\1"


def xoauth2(user, password, o):
    yield b"user=" + user.encode() + b"\1auth=Bearer " + password.encode() + b"\1\1"
    yield b""


MECHS = {"PLAIN": plain, "LOGIN": login, "CRAM-MD5": cram, "DIGEST-MD5": digest, "NTLM": ntlm, "EXTERNAL": external,
         "SCRAM-SHA-1": scram("sha1"), "SCRAM-SHA-256": scram("sha256"), "SCRAM-SHA-1-PLUS": scram("sha1", True),
         "SCRAM-SHA-256-PLUS": scram("sha256", True), "OAUTHBEARER": oauthbearer, "XOAUTH2": xoauth2}


def authenticate(mech, user, password, send, reply, noinitial=False, **o):
    """send(bytes line), reply() -> list of reply lines; returns the last reply that is no challenge."""
    g = MECHS[mech](user, password, o)
    out = next(g)
    e = lambda b: base64.b64encode(b) or b"="
    if out is None or noinitial:
        send(b"AUTH " + mech.encode())
    else:
        send(b"AUTH " + mech.encode() + b" " + e(out))
    kept = out if noinitial else None
    while True:
        r = reply()
        if not r[0].startswith("334"):
            return r
        c = base64.b64decode(r[0][4:])
        if kept is not None:
            out, kept = kept, None
        else:
            try:
                out = g.send(c)
            except StopIteration:
                out = b""
        send(base64.b64encode(out or b""))
