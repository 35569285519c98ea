#!/usr/bin/env python3
"""play.py real|ours [--fill] [--as USER | --root] [FILE.case] [-k TEXT]: local(8) on real Postfix or on ours, case by case.

A case of *.case is a world, one or more mails, and what comes of them: the lines of the log that concern local delivery,
what other hosts got, and every file with its owner, mode and octets. What comes of them is filled in from real Postfix
(real --fill). As root; makes two users with useradd and removes them at its end: a case says ltalice and ltbob, their names are of the
same length and those of no other run (slots.py). --as ltalice starts ours with that user's rights alone: cases that say
`root` are not played then.

  == title                      a case begins
  root                          needs rights of several users
  why TEXT                      ours differs, and why: what stands behind `<` is ours, behind `>` Postfix's
  main NAME = VALUE             a setting
  alias NAME: VALUE             a line of the alias database
  file PATH MODE OWNER          a file; its lines follow, each behind `|`
  do COMMAND                    by sh, as root
  mail SENDER RECIPIENT [PARAMETERS]   by SMTP; its lines follow, each behind `|`; without them a standard mail
  flush                         what waits is tried again
  > LINE                        what comes of it
$B is the run's directory, $A and $O the homes of the users.
"""
import argparse, datetime, glob, grp, os, pwd, re, shutil, socket, socketserver, subprocess, sys, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True
import ledger
from accounts import account
from slots import readable, slot
from until import under_way, within

SLOT, HELD = slot("play")
B = "/tmp/postrider-lt-%02d" % SLOT
PORT, SINK = 3000 + 2 * SLOT, 3001 + 2 * SLOT
ALICE, OTHER = "ltali%02d" % SLOT, "ltb%02d" % SLOT
STANDARD = ["From: Some One <s@there.example>", "To: you@here.example", "Subject: local", "Message-ID: <1@there.example>",
            "Date: Sun, 29 Nov 2026 07:00:00 +0000", "", "hello", "From here", ".dot", ""]
MAIN = """\
compatibility_level = 3.6
queue_directory = {B}/queue
data_directory = {B}/data
maillog_file = {B}/maillog
maillog_file_prefixes = {B}
myhostname = mx.here.example
mydomain = here.example
myorigin = here.example
mydestination = here.example, localhost
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{SINK}
local_recipient_maps =
alias_maps = hash:{B}/aliases
alias_database = hash:{B}/aliases
mail_spool_directory = {B}/spool
default_privs = {ALICE}
smtp_address_preference = ipv4
smtpd_authorized_xclient_hosts = 127.0.0.0/8
biff = no
"""
MASTER = """\
127.0.0.1:{PORT} inet n - n - - smtpd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
relay     unix  -       -       n       -       -       smtp
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
local     unix  -       n       n       -       -       local
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
"""


class Sink(socketserver.ThreadingTCPServer):
    """The next hop: takes everything."""
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        self.got = []
        outer = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                def say(text):
                    self.wfile.write((text + "\r\n").encode())
                say("220 sink")
                sender, to = "", []
                for raw in self.rfile:
                    line = raw.decode("latin-1").strip()
                    verb = line[:4].upper()
                    if verb == "MAIL":
                        sender, to = line[5:], []
                    elif verb == "RCPT":
                        to.append(line[3 + 5:])
                    elif verb == "DATA":
                        say("354 go")
                        body = []
                        for d in self.rfile:
                            if d == b".\r\n":
                                break
                            body.append(d.decode("latin-1").rstrip("\r\n").removeprefix("."))
                        outer.got.append((sender, to, body))
                    elif verb == "QUIT":
                        say("221 bye")
                        return
                    if verb in ("EHLO", "HELO"):
                        say("250-sink\r\n250-8BITMIME\r\n250 DSN")
                    else:
                        say("250 2.0.0 ok")
        super().__init__(("127.0.0.1", SINK), Session)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Comsat:
    """Who is told of new mail (biff)."""

    def __init__(self):
        self.got, self.socket = [], socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 512))
        self.socket.setblocking(False)

    def said(self):
        out = []
        while True:
            try:
                out.append(self.socket.recv(1000).decode("latin-1").replace("\0", "\\0"))
            except OSError:
                return out


def home(user):
    return B + "/home/" + user


def put(text):
    text = text.replace("ltalice", ALICE).replace("ltbob", OTHER).replace("LTALICE", ALICE.upper())
    return text.replace("$SINK", str(SINK)).replace("$B", B).replace("$A", home(ALICE)).replace("$O", home(OTHER))


def shown(text):
    """As it stands in a case."""
    text = text.replace(home(ALICE), "$A").replace(home(OTHER), "$O").replace(B, "$B")
    return text.replace(ALICE, "ltalice").replace(OTHER, "ltbob").replace(ALICE.upper(), "LTALICE")


def sh(command, **more):
    return subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more).stdout.decode("latin-1")


class Case:
    def __init__(self, title, where):
        self.title, self.where, self.steps, self.want, self.own = title, where, [], [], []
        self.main, self.aliases, self.root, self.why = [], [], False, ""


def parse(path):
    cases = []
    for n, line in enumerate(open(path, encoding="latin-1").read().split("\n"), 1):
        if line.startswith("== "):
            cases.append(Case(line[3:], "%s:%d" % (os.path.basename(path), n)))
            continue
        if not cases or line.startswith("#") or not line:
            continue
        c = cases[-1]
        word, _, rest = line.partition(" ")
        if line[0] == ">":
            c.want.append(line[2:])
        elif line[0] == "<":
            c.own.append(line[2:])
        elif line[0] == "|":
            c.steps[-1][2].append(line[1:])
        elif word == "root":
            c.root = True
        elif word == "why":
            c.why = rest
        elif word == "main":
            c.main.append(rest)
        elif word == "alias":
            c.aliases.append(rest)
        elif word in ("file", "do", "mail", "flush"):
            c.steps.append((word, rest, []))
        else:
            sys.exit("%s:%d: %s" % (path, n, line))
    return cases


class World:
    def __init__(self, a):
        self.a = a
        self.real = a.which == "real"
        self.bin = "/usr/sbin/" if self.real else TOP + "/bin/"
        self.sink, self.comsat = Sink(), Comsat()
        self.aliases, self.waits = None, False

    def users(self):
        for name in (ALICE, OTHER):
            subprocess.run(["userdel", name], stderr=subprocess.DEVNULL)
            account("useradd", "-M", "-U", "-d", home(name), "-s", "/bin/sh", name, over=False)

    def own(self, path):
        if self.a.user:
            shutil.chown(path, self.a.user, self.a.user)

    def config(self, case):
        main = {}
        for line in MAIN.format(B=B, SINK=SINK, ALICE=ALICE).splitlines() + [put(m) for m in (case.main if case else [])]:
            name, _, value = line.partition("=")
            main[name.strip()] = value.strip()
        with open(B + "/etc/main.cf", "w", encoding="latin-1") as f:
            f.writelines("%s = %s\n" % x for x in main.items())
        aliases = "".join(put(a) + "\n" for a in (case.aliases if case else []))
        if aliases != self.aliases:
            self.aliases = aliases
            open(B + "/aliases", "w", encoding="latin-1").write(aliases)
            said = sh(self.bin + "postalias -c %s/etc hash:%s/aliases" % (B, B))
            if said:
                print(said)

    def start(self):
        shutil.rmtree(B, ignore_errors=True)
        for d in ("etc", "queue", "data"):
            os.makedirs(B + "/" + d)
            os.chmod(B + "/" + d, 0o755)
            if d != "etc":
                self.own(B + "/" + d)
        os.chmod(B, 0o755)
        self.clean()
        if self.real:
            shutil.chown(B + "/data", "postfix", "postfix")
        open(B + "/etc/master.cf", "w").write(MASTER.format(PORT=PORT))
        open(B + "/maillog", "w").close()
        self.own(B + "/maillog")
        self.config(None)
        prefix = "setpriv --reuid %s --regid %s --clear-groups " % (self.a.user, self.a.user) if self.a.user else ""
        said = sh(prefix + self.bin + "postfix -c %s/etc start" % B)
        for _ in range(1200):
            try:
                socket.create_connection(("127.0.0.1", PORT), 1).close()
                if self.a.user and "runs as user %s and was not started by root" % self.a.user not in open(B + "/maillog").read():
                    sys.exit("the start does not say what it cannot do")
                return
            except OSError:
                time.sleep(0.1)
        sys.exit("no start: " + said + open(B + "/maillog").read())

    def stop(self):
        sh(self.bin + "postfix -c %s/etc stop" % B)
        ledger.keep(B)
        for each in glob.glob("/proc/[0-9]*"):
            try:
                # Users of other scripts, over an /etc of their own, may have the same number: they have a network of their own, too.
                if self.a.user and os.stat(each).st_uid == pwd.getpwnam(self.a.user).pw_uid and os.readlink(each + "/ns/net") == os.readlink("/proc/self/ns/net"):
                    os.kill(int(each[6:]), 9)
            except (OSError, KeyError):
                pass

    def clean(self):
        for d in ("home", "spool", "out"):
            shutil.rmtree(B + "/" + d, ignore_errors=True)
            os.makedirs(B + "/" + d)
        os.chmod(B + "/spool", 0o1777)
        os.chmod(B + "/out", 0o1777)
        for name in (ALICE, OTHER):
            os.makedirs(home(name))
            shutil.chown(home(name), name, name)
            os.chmod(home(name), 0o755)

    def mail(self, rest, lines):
        words = rest.split(" ", 2)
        s = socket.create_connection(("127.0.0.1", PORT), 240)
        f = s.makefile("rwb")

        def order(text):
            if text is not None:
                f.write(text.encode("latin-1") + b"\r\n")
                f.flush()
            while True:
                got = f.readline()
                if got[3:4] != b"-":
                    return got.decode("latin-1").strip()
        order(None)
        order("EHLO client.example")
        body = "\r\n".join("." + x if x.startswith(".") else x for x in lines or STANDARD)
        for text in ("MAIL FROM:<%s>" % words[0].strip("<>"), "RCPT TO:<%s>%s" % (words[1], " " + words[2] if len(words) > 2 else ""),
                     "DATA", body.rstrip("\r\n") + "\r\n."):
            said = order(text)
            if said[:1] not in ("2", "3"):
                s.close()
                return [said]
        order("QUIT")
        return []

    def quiet(self, at):
        """Waits until every mail is gone or waits."""
        last, since = -1, time.time()
        end = time.time() + 240
        while time.time() < end:
            text = open(B + "/maillog", encoding="latin-1").read()[at:]
            if len(text) != last:
                last, since = len(text), time.time()
            seen, over = under_way(text)
            if (seen and seen <= over and time.time() - since > 0.4) or time.time() - since > (60 if seen else 20):
                # An alias or a list has more recipients than a mail says.
                within(20, lambda: "status=deferred" not in text or not re.search(r'"queue_name": "(active|incoming)"', sh(self.bin + "postqueue -c %s/etc -j" % B)))
                return
            time.sleep(0.05)

    def play(self, case):
        self.clean()
        if self.waits:
            sh(self.bin + "postsuper -c %s/etc -d ALL" % B)
        self.config(case)
        sh(self.bin + "postfix -c %s/etc reload" % B)
        if self.real:
            time.sleep(0.3)
        at = len(open(B + "/maillog", encoding="latin-1").read())
        self.sink.got.clear()
        self.comsat.said()
        given, out = {}, []
        for word, rest, lines in case.steps:
            if word == "file":
                path, mode, owner = put(rest).split(" ")
                os.makedirs(os.path.dirname(path), exist_ok=True)
                text = "".join(put(x) + "\n" for x in lines).encode("latin-1")
                open(path, "wb").write(text)
                shutil.chown(path, owner, owner)
                os.chmod(path, int(mode, 8))
                given[path] = text
            elif word == "do":
                said = sh(put(rest))
                out += ["said " + x for x in said.splitlines()]
            elif word == "mail":
                now = len(open(B + "/maillog", encoding="latin-1").read())
                bad = self.mail(put(rest), [put(x) for x in lines])
                out += ["reply " + x for x in bad]
                if not bad:
                    self.quiet(now)
            elif word == "flush":
                now = len(open(B + "/maillog", encoding="latin-1").read())
                sh(self.bin + "postqueue -c %s/etc -f" % B)
                self.quiet(now)
        log = open(B + "/maillog", encoding="latin-1").read()[at:]
        self.waits = "status=deferred" in log or "SOFTBOUNCE" in log
        return self.masked(log, out, given)

    def masked(self, log, out, given):
        ids = {}
        for q in re.findall(r"(?:smtpd|cleanup|qmgr|local|bounce|smtp)\[\d+\]: ([0-9A-Za-z]*\d[0-9A-Za-z]{5,}): ", log):
            ids.setdefault(q, "Q%d" % (len(ids) + 1))

        def mask(text):
            for q, name in ids.items():
                text = re.sub(r"\b%s\b" % q, name, text)
            text = re.sub(r"[A-Z][a-z]{2}, +\d+ [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d [-+]\d{4}( \(\w+\))?", "DATE", text)
            text = re.sub(r"^(From \S+  )[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$", r"\1DATE", text)
            text = re.sub(r"(Q\d+)\.\d{8,}/", r"\1.N/", text)
            text = re.sub(r"<20\d{12}\.", "<TIME.", text)
            text = re.sub(r"delay=[\d.]+, delays=[\d./]+", "delay=D", text)
            text = re.sub(r"(new|tmp)/\d+\.[VP]\w+\.\S+", r"\1/NAME", text)
            text = re.sub(r"localhost \[127.0.0.1\]|\(\w+ \[127.0.0.1\]\)", "(client)", text)
            text = re.sub(r"UID/GID=\d+/\d+", "UID/GID=N/N", text)
            text = re.sub(r"(uid[= ])\d+", r"\1N", text)
            text = re.sub(r"\bV[0-9a-f]+I[0-9a-f]+M\d+\b", "NAME", text)
            return shown(text)
        groups = {}
        for line in log.splitlines():
            m = re.search(r" postfix/(\S+?)\[\d+\]: (.*)$", line)
            if not m:
                continue
            who, text = m[1], m[2]
            if who == "local" or (text.startswith("warning:") and who not in ("master", "postfix-script", "smtpd")):
                text = mask(text)
                q = re.match(r"Q\d+", text)
                groups.setdefault(q[0] if q else "", []).append("log %s: %s" % (who, text))
        notices = {}
        for q in re.findall(r"sender non-delivery notification: (\w+)", log):
            notices[q] = True
        for key in sorted(groups, key=lambda k: (len(k), k)):
            out += groups[key]
        return self.rest(out, given, mask)

    def rest(self, out, given, mask):
        out = list(out)
        got = []
        for sender, to, body in self.sink.got:
            text = ["sink %s -> %s" % (mask(sender), ", ".join(sorted(mask(t) for t in to)))]
            notice = any(x.startswith("Content-Type: multipart/report") for x in body)
            text += ["  " + mask(x) for x in (self.report(body) if notice else body)]
            got.append(text)
        for text in sorted(got):
            out += text
        out += [self.biff(x) for x in self.comsat.said()]
        for top in ("home", "out", "spool"):
            for base, dirs, files in sorted(os.walk(B + "/" + top)):
                dirs.sort()
                for name in sorted(dirs + files):
                    out += self.file(base + "/" + name, given, mask)
        return [shown(x.rstrip(" ") if x.startswith("log") else x) for x in out]

    @staticmethod
    def biff(said):
        """What comsat is told; and what stands in the mailbox there."""
        user, _, at = said.partition("@")
        number = at.partition("\\")[0]
        for path in (B + "/spool/" + user, home(user) + "/mbox"):
            if os.path.exists(path) and number.isdigit():
                text = open(path, "rb").read()[int(number):].decode("latin-1")
                return "biff %s: %s" % (said.replace("@" + number, "@N"), " ".join(text.split()[:2]))
        return "biff " + said

    @staticmethod
    def report(body):
        """Of a notice what it says of the recipients."""
        out, on = [], False
        for x in body:
            if x.startswith(("To: ", "Subject: ", "Auto-Submitted: ")) and not on and not any(y.startswith("Subject") and x.startswith("Subject") for y in out):
                out.append(x)
            if x.startswith("Final-Recipient:"):
                on = True
            if on and x.startswith("--"):
                break
            if on:
                out.append(x)
        return out

    def file(self, path, given, mask):
        s = os.lstat(path)
        try:
            who = "%s:%s" % (pwd.getpwuid(s.st_uid)[0], grp.getgrgid(s.st_gid)[0])
        except KeyError:
            who = "%d:%d" % (s.st_uid, s.st_gid)
        name = mask(path)
        if name in ("$A", "$O"):
            return []
        if os.path.islink(path):
            return ["link %s -> %s" % (name, mask(os.readlink(path)))]
        if os.path.isdir(path):
            return ["dir %s %s %o" % (name, who, s.st_mode & 0o7777)]
        if not os.path.isfile(path):
            return ["other %s" % name]
        text = open(path, "rb").read()
        if given.get(path) == text:
            return []
        lines = [mask(x) for x in text.decode("latin-1").split("\n")]
        end = [] if lines[-1] == "" else ["  (no end of line)"]
        return ["file %s %s %o" % (name, who, s.st_mode & 0o7777)] + ["  " + x for x in lines[:-1] or []] + (["  " + lines[-1]] + end if end else [])


def write(path, cases):
    """Puts what came of them in the place of what stood there."""
    lines, n = [], -1
    todo = None
    for line in open(path, encoding="latin-1").read().split("\n"):
        if line.startswith("== "):
            if todo is not None:
                lines += todo + [""]
            n += 1
            todo = ["> " + x for x in cases[n].want] + ["< " + x for x in cases[n].own]
        if line[:1] in ("<", ">"):
            continue
        if line == "" and todo is not None:
            continue
        lines.append(line)
    if todo is not None:
        lines += todo + [""]
    open(path, "w", encoding="latin-1").write("\n".join(lines))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("which", choices=("real", "ours"))
    p.add_argument("files", nargs="*")
    p.add_argument("--fill", action="store_true")
    p.add_argument("--as", dest="user")
    p.add_argument("--root", action="store_true", help="only cases that say `root`")
    p.add_argument("-k", dest="text", default="", help="only cases with this in their title")
    p.add_argument("--every", type=int, default=1, help="one of so many")
    a = p.parse_intermixed_args()
    a.user = put(a.user) if a.user else None
    if a.which == "ours" and not readable(TOP):
        print("play.py: not run: other users cannot read what runs")
        return 77
    w = World(a)
    w.users()
    failed = played = seen = 0
    try:
        w.start()
        for path in a.files or sorted(glob.glob(HERE + "/*.case")):
            cases = parse(path)
            for c in cases:
                seen += 1
                if a.text not in c.title or (a.user and c.root) or (a.root and not c.root) or seen % a.every:
                    continue
                got = w.play(c)
                played += 1
                if a.fill:
                    if w.real:
                        c.want = got
                    elif c.why:
                        c.own = got
                    continue
                want = c.own if c.why and not w.real else c.want
                if got != want:
                    failed += 1
                    print("FAIL %s (%s)" % (c.title, c.where))
                    import difflib
                    for d in list(difflib.unified_diff(want, got, "expected", "got", lineterm="", n=2))[2:]:
                        print("   " + d)
            if a.fill:
                write(path, cases)
    finally:
        w.stop()
        for name in (ALICE, OTHER):
            subprocess.run(["userdel", name], stderr=subprocess.DEVNULL)
    print("%s: %d cases, %d as expected" % (a.which, played, played - failed))
    return min(failed, 99)


sys.exit(main())
