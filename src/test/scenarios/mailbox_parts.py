"""The parts of `mailboxes`: each sets up a side as an administrator would, sends mail, and notes what came of it."""
import glob, os, pty, pwd, re, select, shutil, signal, socket, subprocess, threading, time
from sides import W, LINES, Hop, must, sh, within, write

PROCMAILRC = """\
:0
* ^Subject: list
lists

:0
* ^Subject: maildir
Mail/folder/

:0
* ^Subject: exit 75
{ EXITCODE=75 HOST }
:0
* ^Subject: exit 67
{ EXITCODE=67 HOST }
:0
* ^Subject: exit 73
{ EXITCODE=73 HOST }
"""


def sent(s, who, text):
    """A line of the log says that the mail to `who` ended with `text`."""
    return any("to=<%s" % who in x and text in x for x in s.lines())


def read(path):
    try:
        return open(path, encoding="latin-1").read()
    except OSError as e:
        return str(e)


def went(s, to):
    """How many mails for this address went to another host."""
    return sum(any(x.startswith("TO:<%s>" % to) for x in t) for _, t, _ in s.hop.got)


def procmail(s):
    s.config('mailbox_command = /usr/bin/procmail -a "$EXTENSION"')
    s.file("/home/alice/.procmailrc", PROCMAILRC, "alice")
    os.makedirs("/home/alice/Mail"), shutil.chown("/home/alice/Mail", "alice", "alice")
    for subject in ("plain", "list of things", "maildir", "exit 75", "exit 67", "exit 73"):
        s.send("alice@here.example", subject)
    s.send("bob@here.example", "to bob")
    s.send("bob+ext@here.example", "to bob with an extension")
    s.send("nobody.there@here.example", "to nobody")
    s.check("procmail writes the mailbox", read("/var/mail/alice").count("\nSubject: plain\n") == 1 and sent(s, "alice@here.example", "delivered to command: /usr/bin/procmail"))
    s.check("and a folder, and a maildir", "list of things" in read("/home/alice/lists") and len(glob.glob("/home/alice/Mail/folder/new/*")) == 1)
    s.check("exit 75 waits, 67 and 73 come back", all(any("dsn=" + d in x and "status=" + st in x for x in s.lines("local"))
                                                        for d, st in (("4.3.0", "deferred"), ("5.1.1", "bounced"), ("5.2.0", "bounced"))), s.lines("local"))
    s.note()


def maildrop(s):
    s.config("mailbox_command = /usr/bin/maildrop -d ${USER}\nmailbox_command_maps = texthash:/etc/postfix/commands\nrecipient_delimiter = +")
    s.file("/etc/postfix/commands", "carol /bin/sh -c 'cat >/dev/null; echo no room for \"$USER\" from $SENDER; exit '\"$EXTENSION\"\n")
    s.file("/home/alice/.mailfilter", 'if (/^Subject: list/)\n{\n  to "lists"\n}\nif (/^Subject: exit 75/)\n{\n  EXITCODE=75\n  exit\n}\n'
           'if (/^Subject: exit 67/)\n{\n  EXITCODE=67\n  exit\n}\nto "Maildir"\n', "alice", 0o600)
    must("runuser -u alice -- maildirmake /home/alice/Maildir 2>/dev/null || runuser -u alice -- mkdir -p /home/alice/Maildir/new /home/alice/Maildir/cur /home/alice/Maildir/tmp")
    for subject in ("plain", "list of things", "exit 75", "exit 67"):
        s.send("alice@here.example", subject)
    s.send("bob@here.example", "to bob")
    for status in (0, 65, 67, 73, 75, 77, 1):
        s.send("carol+%d@here.example" % status, "status %d" % status)
    s.check("maildrop writes maildir, folder and mailbox", len(glob.glob("/home/alice/Maildir/new/*")) == 1 and "list of things" in read("/home/alice/lists")
            and "to bob" in read("/var/mail/bob"), s.lines())
    s.check("mailbox_command_maps and its exit codes", sent(s, "carol+0@", "status=sent") and sent(s, "carol+75@", "dsn=4.3.0") and sent(s, "carol+67@", "dsn=5.1.1")
            and sent(s, "carol+73@", 'Command output: no room for carol from s@there.example'), s.lines())
    s.note()


DOVECOT = """\
protocols = lmtp
base_dir = /run/dovecot
state_dir = /run/dovecot-state
log_path = {W}/dovecot.log
postmaster_address = postmaster@here.example
hostname = mx.here.example
ssl = no
mail_location = maildir:~/Maildir
lda_mailbox_autocreate = yes
auth_username_format = %Lu
userdb {{
  driver = passwd-file
  args = /etc/dovecot/mailusers
}}
userdb {{
  driver = passwd
}}
passdb {{
  driver = passwd-file
  args = /etc/dovecot/mailusers
}}
service auth {{
  unix_listener auth-userdb {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
service lmtp {{
  unix_listener {W}/queue/private/dovecot-lmtp {{
    mode = 0600
    user = postfix
    group = postfix
  }}
  inet_listener lmtp {{
    address = 127.0.0.1
    port = 24
  }}
}}
"""
MAILUSERS = """\
alice@here.example:{{PLAIN}}x:2001:2001::/home/alice::
bob@here.example:{{PLAIN}}x:2002:2002::/home/bob::
ann@virt.example:{{PLAIN}}x:5000:5000::{W}/out/vmail/ann::
ben@virt.example:{{PLAIN}}x:5000:5000::{W}/out/vmail/ben::
"""


def dovecot(s):
    """The daemon, once for a side."""
    os.makedirs(W + "/out/vmail", exist_ok=True)
    shutil.chown(W + "/out/vmail", "vmail", "vmail")
    write("/etc/dovecot/dovecot.conf", DOVECOT.format(W=W))
    write("/etc/dovecot/mailusers", MAILUSERS.format(W=W))
    write(W + "/dovecot.log", "", mode=0o666)
    os.makedirs("/run/dovecot", exist_ok=True)
    if not os.path.exists(W + "/queue/private/dovecot-lmtp"):
        s.background("dovecot", "-F", "-c", "/etc/dovecot/dovecot.conf")
        if not within(15, lambda: os.path.exists(W + "/queue/private/dovecot-lmtp") and os.path.exists("/run/dovecot/auth-userdb")):
            raise SystemExit("dovecot does not start: %s" % read(W + "/dovecot.out"))


PIPES = """\
dovecot unix - n n - - pipe flags=DRhu user=vmail:vmail argv=/usr/lib/dovecot/dovecot-lda -f ${sender} -d ${recipient}
"""


def lda(s):
    s.config("mailbox_command = /usr/lib/dovecot/dovecot-lda -f \"$SENDER\" -a \"$RECIPIENT\"\n"
             "virtual_mailbox_domains = virt.example\nvirtual_transport = dovecot\ndovecot_destination_recipient_limit = 1", PIPES)
    dovecot(s)
    for who in ("alice@here.example", "bob@here.example", "ann@virt.example", "Ben@Virt.Example", "nobody@virt.example"):
        s.send(who, "by dovecot-lda")
    s.send("ann@virt.example", "from nobody", sender="")
    s.check("dovecot-lda as mailbox_command", len(glob.glob("/home/alice/Maildir/new/*")) == 1 and sent(s, "alice@here.example", "delivered to command: /usr/lib/dovecot/dovecot-lda"), s.lines())
    s.check("dovecot-lda by pipe(8)", len(glob.glob(W + "/out/vmail/*/Maildir/new/*")) == 3 and sent(s, "ann@virt.example", "(delivered via dovecot service)"), s.lines())
    s.check("a user that Dovecot has not", sent(s, "nobody@virt.example", "status=bounced (user unknown)"), s.lines())
    s.note()


def lmtp(s):
    s.config("mailbox_transport = lmtp:unix:private/dovecot-lmtp\nvirtual_mailbox_domains = virt.example\nvirtual_transport = lmtp:inet:127.0.0.1:24")
    dovecot(s)
    s.send(["alice@here.example", "bob@here.example", "carol@here.example"], "by LMTP over a UNIX socket")
    s.send(["ann@virt.example", "ben@virt.example", "nobody@virt.example"], "by LMTP over TCP")
    s.check("LMTP by mailbox_transport", len(glob.glob("/home/*/Maildir/new/*")) >= 2, s.lines())
    s.check("LMTP by virtual_transport", len(glob.glob(W + "/out/vmail/*/Maildir/new/*")) == 2 and sent(s, "ann@virt.example", "Saved)"), s.lines())
    s.check("a reply for each recipient", sent(s, "nobody@virt.example", "550 5.1.1 <nobody@virt.example> User doesn't exist: nobody@virt.example"), s.lines())
    s.note()


def screen(words, user, end=240):
    """What a program of the terminal says on an 80 by 40 screen, run by a user."""
    account = pwd.getpwnam(user)
    pid, fd = pty.fork()
    if pid == 0:
        os.initgroups(user, account.pw_gid), os.setgid(account.pw_gid), os.setuid(account.pw_uid)
        os.chdir(account.pw_dir)
        os.execvpe(words[0], words, {"PATH": "/usr/bin:/bin", "HOME": account.pw_dir, "TERM": "vt100", "LINES": "40", "COLUMNS": "100", "USER": user, "LC_ALL": "C.UTF-8"})
    out, until = b"", time.time() + end
    while time.time() < until:
        if select.select([fd], [], [], 0.2)[0]:
            try:
                data = os.read(fd, 65536)
            except OSError:
                break
            if not data:
                break
            out += data
    else:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(fd)
    return out.decode("latin-1")


def readers(s):
    """mutt, bsd-mailx and s-nail see all that was delivered, in mbox and in Maildir."""
    subjects = ["one", "two with From", "three", "four in a Maildir", "five in a Maildir"]
    s.config("")
    s.send("alice@here.example", subjects[0])
    s.send("alice@here.example", subjects[1], ["From the beginning", "", "From again", "", ">From quoted"])
    s.send("alice@here.example", subjects[2], ["Grüße", "x" * 900, ""], more=["Content-Type: text/plain; charset=utf-8"])
    s.config("home_mailbox = Maildir/")
    for each in subjects[3:]:
        s.send("alice@here.example", each)
    s.note()
    write(W + "/out/mutt.rc", 'set pipe_split sleep_time=0 wait_key=no mbox_type=mbox header_cache="" quit=yes delete=no move=no folder=/home/alice sort=mailbox-order\n')
    for place, count in (("/var/mail/alice", 3), ("/home/alice/Maildir", 2)):
        wanted = subjects[:3] if count == 3 else subjects[3:]
        got = W + "/out/mutt." + str(count)
        screen(["mutt", "-n", "-F", W + "/out/mutt.rc", "-R", "-f", place, "-e",
                'push "<tag-pattern>~A<enter><tag-prefix><pipe-message>grep -a Subject: >>%s<enter><exit>"' % got], "alice")
        s.check("mutt sees %s" % place, sorted(read(got).splitlines()) == sorted("Subject: " + x for x in wanted), read(got))
        heads = sh("runuser -u alice -- s-nail -n -H -f %s%s" % ("" if count == 3 else "maildir://", place), env={"HOME": "/home/alice", "PATH": "/usr/bin:/usr/sbin", "LC_ALL": "C.UTF-8"})
        s.check("s-nail sees %s" % place, len(heads.strip().splitlines()) == count and all(x in heads for x in wanted), heads)
    heads = sh("runuser -u alice -- bsd-mailx -N", input=b"h\nx\n", env={"HOME": "/home/alice", "PATH": "/usr/bin:/usr/sbin", "MAIL": "/var/mail/alice", "USER": "alice"})
    s.check("bsd-mailx sees the mailbox", "3 messages 3 new" in heads and all(x in heads for x in subjects[:3]), heads)
    at = len(s.log())
    said = sh("runuser -u alice -- bsd-mailx -s 'by mailx' bob", input=b"written with mailx\n")
    s.settle(at)
    s.check("mailx's mail arrives", "written with mailx" in read("/home/bob/Maildir/new/" + (os.listdir("/home/bob/Maildir/new") if os.path.exists("/home/bob/Maildir/new") else ["x"])[0]), said)


def cron(s):
    s.config("")
    for user in ("alice", "bob"):
        write("/var/spool/cron/crontabs/" + user, "%s@reboot echo hello from cron; echo an error >&2\n" % ("" if user == "alice" else "MAILTO=carol,out@there.example\n"), user, 0o600)
        shutil.chown("/var/spool/cron/crontabs/" + user, user, "crontab")
    at = len(s.log())
    # This machine's own jobs are not asked for, and may be due just now.
    for path in ["/etc/crontab"] + glob.glob("/etc/cron.d/*"):
        if os.path.isfile(path):
            os.remove(path)
    c = s.background("cron", "-f")
    s.settle(at, 2)
    c.terminate()
    sh("rm -f /var/spool/cron/crontabs/*")
    at = len(s.log())
    sh("runuser -u bob -- /usr/sbin/sendmail -i -FCronDaemon -B8BITMIME -oem root", input="From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@mx> x\n\nGrüße\n.\nend\n".encode())
    s.settle(at)
    box = read("/var/mail/alice")
    s.check("a real cron job's mail", box.count("hello from cron\nan error\n") == 1 and re.search(r"^Subject: Cron <alice@\S+> echo hello from cron", box, re.M), box + s.log()[s.at:])
    s.check("MAILTO of two", "hello from cron" in read("/var/mail/carol") and went(s, "out@there.example") == 1, s.hop.got)
    s.check("cron's own words", box.count("\n.\nend\n") == 1 and "From: root@here.example (Cron Daemon)" in box, box)
    s.said_by("cron's Message-ID and From", "\n".join(x for x in box.splitlines() if x.startswith(("From:", "Delivered-To:", "X-Original-To:"))))
    s.host = socket.gethostname()
    s.note()


MAILMAN3 = """\
# AUTOMATICALLY GENERATED BY MAILMAN ON 2026-11-29 07:00:00
#
# This file is generated by Mailman, and is kept in sync with the binary hash
# file.  YOU SHOULD NOT MANUALLY EDIT THIS FILE unless you know what you're
# doing, and can keep the two files properly in sync.  If you screw it up,
# you're on your own.

# Aliases which are visible only in the @lists.example domain.
ant@lists.example               lmtp:[127.0.0.1]:8024
ant-bounces@lists.example       lmtp:[127.0.0.1]:8024
ant-request@lists.example       lmtp:[127.0.0.1]:8024
"""
MAILMAN_POST = """#!/bin/sh
exec >>%s/out/mailman.$2
echo "$# $1 $2: $(id -un):$(id -gn) $(id -Gn) in $(pwd) USER=$USER LOGNAME=$LOGNAME HOME=$HOME SHELL=$SHELL"
env | cut -d= -f1 | sort | grep -v -e '^_$' -e ^SHLVL -e ^OLDPWD | tr '\\n' ' '
echo
cat
"""


def mailman(s):
    base, old = "/var/lib/mailman3/data", "/var/lib/mailman"
    s.config("transport_maps = hash:%s/postfix_lmtp\nlocal_recipient_maps = hash:%s/postfix_lmtp, proxy:unix:passwd.byname, $alias_maps\n"
             "relay_domains = hash:%s/postfix_domains\nowner_request_special = no\nalias_maps = hash:/etc/aliases, hash:%s/aliases\n"
             "allow_mail_to_commands = alias, forward, include" % (base, base, base, old),
             aliases="root: alice\nstaff: :include:%s/members\nowner-staff: carol\n" % old)
    write(base + "/postfix_lmtp", MAILMAN3, "list")
    write(base + "/postfix_domains", "# AUTOMATICALLY GENERATED BY MAILMAN ON 2026-11-29 07:00:00\n#\nlists.example lists.example\n", "list")
    write(old + "/aliases", "# STANZA START: mylist\nmylist:              \"|%s/mail post mylist\"\nmylist-bounces:      \"|%s/mail bounces mylist\"\n# STANZA END: mylist\n" % (old, old), "list")
    write(old + "/members", "alice, bob\n# a comment\nout@there.example\n\"|%s/mail member staff\"\n" % old, "list")
    write(old + "/mail", MAILMAN_POST % W, "list", 0o755)
    for f in ("postfix_lmtp", "postfix_domains"):
        s.said = sh("runuser -u list -- %spostmap hash:%s/%s" % (s.bin or "/usr/sbin/", base, f)) if os.access(base, os.W_OK) else ""
    shutil.chown(base, "list"), shutil.chown(old, "list")
    for f in ("postfix_lmtp", "postfix_domains"):
        s.check("Mailman's user makes %s with postmap" % f, sh("runuser -u list -- %spostmap hash:%s/%s" % (s.bin or "/usr/sbin/", base, f)) == "")
    s.check("and the aliases with postalias", sh("runuser -u list -- %spostalias hash:%s/aliases" % (s.bin or "/usr/sbin/", old)) == "")
    must(s.bin + "postfix reload")
    hop = Hop("127.0.0.1", 8024, {"ant-request@lists.example": "550 5.1.1 no such address"})
    for who in ("ant@lists.example", "ant-bounces@lists.example", "ant-request@lists.example",
                "mylist@here.example", "mylist-bounces@here.example", "staff@here.example"):
        said = s.send(who, "to a list")
        s.said_by("replies", who + " " + re.sub(r"as \w+$", "as ID", said))
    hop.shutdown(), hop.server_close()
    s.check("Mailman 3 by LMTP at 8024", [x.split(">")[0] for _, t, _ in hop.got for x in t] == ["TO:<ant@lists.example", "TO:<ant-bounces@lists.example"], hop.got)
    s.check("Mailman 2's program is run by the alias file's owner", read(W + "/out/mailman.mylist").startswith("2 post mylist: list:list"), read(W + "/out/mailman.mylist") + s.log()[s.at:])
    s.check("its members", "to a list" in read("/var/mail/alice") and "to a list" in read("/var/mail/bob") and went(s, "out@there.example") == 1, s.lines())
    s.note()


def taken(port):
    """Somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
        return True
    except OSError:
        return False


def srs(s):
    write("/etc/postsrsd.secret", "a secret of two machines\n", mode=0o600)
    p = s.background("postsrsd", "-s", "/etc/postsrsd.secret", "-d", "here.example", "-f", "10001", "-r", "10002", "-l", "127.0.0.1")
    within(20, lambda: all(taken(port) for port in (10001, 10002)))
    s.config("sender_canonical_maps = tcp:127.0.0.1:10001\nsender_canonical_classes = envelope_sender\n"
             "recipient_canonical_maps = tcp:127.0.0.1:10002\nrecipient_canonical_classes = envelope_recipient,header_recipient\n"
             "local_recipient_maps =", aliases="away: friend@elsewhere.example\n")
    s.send("away@here.example", "forwarded", sender="who@there.example")
    made = s.hop.got[0][0] if s.hop.got else ""
    s.check("postsrsd rewrites the sender of what is forwarded", re.match(r"FROM:<SRS0=\S+=\S+=there.example=who@here.example>", made), s.lines())
    s.send(made[6:].split(">")[0], "comes back", sender="")
    s.check("and its reverse", went(s, "who@there.example") == 1, s.lines())
    p.terminate()
    s.note()


def forward(s):
    s.config("recipient_delimiter = +")
    must("runuser -u alice -- sh -c 'cd; HOME=/home/alice vacation -I'")
    s.file("/home/alice/.vacation.msg", "From: alice@here.example\nSubject: away\nPrecedence: bulk\n\nI am away.\n", "alice")
    s.file("/home/alice/.forward", '\\alice, "|/usr/bin/vacation alice", out@there.example\n', "alice")
    s.file("/home/bob/.forward", '"|IFS=\' \' && exec /bin/cat >>/home/bob/by-forward || exit 75 #bob"\n', "bob")
    s.file("/home/bob/.forward+files", "/home/bob/file\n./not-absolute\n", "bob")
    at = len(s.log())
    s.send("alice@here.example", "are you there", sender="bob+files@here.example")
    s.settle(at, 3)
    s.send("bob@here.example", "to a command")
    s.send("bob+files@here.example", "to a file")
    if not s.real:
        write(W + "/queue/maildrop/unreadable", "x", "bob", 0)
        sh("runuser -u bob -- sh -c 'umask 077; echo hi | /usr/sbin/sendmail out@there.example'")
        s.check("a file of maildrop that cannot be read is named", within(10, lambda: "warning: maildrop/unreadable: Permission denied" in s.log()[s.at:]), s.log()[s.at:])
        os.unlink(W + "/queue/maildrop/unreadable")
    else:
        sh("runuser -u bob -- sh -c 'umask 077; echo hi | /usr/sbin/sendmail out@there.example'")
    within(10, lambda: len(re.findall(r"to=<out@there.example>.* status=sent ", s.log()[s.at:])) == 3)
    s.check("vacation replies by sendmail, once", "I am away." in read("/home/bob/file"), read("/home/bob/file") + s.log()[s.at:])
    s.check("and the mail itself is kept and sent on", "are you there" in read("/var/mail/alice") and went(s, "out@there.example") == 3, s.lines())
    s.note()


def commands(s):
    """sendmail -bs, mailq while a command delivers, qshape."""
    s.config("mailbox_command_maps = texthash:/etc/postfix/commands")
    s.file("/etc/postfix/commands", "carol cat >/dev/null; echo $$ >%s/out/pid; while [ ! -e %s/out/go ]; do sleep 0.05; done; exit 75\n" % (W, W))
    at = len(s.log())
    dialogue = "EHLO x\r\nMAIL FROM:<bob@here.example>\r\nRCPT TO:<alice@here.example>\r\nRCPT TO:<nobody.there@here.example>\r\nRCPT TO:<out@there.example>\r\nDATA\r\nSubject: by bs\r\n\r\n..dot\r\n.\r\nQUIT\r\n"
    said = sh("runuser -u bob -- /usr/sbin/sendmail -bs", input=dialogue.encode())
    s.settle(at)
    s.said_by("sendmail -bs", re.sub(r"as \w+", "as ID", said))
    s.check("sendmail -bs", "250 2.0.0 Ok: queued as" in said and "\n.dot\n" in read("/var/mail/alice"), said)
    at = len(s.log())
    s.send("carol@here.example", "slow", wait=False)
    s.check("a command runs", within(10, lambda: os.path.exists(W + "/out/pid")))
    queue = sh("runuser -u bob -- mailq")
    mask = lambda t: re.sub(r"(?m)^[0-9A-F]+", "ID", re.sub(r"[A-Z][a-z]{2} [A-Z][a-z]{2} .\d \d\d:\d\d:\d\d", "DATE", re.sub(r" +(\d+) (?=[A-Z])", " SIZE ", t)))
    s.said_by("mailq while it runs", mask(queue))
    s.check("mailq shows it as active", re.search(r"^[0-9A-F]+\* ", queue, re.M) and "carol@here.example" in queue, queue)
    s.said_by("qshape active", sh(s.bin + "qshape active"))
    open(W + "/out/go", "w").close()
    s.settle(at)
    os.unlink(W + "/out/pid")
    # It is in the log before it is out of the active queue.
    within(20, lambda: '"queue_name": "active"' not in sh(s.bin + "postqueue -j"))
    s.said_by("mailq when it waits", mask(sh("mailq")))
    s.said_by("qshape deferred", sh(s.bin + "qshape deferred"))
    s.said_by("postqueue -j", re.sub(r'"(queue_id|arrival_time|message_size|forced_expire)": ?("\w+"|\d+|\w+)', r'"\1"', sh(s.bin + "postqueue -j")))
    s.note()




class Asked(threading.Thread):
    """A server of tcp: or socketmap: tables that knows nothing, and notes what it is asked."""

    def __init__(self, port, netstrings):
        super().__init__(daemon=True)
        self.keys, self.netstrings = [], netstrings
        self.s = socket.create_server(("127.0.0.1", port))
        self.start()

    def run(self):
        while True:
            try:
                c = self.s.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        f = c.makefile("rwb")
        while True:
            if self.netstrings:
                n = b""
                while not n.endswith(b":"):
                    b = f.read(1)
                    if not b:
                        return
                    n += b
                key = f.read(int(n[:-1]) + 1)[:-1].decode("latin-1")
                answer = b"9:NOTFOUND ,"
            else:
                line = f.readline()
                if not line:
                    return
                key = line.decode("latin-1").strip().removeprefix("get ")
                answer = b"500 not here\n"
            # noted before it is answered: then whoever waits for the mail's end sees it
            if key not in self.keys:
                self.keys.append(key)
            f.write(answer)
            f.flush()


def asked(s):
    """Servers of tables are asked with whole keys, never with their parts."""
    settings = ["canonical_maps", "virtual_alias_maps", "transport_maps", "relocated_maps", "smtp_generic_maps", "mailbox_command_maps", "alias_maps",
                "smtpd_client_restrictions = check_client_access", "smtpd_sender_restrictions = check_sender_access",
                "smtpd_recipient_restrictions = check_recipient_access", "smtpd_relay_restrictions = permit_mynetworks, reject\nrelay_domains =",
                "virtual_mailbox_maps", "sender_bcc_maps", "local_recipient_maps = unix:passwd.byname", "mailbox_transport_maps", "virtual_mailbox_domains = virt.example,",
                "recipient_bcc_maps"]
    server = Asked(10007, True)
    for kind in ("socketmap:inet:127.0.0.1:10007:%d", "unionmap:{socketmap:inet:127.0.0.1:10007:%d}", "pipemap:{socketmap:inet:127.0.0.1:10007:%d,static:x}"):
        s.config("".join("%s%s %s\n" % (x, "" if "=" in x else " =", kind % i) for i, x in enumerate(settings)))
        del server.keys[:]
        for to in ("alice+ext@here.example", "out@sub.there.example", "ann@virt.example"):
            s.send(to, "asked", sender="s+x@sub.sender.example")
        s.check("%s is asked for many settings" % kind, len({k.split()[0] for k in server.keys}) >= 10 and "fatal" not in s.said, (s.said, server.keys))
        s.said_by(kind.partition(":")[0], "\n".join(sorted({settings[int(k.split()[0])].split("\n")[-1].split(" =")[0] + " " + k.split(" ", 1)[1] for k in server.keys})))
    server = Asked(10008, False)
    s.config("canonical_maps = tcp:127.0.0.1:10008\nsmtpd_sender_restrictions = check_sender_access tcp:127.0.0.1:10008")
    s.send("alice+ext@here.example", "asked", sender="s+x@sub.sender.example")
    s.said_by("tcp", "\n".join(sorted(set(server.keys))))
    s.check("they are asked", "alice+ext@here.example" in server.keys and len(set(server.keys)) == 2, server.keys)


PARTS = [(f.__name__, f) for f in (procmail, maildrop, lda, lmtp, readers, cron, mailman, srs, forward, commands, asked)]
