#!/usr/bin/env python3
"""kill.py [--rounds N] [--seconds N] [--concurrency N] [--limit N] [--as USER]: ours is killed with -9 again and again while it delivers.

Server and root's helper are killed by turns while mail goes to an mbox, a file, a Maildir and a command. Every mail that
was answered 250 must be in each place whole, or, with --limit, its sender has it back from that place because it did not
fit; no place may hold a part of one, and a kill may make one duplicate of what was being delivered. A server that has just
been started is started again late (bin/supervise): the helper is killed three times for each kill of the server. As root;
makes a user with useradd and removes it. --as ltkill: without a helper, with that user's rights alone.
"""
import argparse, collections, os, pwd, random, re, shutil, signal, socket, struct, subprocess, sys, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True
import ledger
from accounts import account
from slots import readable, slot

SLOT, HELD = slot("kill")
K = "/tmp/postrider-local-kill-%02d" % SLOT
PORT, USER = 3200 + SLOT, "ltkill%02d" % SLOT
# Between two mails of a client: what is accepted is to be delivered in the same time.
PAUSE = 0.5
MAIN = """\
compatibility_level = 3.6
queue_directory = {K}/queue
data_directory = {K}/data
maillog_file = {K}/maillog
maillog_file_prefixes = {K}
myhostname = mx.here.example
mydomain = here.example
myorigin = here.example
mydestination = here.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_maps = inline:{{{{all = {to}{K}/out/file, {K}/out/dir/, |{K}/take}}}}
mail_spool_directory = {K}/spool
default_privs = {user}
local_destination_concurrency_limit = {limit}
default_destination_concurrency_limit = {limit}
initial_destination_concurrency = {limit}
mailbox_size_limit = {most}
message_size_limit = 1000000
virtual_mailbox_domains = there.example
virtual_mailbox_base = {K}/out
virtual_mailbox_maps = inline:{{{{s@there.example=notices/}}}}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
mailbox_delivery_lock = fcntl, dotlock
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 2s
"""


def sh(command):
    return subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode("latin-1")


def server():
    pid = sh("%s/src/test/scenarios/server-pid %s/queue/pid/master.pid" % (TOP, K)).strip()
    return int(pid) if pid.isdigit() else None


def answers():
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", PORT), 1).close()
            return
        except OSError:
            time.sleep(0.1)


class Sender(threading.Thread):
    def __init__(self, n):
        super().__init__(daemon=True)
        self.n, self.acked, self.on = n, [], True

    def run(self):
        count = 0
        while self.on:
            count += 1
            name = "m%d-%d" % (self.n, count)
            try:
                self.one(name)
                self.acked.append(name)
                time.sleep(PAUSE)
            except OSError:
                time.sleep(0.05)

    def one(self, name):
        s = socket.create_connection(("127.0.0.1", PORT), 60)
        f = s.makefile("rwb")

        def order(text):
            if text:
                f.write(text.encode() + b"\r\n")
                f.flush()
            while True:
                got = f.readline()
                if got[:1] not in b"23" or not got:
                    raise OSError(got)
                if got[3:4] != b"-":
                    return
        order(None)
        order("EHLO x")
        order("MAIL FROM:<s@there.example>")
        order("RCPT TO:<all@here.example>")
        order("DATA")
        lines = random.choice((5, 50, 3000, 40000))
        order("Subject: x\r\nX-Id: %s\r\n\r\n%s\r\nend of %s\r\n." % (name, "\r\n".join(["a line of the mail"] * lines), name))
        s.close()


# A command that takes its message for whole at the end of its input, and counts it by a name of its own.
TAKE = """#!/bin/sh
f=$(mktemp {K}/out/taken/XXXXXXXXXX) && cat >"$f" && mv "$f" "$f.whole"
"""


def helper():
    """The process of root's helper."""
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open("/proc/%s/cmdline" % p, "rb").read().split(b"\0")
        except OSError:
            continue
        if b"org.postrider.rights.root.Helper" in words and (K + "/etc").encode() in words:
            return int(p)
    return None


def under_way(kept):
    """Deliveries to files that the writer is in the middle of, by its own record (rights.act.Records)."""
    try:
        return sum(1 for state in struct.unpack("=128i", open(kept, "rb").read(1028)[516:]) if state)
    except (OSError, struct.error):
        return 0


def kill(pid, kept):
    """Stopped first, so that what is counted is what is under way when it dies."""
    os.kill(pid, signal.SIGSTOP)
    count = under_way(kept)
    os.kill(pid, signal.SIGKILL)
    return count


def messages(path):
    text = open(path, encoding="latin-1").read() if os.path.exists(path) else ""
    return [m for m in re.split(r"(?m)^(?=From s@there\.example  )", text) if m]


def said():
    text = ""
    for name in (K + "/queue/pid/start.log", K + "/maillog"):
        text += open(name, encoding="latin-1").read() if os.path.exists(name) else ""
    return text


def bounced():
    """By place, the mails of which the sender was told that they did not fit."""
    told, new = collections.defaultdict(set), K + "/out/notices/new/"
    for f in os.listdir(new) if os.path.isdir(new) else []:
        text = open(new + f, encoding="latin-1").read()
        name = re.search(r"(?m)^X-Id: (\S+)$", text)
        reasons = " ".join(text.split())
        for what, words in (("mbox", "cannot update mailbox"), ("file", "cannot append message to file")):
            if name and words in reasons:
                told[what].add(name[1])
    return told


def check(what, all_messages, acked, told):
    seen, torn = collections.Counter(), 0
    for m in all_messages:
        found = re.search(r"(?m)^X-Id: (\S+)$", m)
        if not found or not m.rstrip("\n").endswith("end of " + found[1]):
            torn += 1
        else:
            seen[found[1]] += 1
    lost = [a for a in acked if not seen[a] and a not in told]
    more = sum(n - 1 for n in seen.values())
    print("%-8s %d mails, %d that the sender has back (%d of them are there), %d lost, %d in part, %d more than once" % (
        what, len(seen), len(told), sum(1 for name in told if seen[name]), len(lost), torn, more))
    return len(lost) + torn, {name for name, n in seen.items() if n > 1}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=20)
    p.add_argument("--seconds", type=int, default=3600)
    p.add_argument("--concurrency", type=int, default=1)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--limit", type=int, default=0, help="mailbox_size_limit: mail above it is to come back")
    p.add_argument("--as", dest="user")
    a = p.parse_args()
    if a.user == "ltkill":
        a.user = USER
    random.seed(a.seed)
    if not readable(TOP):
        print("kill.py: not run: other users cannot read what runs")
        return 77
    subprocess.run(["userdel", USER], stderr=subprocess.DEVNULL)
    account("useradd", "-M", "-U", "-d", K + "/home", "-s", "/bin/sh", USER, over=False)
    shutil.rmtree(K, ignore_errors=True)
    for d in ("etc", "queue", "data", "spool", "out", "out/taken", "home"):
        os.makedirs(K + "/" + d)
    for d in ("spool", "out", "out/taken"):
        os.chmod(K + "/" + d, 0o1777)
    shutil.chown(K + "/home", USER, USER)
    open(K + "/take", "w").write(TAKE.format(K=K))
    os.chmod(K + "/take", 0o755)
    to = "" if a.user else USER + ", "
    entry = pwd.getpwnam(a.user or USER)
    main = MAIN.format(K=K, limit=a.concurrency, to=to, user=a.user or USER, most=a.limit, uid=entry.pw_uid, gid=entry.pw_gid)
    open(K + "/etc/main.cf", "w").write(main)
    master = open(HERE + "/play.py").read().split('MASTER = """\\\n')[1].split('"""')[0]
    open(K + "/etc/master.cf", "w").write(master.format(PORT=PORT) + "virtual unix - n n - - virtual\n")
    open(K + "/maillog", "w").close()
    prefix = ""
    if a.user:
        for d in ("queue", "data", "maillog"):
            shutil.chown(K + "/" + d, a.user, a.user)
        prefix = "setpriv --reuid %s --regid %s --clear-groups " % (a.user, a.user)
    print(sh(prefix + TOP + "/bin/postfix -c %s/etc start 2>&1 | grep fatal" % K), end="")
    senders = [Sender(n) for n in range(4)]
    for s in senders:
        s.start()
    bad = 1
    try:
        until = time.time() + a.seconds
        kills, ways = collections.Counter(), []
        born = time.time()
        while sum(kills.values()) < a.rounds and time.time() < until:
            time.sleep(random.uniform(0.3, 2.5))
            what = "server" if a.user or time.time() - born > 10.5 else "helper"
            pid = server() if what == "server" else helper()
            if not pid:
                continue
            ways.append(kill(pid, K + "/data/%s/under-way" % ("deliveries" if a.user else "helper")))
            kills[what] += 1
            if what == "server":
                answers()
                born = time.time()
        for s in senders:
            s.on = False
        for s in senders:
            s.join(240)
        acked = [n for s in senders for n in s.acked]
        rounds = sum(kills.values())
        print("%d mails answered 250, %d kills: %d of the server, %d of the helper" % (
            len(acked), rounds, kills["server"], kills["helper"]))
        print("deliveries to files under way at a kill: %d on the whole, %d at most" % (sum(ways), max(ways, default=0)))
        for _ in range(300):
            if "Mail queue is empty" in sh("%s/bin/postqueue -c %s/etc -p" % (TOP, K)):
                break
            sh("%s/bin/postqueue -c %s/etc -f" % (TOP, K))
            time.sleep(1)
        left = sh("%s/bin/postqueue -c %s/etc -p | tail -1" % (TOP, K)).strip()
        print("the queue: " + left)
        bad, more, told = 0 if "empty" in left else 1, set(), bounced()
        directory, taken = K + "/out/dir/new/", K + "/out/taken/"
        boxes = [] if a.user else [("mbox", messages(K + "/spool/" + USER))]
        for what, found in boxes + [
                ("file", messages(K + "/out/file")),
                ("Maildir", [open(directory + f, encoding="latin-1").read() for f in os.listdir(directory)]),
                ("command", [open(taken + f, encoding="latin-1").read() for f in os.listdir(taken) if f.endswith(".whole")])]:
            b, m = check(what, found, acked, told[what])
            bad += b
            more |= m
        # A kill of the server in the middle of a list's members brings the same mail again to those that had it.
        print("mails that came more than once: %d, for %d kills" % (len(more), rounds))
        bad += a.concurrency == 1 and len(more) > rounds
        tmp = os.listdir(K + "/out/dir/tmp")
        locks = [f for f in os.listdir(K + "/spool") + os.listdir(K + "/out") if f.endswith(".lock")]
        print("left in tmp: %d, locks: %d" % (len(tmp), len(locks)))
        bad += len(tmp) + len(locks)
        print("mailboxes cut back: %d, not cut back: %d" % (
            len(re.findall("cut off part", said())), len(re.findall("may hold part", said()))))
    finally:
        print(sh(TOP + "/bin/postfix -c %s/etc stop 2>&1 | grep fatal" % K), end="")
        ledger.keep(K)
        subprocess.run(["userdel", USER], stderr=subprocess.DEVNULL)
    return min(bad, 99)


sys.exit(main())
