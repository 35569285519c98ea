"""Two machines alike, one with real Postfix and one with ours, each in namespaces of its own: what `mailboxes` plays its parts on.

A side has a throw-away /etc, /home, /var/mail, /run and crontabs, port 25 of its own, users made with useradd, the
configuration in /etc/postfix as on any host, and its own sendmail and mailq where programs look for them. What a part leaves
(log lines of the delivery agents, files with owner, group, mode and octets, what other hosts got) is noted with times,
queue ids and process numbers masked, and compared with what the other side noted.
"""
import glob, grp, json, os, pwd, re, shutil, socket, socketserver, stat, subprocess, sys, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(HERE + "/../../..")
sys.path.append(HERE + "/..")
import ledger
from accounts import account
from until import under_way, within
W = "/tmp/postrider-mailboxes"
LINES = """\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
MAIN = """\
compatibility_level = 3.6
queue_directory = {W}/queue
data_directory = {W}/data
maillog_file = {W}/maillog
maillog_file_prefixes = {W}
myhostname = mx.here.example
mydomain = here.example
myorigin = here.example
mydestination = $myhostname, here.example, localhost.here.example, localhost
mynetworks = 127.0.0.0/8
inet_protocols = ipv4
relayhost = [127.0.0.9]
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
"""
AGENTS = "local|virtual|pipe|lmtp|error|bounce|smtp|discard"


def sh(command, **more):
    """What a command of the shell says, on both outputs."""
    more.setdefault("timeout", 240)
    return subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
                          if "input" not in more else None, **more).stdout.decode("latin-1")


def must(command):
    r = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=240)
    if r.returncode:
        raise SystemExit("%s: %s" % (command, r.stdout.decode("latin-1")))
    return r.stdout.decode("latin-1")


def write(path, text, owner=None, mode=None):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w", encoding="latin-1").write(text)
    if owner:
        shutil.chown(path, owner, pwd.getpwnam(owner).pw_gid)
    if mode is not None:
        os.chmod(path, mode)


class Hop(socketserver.ThreadingTCPServer):
    """A next hop by SMTP or LMTP: takes all but recipients that `refuse` has a reply for; `got` holds (sender, recipients, lines)."""
    allow_reuse_address = daemon_threads = True

    def __init__(self, address, port, refuse=None):
        self.got, self.refuse = [], refuse or {}
        outer = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                def say(text):
                    self.wfile.write((text + "\r\n").encode())
                say("220 hop.example ESMTP")
                sender, to, lmtp = "", [], False
                for raw in self.rfile:
                    line = raw.decode("latin-1").strip()
                    verb = line[:4].upper()
                    if verb in ("EHLO", "LHLO"):
                        lmtp = verb == "LHLO"
                        say("250-hop.example\r\n250-8BITMIME\r\n250 DSN")
                    elif verb == "RCPT" and re.search("<(.*?)>", line)[1] in outer.refuse:
                        say(outer.refuse[re.search("<(.*?)>", line)[1]])
                    elif verb == "DATA":
                        say("354 go")
                        body = []
                        for d in self.rfile:
                            if d == b".\r\n":
                                break
                            d = d.decode("latin-1").rstrip("\r\n")
                            body.append(d[1:] if d.startswith(".") else d)
                        outer.got.append((sender, to, body))
                        for _ in to if lmtp else [0]:
                            say("250 2.0.0 taken")
                    elif verb == "QUIT":
                        say("221 bye")
                        return
                    else:
                        if verb == "MAIL":
                            sender, to = line[5:], []
                        elif verb == "RCPT":
                            to.append(line[5:])
                        say("250 2.1.0 ok")
        super().__init__((address, port), Session)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Side:
    """One machine with its mail system, until `end`."""

    def __init__(self, which, out):
        self.which, self.real, self.out = which, which == "real", out
        self.results, self.checks, self.started, self.part = {}, [], [], ""
        self.interfaces = None
        self.ids = []
        self.machine()
        self.bin = "" if self.real else ROOT + "/bin/"
        if not self.real:
            write(W + "/.sendmail", "#!/bin/sh\n%sexec %s/bin/${0##*/} \"$@\"\n" % (
                "export POSTRIDER_RUN=%s\n" % os.environ["POSTRIDER_RUN"] if "POSTRIDER_RUN" in os.environ else "", ROOT), mode=0o755)
            must("mount --bind %s/.sendmail /usr/sbin/sendmail" % W)
            os.environ["PATH"] = ROOT + "/bin:" + os.environ["PATH"]
        self.hop = Hop("127.0.0.9", 25)
        self.given = set()
        self.up = False

    def machine(self):
        os.makedirs(W, exist_ok=True)
        must("mount -t tmpfs -o mode=755 t %s" % W)
        must("mount -t tmpfs -o mode=1777 t /tmp/.X11-unix 2>/dev/null || true")
        for d in ("etc", "var/lib"):
            o = W + "/." + d.replace("/", "-")
            os.makedirs(o + "/upper"), os.makedirs(o + "/work")
            must("mount -t overlay o -o lowerdir=/%s,upperdir=%s/upper,workdir=%s/work /%s" % (d, o, o, d))
        for d in ("/run", "/home", "/var/mail", "/var/spool/cron/crontabs"):
            if os.path.isdir(d):
                must("mount -t tmpfs -o mode=755 t %s" % d)
        must("chown root:mail /var/mail; chmod 2775 /var/mail; ip link set lo up")
        must("ip addr add 192.168.2.1/24 dev lo; ip addr add 10.1.0.1/16 dev lo; ip addr add 127.0.0.10/8 dev lo")
        write("/etc/hosts", "127.0.0.1 localhost\n")
        write("/etc/resolv.conf", "nameserver 127.0.0.53\n")
        write("/etc/mailname", "here.example\n")
        for name, uid in (("alice", 2001), ("bob", 2002), ("carol", 2003), ("list", None), ("vmail", 5000)):
            try:
                pwd.getpwnam(name)
                account("userdel", name)
            except KeyError:
                pass
            account("useradd", "-M", "-U", *(["-u", str(uid)] if uid else ["-r"]), "-s", "/bin/sh", name)

    def background(self, *words, name=None, **more):
        p = subprocess.Popen(words, stdout=open("%s/%s.out" % (W, name or os.path.basename(words[0])), "ab"), stderr=subprocess.STDOUT,
                             stdin=subprocess.DEVNULL, **more)
        self.started.append(p)
        return p

    # ---- the mail system
    def config(self, main="", master="", aliases="root: alice\n", base=99, listen="127.0.0.1:25 inet n - n - - smtpd\n"):
        """Writes the configuration and starts, or reloads, the mail system. `base`: how many lines of MAIN stand before it."""
        settings = {}
        for line in MAIN.format(W=W).splitlines()[:base] + main.splitlines():
            if line.strip():
                name, _, value = line.partition("=")
                settings[name.strip()] = value.strip()
        write("/etc/postfix/main.cf", "".join("%s = %s\n" % x for x in settings.items()))
        write("/etc/aliases", aliases)
        write("/etc/postfix/master.cf", listen + LINES + master)
        os.makedirs(W + "/queue", exist_ok=True)
        os.makedirs(W + "/data", exist_ok=True)
        self.said = sh(self.bin + "newaliases")
        interfaces = settings.get("inet_interfaces"), settings.get("inet_protocols")
        if self.up and interfaces != self.interfaces:       # a reload does not change them
            sh(self.bin + "postfix stop")
            self.up = False
        self.interfaces = interfaces
        if not self.up:
            shutil.chown(W + "/data", "postfix")
            self.said += sh(self.bin + "postfix start")
            self.up = True
            ready = within(30, self.answers)
            if not ready:
                raise SystemExit("%s does not start: %s%s" % (self.which, self.said, self.log()))
        else:
            old = self.children() if self.real else set()
            self.said += sh(self.bin + "postfix reload")
            # A process of the configuration before may still answer once, for as long as it is there.
            within(10, lambda: not old & self.children())
            within(10, self.answers)

    @staticmethod
    def children():
        """The processes of the real master."""
        out, master = set(), open(W + "/queue/pid/master.pid").read().strip()
        for each in glob.glob("/proc/[0-9]*/stat"):
            try:
                fields = open(each).read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if fields[1] == master and fields[0] != "Z":
                out.add(each)
        return out

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", 25), 5) as s:
                return s.recv(100).startswith(b"220") and not s.sendall(b"QUIT\r\n")
        except OSError:
            return False

    def log(self):
        try:
            return open(W + "/maillog", encoding="latin-1").read()
        except OSError:
            return ""

    def begin(self, part):
        """A part begins: empty homes and mailboxes, nothing in the queue."""
        self.part, self.given = part, set()
        if self.up:
            sh(self.bin + "postsuper -d ALL")
        for d in ("/home", "/var/mail"):
            sh("find %s -mindepth 1 -delete" % d)
        for name in ("alice", "bob", "carol"):
            os.makedirs("/home/" + name)
            shutil.chown("/home/" + name, name, name)
            os.chmod("/home/" + name, 0o755)
        sh("rm -rf %s/out" % W)
        os.makedirs(W + "/out")
        os.chmod(W + "/out", 0o1777)
        self.at = len(self.log())
        self.hop.got.clear()

    def file(self, path, text, owner="root", mode=0o644):
        write(path, text, owner, mode)
        self.given.add(path)

    def check(self, name, ok, more=""):
        self.checks.append((self.part + ": " + name, bool(ok), "" if ok else str(more)[-1500:]))

    # ---- mail
    def send(self, rcpt, subject="a mail", lines=(), sender="s@there.example", more=(), wait=True):
        """A mail by SMTP to one recipient or more; waits until it is delivered or waits."""
        now, words = len(self.log()), []
        within(60, self.answers)            # a reload under load
        s = socket.create_connection(("127.0.0.1", 25), 240)
        f = s.makefile("rwb")

        def order(text):
            if text is not None:
                f.write(text.encode("latin-1") + b"\r\n")
                f.flush()
            while True:
                got = f.readline()
                if got[3:4] != b"-":
                    words.append(got.decode("latin-1").strip())
                    return words[-1][:1] in ("2", "3")
        text = ["From: Some One <%s>" % (sender or "s@there.example"), "To: " + (rcpt if isinstance(rcpt, str) else rcpt[0]), "Subject: " + subject,
                "Message-ID: <1@there.example>", "Date: Sun, 29 Nov 2026 07:00:00 +0000", *more, "", *(lines or ("hello", "From here", ".dot", ""))]
        order(None), order("EHLO client.example")
        ok = order("MAIL FROM:<%s>" % sender)
        for r in [rcpt] if isinstance(rcpt, str) else rcpt:
            ok = order("RCPT TO:<%s>" % r) and ok
        if ok and order("DATA"):
            order("\r\n".join("." + x if x.startswith(".") else x for x in text) + "\r\n.")
        said = words[-1] if ok else words[3]
        order("QUIT")
        s.close()
        if wait and said.startswith("250"):
            self.settle(now)
        return said

    def settle(self, at, count=1, patience=120):
        """Waits until each mail that came since is gone or waits, `count` at least, and all that came of one."""
        last, since, end = None, time.time(), time.time() + patience
        while time.time() < end:
            text = self.log()[at:]
            if text != last:
                last, since = text, time.time()
            seen, over = under_way(text)
            if len(seen) >= count and seen <= over and time.time() - since > 0.35:
                return True
            time.sleep(0.04)
        return False

    # ---- what came of it
    def lines(self, agents=AGENTS):
        return [x for x in self.log()[self.at:].splitlines() if re.search(r" postfix(?:/[\w-]+)?/(?:%s)\[\d+\]: " % agents, x)]

    def mask(self, text):
        text = re.sub(r"(with ESMTP id )[0-9A-Za-z]+", r"\1QID", text)
        for q in self.ids:
            text = text.replace(q, "QID")
        text = re.sub(r"[A-Z][a-z]{2}, +\d+ [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d [-+]\d{4}( \(\w+\))?", "DATE", text)
        text = re.sub(r"(?m)^(>?From \S+) +[A-Z][a-z]{2} [A-Z][a-z]{2} .\d \d\d:\d\d:\d\d 20\d\d$", r"\1 DATE", text)
        text = re.sub(r"<20\d{12}\.", "<TIME.", text)
        text = re.sub(r"QID\.\d+/", "QID.TIME/", text)
        text = re.sub(r"\b(conn_use=\d+, )?delay=[\d.]+, delays=[\d./]+", "DELAYS", text)
        text = re.sub(r"(?m)^[A-Z][a-z]{2} .\d \d\d:\d\d:\d\d \S+ (postfix\S*)\[\d+\]", r"\1[PID]", text)
        return re.sub(r"[\w+/]{22}(:\w+)?(?= Saved)|(?<=\tid )[\w+/]{22}(:\w+)?", "DOVECOT", text)

    def note(self, agents=AGENTS, roots=("/home", "/var/mail", W + "/out"), skip=r"dovecot|\.vacation\.|\.cache$"):
        """Notes what this part left, to be compared."""
        text = self.log()
        self.ids = sorted(set(re.findall(r"\[\d+\]: ([0-9A-Fa-z]{6,}): ", text)), key=len, reverse=True)
        out = {"log": sorted(self.mask(x) for x in self.lines(agents)), "files": [], "hop": sorted(
            "%s %s\n%s" % (s, t, self.mask("\n".join(b))) for s, t, b in self.hop.got)}
        for root in roots:
            for path, dirs, files in os.walk(root):
                for each in sorted(dirs + files):
                    each = path + "/" + each
                    if each in self.given or re.search(skip, each):
                        continue
                    out["files"].append(self.fact(each))
        out["files"].sort()
        self.results[self.part] = out

    def fact(self, path):
        s = os.lstat(path)
        name = re.sub(r"/(new|cur|tmp)/[^/]+$", r"/\1/MAIL", path)

        def known(f, n):
            try:
                return f(n)[0]
            except KeyError:
                return str(n)
        fact = "%s:%s %o %s" % (known(pwd.getpwuid, s.st_uid), known(grp.getgrgid, s.st_gid), stat.S_IMODE(s.st_mode), name)
        if stat.S_ISREG(s.st_mode):
            return fact + "\n" + self.mask(open(path, encoding="latin-1", newline="").read())
        return fact + ("/" if stat.S_ISDIR(s.st_mode) else " type %o" % stat.S_IFMT(s.st_mode))

    def said_by(self, name, text):
        """Notes what a program said, to be compared."""
        self.results.setdefault(self.part + ", " + name, {"said": []})["said"].append(self.mask(text))

    def end(self):
        if self.up:
            sh(self.bin + "postfix stop")
        for p in self.started:
            if p.poll() is None:
                p.terminate()
        ledger.keep(W)
        json.dump({"results": self.results, "checks": self.checks}, open(self.out, "w"))


def differences(real, ours):
    """(name, what differs) of each thing that both noted."""
    import difflib
    for part in sorted(set(real) | set(ours)):
        for kind in sorted(set(real.get(part, {})) | set(ours.get(part, {}))):
            a, b = real.get(part, {}).get(kind, []), ours.get(part, {}).get(kind, [])
            if a == b:
                yield part, kind, len(a), ""
            else:
                a, b = "\n".join(a).splitlines(), "\n".join(b).splitlines()
                yield part, kind, len(a), "\n".join(difflib.unified_diff(a, b, "real", "ours", lineterm="", n=1))
