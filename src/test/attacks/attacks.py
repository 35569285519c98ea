"""The attacks. Each returns what was sent, and complaints of its own check (empty ones do not count)."""
import os, socket, subprocess, threading, time

LONG = "x" * 1900
ALL = {}


def attack(name, settings="", remote=False):
    def named(f):
        f.settings, f.remote = settings, remote
        ALL[name] = f
        return f
    return named


def scale(w, n):
    return max(1, n // 10) if w.small else n


def mail(t, recipients, sender="a@probe.example", more=""):
    t.say("EHLO x.example")
    t.say("MAIL FROM:<%s>%s" % (sender, more))
    return t.many(["RCPT TO:<%s>" % r for r in recipients])


def queued(w, count, recipients, size=1):
    """Mails into the queue, over one session a hundred mails each."""
    def some(n):
        t = w.talk()
        t.say("EHLO x.example")
        for _ in range(n):
            t.many(["MAIL FROM:<a@probe.example>"] + ["RCPT TO:<%s>" % r for r in recipients])
            t.say("DATA")
            t.say("Subject: x\r\n\r\n" + "y" * size + "\r\n.")
        t.close()
    w.run([lambda n=min(100, count - i): some(n) for i in range(0, count, 100)], 900)


def hold(w, talks, seconds):
    time.sleep(seconds)
    for t in talks:
        t.close()


# ---- of the review

@attack("A2", remote=True)
def recipients(w):
    """96 sessions with 1,000 accepted recipients of 1.9 kB each (review A2)"""
    talks, codes = [], []

    def session(i):
        t = w.talk("127.0.7.%d" % (i % 3 + 1))
        talks.append(t)
        codes.extend(r[:5] for r in mail(t, ["%s%d@relayed.example" % (LONG, k) for k in range(1000)]))
    w.run([lambda i=i: session(i) for i in range(scale(w, 96))], 60)
    hold(w, talks, 2)
    kinds = {c: codes.count(c) for c in sorted(set(codes))}
    return "%d sessions, replies %s" % (len(talks), kinds), ["no recipient accepted" if not kinds.get("250 2") else ""]


@attack("A3")
def poison(w):
    """110 mails of 1,000 recipients of 1.9 kB, the next hop down, three queue runs, then the hop is back (review A3)"""
    count = scale(w, 110)
    t = w.talk()
    accepted = 0
    t.say("EHLO x.example")
    for m in range(count):
        t.many(["MAIL FROM:<a@probe.example>"] + ["RCPT TO:<%s%d@relayed.example>" % (LONG, k) for k in range(1000)])
        t.say("DATA")
        accepted += t.say("Subject: x\r\n\r\nx\r\n.").startswith("250")
    t.close()
    for _ in range(3):
        w.command("postqueue", "-f")
        time.sleep(5)
    w.hop("accept")
    drained = w.wait(120, lambda: w.command("postqueue", "-f") and w.wait(10, lambda: w.counts[0] >= 1000 * accepted))
    return "%d mails accepted, 3 queue runs" % accepted, ["" if accepted else "nothing accepted",
            "" if drained else "not drained: %d of %d recipients" % (w.counts[0], 1000 * accepted)]


@attack("A4")
def etrn(w):
    """10 connections with 90 ETRN each over 3,000 deferred mails (review A4)"""
    queued(w, scale(w, 3000), ["a@relayed.example"])
    time.sleep(2)
    codes = []

    def session(i):
        t = w.talk("127.0.7.%d" % (i % 3 + 1))
        t.say("EHLO x.example")
        codes.extend(r[:3] for r in [t.say("ETRN relayed.example") for _ in range(90)])
        t.close()
    w.run([lambda i=i: session(i) for i in range(10)], 60)
    w.hop("accept")
    t = w.talk()
    t.say("EHLO x.example")
    for _ in range(3):
        # One that is under way is no deferred mail, whether the hop is there in the end or not.
        w.wait(60, lambda: b"queue_name\0active\0" not in w.listing())
        t.say("ETRN relayed.example")
        done = w.wait(20, lambda: w.counts[1] >= scale(w, 3000))
        if done:
            break
    return "%d ETRN answered %s" % (len(codes), sorted(set(codes))), ["" if w.most_threads < 150 else "%d threads" % w.most_threads,
            "" if done else "the last ETRN delivered %d" % w.counts[1]]


@attack("A5")
def notice(w):
    """A maildrop file of 90,000 recipients, all refused by the next hop (review A5)"""
    w.hop("refuse")
    n = scale(w, 90000)
    w.maildrop("back@probe.example", ("user%05d@relayed.example" % i for i in range(n)))
    done = w.wait(90, lambda: w.notices[1] >= n)
    time.sleep(3)
    bounced = w.text("maillog").count("status=bounced")
    return "%d recipients, %d notices about %d" % (n, w.notices[0], w.notices[1]), ["" if done and w.notices[1] == n else "reported %d of %d" % (w.notices[1], n),
            "" if bounced == n else "bounced %d times" % bounced]


@attack("A14", remote=False)
def names(w):
    """40 clients whose names no name server answers for (review A14)"""
    talks = []
    w.run([lambda i=i: talks.append(w.talk("127.0.9.%d" % (i + 1), 90)) for i in range(40)], 5 if w.small else 15)
    return "40 connections, %d greeted meanwhile" % len(talks), []


@attack("A17")
def fifo(w):
    """A maildrop name that flips between file and FIFO, by another user (review A17)"""
    code = r'''
import os, socket, sys, time
drop, pick = sys.argv[1], sys.argv[2]
end = time.time() + float(sys.argv[3])
a, b, name = drop + "/flip.a", drop + "/flip.b", drop + "/flip"
while time.time() < end:
    try:
        open(a, "w").write("x"); os.rename(a, name)
        s = socket.socket(socket.AF_UNIX); s.connect(pick); s.close()
        os.mkfifo(b); os.rename(b, name)
    except OSError:
        pass
'''
    seconds = 3 if w.small else 20
    nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "python3", "-c", code, w.queue + "/maildrop", w.queue + "/public/pickup", str(seconds)]
    subprocess.run(nobody, timeout=seconds + 20)
    w.hop("accept")
    w.maildrop("a@probe.example", ["after@relayed.example"])
    done = w.wait(15, lambda: w.counts[0] == 1)
    return "%d s of flips" % seconds, ["" if done else "pickup takes no mail any more"]


# ---- of our own

@attack("dsn", remote=True)
def dsn(w):
    """90 sessions with 1,000 recipients, each with an ORCPT of 1.9 kB, and an ENVID"""
    talks, codes = [], []
    orcpt = "rfc822;" + "o" * 400

    def session(i):
        t = w.talk("127.0.7.%d" % (i % 3 + 1))
        talks.append(t)
        t.say("EHLO x.example")
        t.say("MAIL FROM:<a@probe.example> RET=HDRS ENVID=" + "e" * 90)
        codes.extend(r[:5] for r in t.many(["RCPT TO:<%s%d@relayed.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=%s@x.example" % (LONG[:1400], k, orcpt) for k in range(1000)]))
    w.run([lambda i=i: session(i) for i in range(scale(w, 90))], 60)
    hold(w, talks, 1)
    kinds = {c: codes.count(c) for c in sorted(set(codes))}
    return "%d sessions, replies %s" % (len(talks), kinds), ["no recipient accepted" if not kinds.get("250 2") else ""]


@attack("headers", remote=True)
def headers(w):
    """90 sessions in DATA with a header of 500 kB each, none ended"""
    line = "X-Long: " + "h" * 900 + "\r\n"
    talks = []

    def session(i):
        t = w.talk("127.0.7.%d" % (i % 3 + 1))
        mail(t, ["h@relayed.example"])
        t.say("DATA")
        t.push((line * 550).encode())
        talks.append(t)
    w.run([lambda i=i: session(i) for i in range(scale(w, 90))], 60)
    time.sleep(3)
    codes = []
    def finish(t):
        codes.append(t.say("\r\nx\r\n.")[:3])
    w.run([lambda t=t: finish(t) for t in talks], 60)
    for t in talks:
        t.close()
    return "%d sessions, ended by %s" % (len(talks), {c: codes.count(c) for c in sorted(set(codes))}), []


@attack("bdat", remote=True)
def bdat(w):
    """90 sessions in BDAT with 5 MB without a line end each, none ended"""
    talks = []

    def session(i):
        t = w.talk("127.0.7.%d" % (i % 3 + 1))
        mail(t, ["b@relayed.example"])
        talks.append(t)
        t.push(b"BDAT 5000000\r\nSubject: x\r\n\r\n" + b"z" * 2000000)
    w.run([lambda i=i: session(i) for i in range(scale(w, 90))], 60)
    hold(w, talks, 3)
    return "%d sessions" % len(talks), []


@attack("junk", remote=True)
def junk(w):
    """90 sessions with command lines of 4 MB without an end, EHLO, AUTH and MAIL with 100,000 parameters"""
    def session(i):
        t = w.talk("127.0.7.%d" % (i % 3 + 1))
        t.push(("EHLO " + "e" * 2000 + "\r\n").encode())
        t.push(("MAIL FROM:<a@probe.example>" + " SIZE=1" * 250 + "\r\n").encode())
        t.push(b"AUTH PLAIN " + b"A" * 1900 + b"\r\n")
        t.push(b"NOOP " + b"n" * 4000000)
        time.sleep(2)
        t.close()
    w.run([lambda i=i: session(i) for i in range(scale(w, 90))], 60)
    return "90 sessions, 4 MB each", []


@attack("sites")
def sites(w):
    """ETRN for 10,000 different sites over 1,000 deferred mails, from 10 sessions"""
    queued(w, scale(w, 1000), ["a@relayed.example"])
    codes = []

    def session(i):
        for at in range(0, scale(w, 1000), 90):
            t = w.talk("127.0.7.%d" % (i % 3 + 1))
            t.say("EHLO x.example")
            codes.extend(t.say("ETRN s%d.relayed.example" % (i * 1000 + at + k))[:3] for k in range(90))
            t.close()
    w.run([lambda i=i: session(i) for i in range(10)], 90)
    return "%d ETRN answered %s" % (len(codes), {c: codes.count(c) for c in sorted(set(codes))}), ["" if w.most_threads < 150 else "%d threads" % w.most_threads]


@attack("listings")
def listings(w):
    """200 readers of showq that do not read, 20 postqueue -j at a time, over 60 mails of 1,000 recipients"""
    queued(w, scale(w, 60), ["%s%d@relayed.example" % (LONG[:500], k) for k in range(1000)])
    slow = []

    def reader():
        s = w.poke("showq")
        s.recv(10)
        slow.append(s)
    w.run([reader] * scale(w, 200), 20)
    tools = [w.begin("postqueue", "-j") for _ in range(6)]
    time.sleep(2 if w.small else 10)
    ended = []
    for t in tools:  # they wait for those before them, as with Postfix
        ended.append(t.poll())
        if t.poll() is None:
            t.kill()
    # a listing is there again once they have gone
    for s in slow:
        s.close()
    last = w.begin("postqueue", "-j", to=subprocess.PIPE)
    lines = len(last.communicate(timeout=60)[0].splitlines())
    return "%d slow readers, 6 listings ended with %s" % (len(slow), sorted(set(map(str, ended)))), ["" if lines >= scale(w, 60) else "the last listing has %d lines" % lines]


@attack("aliases")
def aliases(w):
    """30 mails to 300 aliases of 1,000 addresses each: 300,000 recipients a mail"""
    table = w.conf + "/many"
    with open(table, "w") as f:
        for i in range(300):
            f.write("m%d@alias.example %s\n" % (i, ", ".join("u%d-%d@relayed.example" % (i, k) for k in range(1000))))
    with open(w.conf + "/main.cf", "a") as f:
        f.write("virtual_alias_domains = alias.example\nvirtual_alias_maps = texthash:%s\n" % table)
    w.command("postfix", "reload")
    codes = []

    def session(i):
        t = w.talk("127.0.7.%d" % (i % 3 + 1))
        mail(t, ["m%d@alias.example" % k for k in range(scale(w, 300))])
        t.say("DATA")
        codes.append(t.say("Subject: x\r\n\r\nx\r\n.")[:9])
        t.close()
    w.run([lambda i=i: session(i) for i in range(scale(w, 30))], 90)
    time.sleep(3)
    return "%d mails answered %s" % (len(codes), {c: codes.count(c) for c in sorted(set(codes))}), ["no answer" if not codes else ""]


@attack("flush")
def flush(w):
    """postqueue -f in a loop by 6 users over 2,000 deferred mails"""
    queued(w, scale(w, 2000), ["a@relayed.example", "b@relayed.example"])
    end = time.time() + (4 if w.small else 20)
    runs = []

    def loop():
        while time.time() < end:
            runs.append(w.begin("postqueue", "-f").wait(60))
    w.run([loop] * 2, 60)
    return "%d queue runs" % len(runs), ["" if not any(runs) else "some failed"]


@attack("pokes")
def pokes(w):
    """3,000 connections to public/pickup, public/qmgr and public/showq, held"""
    held = []

    def many(service):
        for _ in range(scale(w, 1000)):
            held.append(w.poke(service))
    w.run([lambda s=s: many(s) for s in ("pickup", "qmgr", "showq")], 30)
    w.hop("accept")
    time.sleep(1)
    status = w.begin("sendmail", "-f", "a@probe.example", "local@relayed.example").wait(60)
    done = w.wait(70, lambda: w.counts[0] == 1)
    for s in held:
        s.close()
    return "%d connections" % len(held), ["" if done else "local mail is not taken meanwhile (sendmail ended with %s)" % status]


@attack("comments", remote=True)
def comments(w):
    """60 mails with comments nested 30,000 deep in To:, From: and MAIL FROM"""
    deep = "(" * 30000 + ")" * 30000
    def session(i):
        t = w.talk("127.0.7.%d" % (i % 3 + 1))
        mail(t, ["c@relayed.example"], sender="(" * 900 + ")" * 900 + "a@probe.example")
        mail(t, ["c@relayed.example"])
        t.say("DATA")
        folded = "\r\n ".join(deep[k:k + 800] for k in range(0, len(deep), 800))
        t.say("To: %s\r\nFrom: %s a@b.example\r\nSubject: x\r\n\r\nx\r\n." % (folded, folded))
        t.close()
    w.run([lambda i=i: session(i) for i in range(scale(w, 60))], 60)
    return "60 mails", []


@attack("replies")
def replies(w):
    """20,000 recipients, each deferred by the next hop with a reply of 3,900 octets, two queue runs"""
    w.hop("longdefer")
    n = scale(w, 20000)
    w.maildrop("back@probe.example", ("user%05d@relayed.example" % i for i in range(n)))
    tried = w.wait(60, lambda: w.counts[2] >= n)
    time.sleep(3)
    w.command("postqueue", "-f")
    again = w.wait(60, lambda: w.counts[2] >= 2 * n)
    time.sleep(3)
    listing = w.begin("postqueue", "-j", to=subprocess.PIPE)
    size = len(listing.communicate(timeout=90)[0])
    w.hop("accept")
    w.command("postqueue", "-f")
    done = w.wait(60, lambda: w.counts[0] >= n)
    return "%d recipients, %d replies, a listing of %d kB" % (n, w.counts[2], size // 1024), ["" if tried and again else "tried %d" % w.counts[2],
            "" if done else "delivered %d" % w.counts[0], "" if size > 10 * n else "listing too short"]


@attack("keys")
def keys(w):
    """Connections from 8,000 client addresses, each with a HELO and a sender of its own"""
    def some(a):
        for b in range(1, scale(w, 250)):
            t = w.talk("127.1.%d.%d" % (a, b))
            t.many(["EHLO h%d.example" % b, "MAIL FROM:<s%d-%d@probe.example>" % (a, b), "RCPT TO:<x@relayed.example>", "QUIT"])
            t.close()
    w.run([lambda a=a: some(a) for a in range(32)], 60)
    return "8,000 clients", []


@attack("stuck")
def stuck(w):
    """1,000 mails of 100 recipients to a hop that accepts connections and says nothing"""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 2526))
    s.listen(500)
    queued(w, scale(w, 1000), ["%s%d@relayed.example" % (LONG[:300], k) for k in range(100)])
    time.sleep(5)
    s.close()
    return "1,000 mails", []
