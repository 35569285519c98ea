#!/usr/bin/env python3
"""kill.py [--rounds N] [--as USER]: ours is killed with -9 again and again while it delivers to an mbox, a file and a Maildir.

Every mail that was answered 250 must be in each place whole, no place may hold a part of one, and a kill may make one
duplicate of each mail that was being delivered. As root; makes the user ltkill with useradd and removes it.
"""
import argparse, collections, os, random, re, shutil, signal, socket, subprocess, sys, threading, time

K = "/tmp/postrider-local-kill"
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
PORT, USER = 2593, "ltkill"
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
alias_maps = inline:{{{{all = ltkill, {K}/out/file, {K}/out/dir/}}}}
mail_spool_directory = {K}/spool
default_privs = ltkill
local_destination_concurrency_limit = 1
mailbox_delivery_lock = fcntl
"""


def sh(command):
    return subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode("latin-1")


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
                time.sleep(0.1)
            except OSError:
                time.sleep(0.05)

    def one(self, name):
        s = socket.create_connection(("127.0.0.1", PORT), 10)
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
        lines = random.choice((5, 50, 3000))
        order("Subject: x\r\nX-Id: %s\r\n\r\n%s\r\nend of %s\r\n." % (name, "\r\n".join(["a line of the mail"] * lines), name))
        s.close()


def messages(path):
    text = open(path, encoding="latin-1").read() if os.path.exists(path) else ""
    return [m for m in re.split(r"(?m)^(?=From s@there\.example  )", text) if m]


def check(what, all_messages, acked):
    seen, torn = collections.Counter(), 0
    for m in all_messages:
        found = re.search(r"(?m)^X-Id: (\S+)$", m)
        if not found or not m.rstrip("\n").endswith("end of " + found[1]):
            torn += 1
        else:
            seen[found[1]] += 1
    lost = [a for a in acked if not seen[a]]
    more = sum(n - 1 for n in seen.values())
    print("%-8s %d mails, %d lost, %d in part, %d more than once" % (what, len(seen), len(lost), torn, more))
    return len(lost) + torn, more


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=20)
    p.add_argument("--as", dest="user")
    a = p.parse_args()
    subprocess.run(["userdel", USER], stderr=subprocess.DEVNULL)
    subprocess.run(["useradd", "-M", "-U", "-d", K + "/home", "-s", "/bin/sh", USER], check=True)
    shutil.rmtree(K, ignore_errors=True)
    for d in ("etc", "queue", "data", "spool", "out", "home"):
        os.makedirs(K + "/" + d)
    for d in ("spool", "out"):
        os.chmod(K + "/" + d, 0o1777)
    shutil.chown(K + "/home", USER, USER)
    open(K + "/etc/main.cf", "w").write(MAIN.format(K=K))
    master = open(HERE + "/play.py").read().split('MASTER = """\\\n')[1].split('"""')[0]
    open(K + "/etc/master.cf", "w").write(master.format(PORT=PORT))
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
        for _ in range(a.rounds):
            time.sleep(random.uniform(0.5, 2.0))
            pid = sh("%s/src/test/scenarios/server-pid %s/queue/pid/master.pid" % (TOP, K)).strip()
            if pid:
                os.kill(int(pid), signal.SIGKILL)
            for _ in range(200):
                try:
                    socket.create_connection(("127.0.0.1", PORT), 1).close()
                    break
                except OSError:
                    time.sleep(0.1)
        for s in senders:
            s.on = False
        for s in senders:
            s.join(20)
        acked = [n for s in senders for n in s.acked]
        print("%d mails answered 250, %d kills" % (len(acked), a.rounds))
        for _ in range(120):
            if "Mail queue is empty" in sh("%s/bin/postqueue -c %s/etc -p" % (TOP, K)):
                break
            sh("%s/bin/postqueue -c %s/etc -f" % (TOP, K))
            time.sleep(1)
        directory = K + "/out/dir/new/"
        bad = more = 0
        for what, found in (("mbox", messages(K + "/spool/" + USER)), ("file", messages(K + "/out/file")),
                            ("Maildir", [open(directory + f, encoding="latin-1").read() for f in os.listdir(directory)])):
            b, m = check(what, found, acked)
            bad += b
            more += m
        print("duplicates a kill and place: %.2f" % (more / 3 / a.rounds))
    finally:
        print(sh(TOP + "/bin/postfix -c %s/etc stop 2>&1 | grep fatal" % K), end="")
        subprocess.run(["userdel", USER], stderr=subprocess.DEVNULL)
    return min(bad, 99)


sys.exit(main())
