"""SCENARIOS C.4, E.1, E.3 and F.1 as parts of `mailboxes`, with the settings as they stand there."""
import os, re, shutil, socket, subprocess, sys
from mailbox_parts import read, sent, went
from sides import LINES, ROOT, W, must, sh, within, write

ZONE = """\
elsewhere.example MX 10 mx.elsewhere.example
gas.example MX 10 mx.elsewhere.example
mx.elsewhere.example A 127.0.0.9
smtp.gmail.com A 127.0.0.10
"""
HERE = os.path.dirname(os.path.abspath(__file__))
LOGIN = "smtp_sasl_auth_enable\thonoured" in open(ROOT + "/postrider/src/main/resources/org/postrider/config/honoured.tsv").read()
dns = None


def names():
    """A name server, once for a side."""
    global dns
    if dns is None:
        os.environ["TWIN_DNS"] = "127.0.0.53"
        import run as twin
        dns = twin.Dns()
        dns.load(ZONE)


def c4(s):
    """C.2's main.cf, an alias of two addresses elsewhere, newaliases."""
    names()
    s.config("""inet_protocols = ipv4
myhostname = uss.example
mydomain = uss.example
myorigin = $mydomain
inet_interfaces = all
alias_database = hash:/etc/aliases
alias_maps = hash:/etc/aliases
smtpd_sasl_auth_enable = yes
smtpd_sasl_security_options = noanonymous
smtpd_sasl_local_domain = $myhostname
smtpd_use_tls = no
broken_sasl_auth_clients = yes
smtpd_recipient_restrictions = permit_sasl_authenticated, permit_mynetworks, check_relay_domains
""", aliases="uss: one@elsewhere.example, two@elsewhere.example\n", base=5)
    s.send("uss@uss.example", "to both")
    got = sorted(x[4:].split(">")[0] for _, t, _ in s.hop.got for x in t)
    s.check("mail for uss@uss.example reaches both, once each", got == ["one@elsewhere.example", "two@elsewhere.example"], s.hop.got)
    s.check("and is a mail for uss@uss.example still", all("Delivered-To: uss@uss.example" in b and "Subject: to both" in b for _, _, b in s.hop.got), s.hop.got)
    at = len(s.log())
    sh("runuser -u bob -- /usr/sbin/sendmail -i uss", input=b"Subject: by sendmail\n\nx\n")
    s.settle(at)
    s.check("and from sendmail", went(s, "one@elsewhere.example") == 2 and went(s, "two@elsewhere.example") == 2, s.hop.got)
    s.note()


HUB = """\
compatibility_level = 3.6
queue_directory = {W}/hub-queue
data_directory = {W}/hub-data
maillog_file = {W}/hub.log
maillog_file_prefixes = {W}
myhostname = smtp.gmail.com
mydestination =
mynetworks = {networks}
alias_maps =
alias_database =
inet_interfaces = 127.0.0.10
inet_protocols = ipv4
smtpd_tls_security_level = may
smtpd_tls_cert_file = {W}/hub.pem
smtpd_tls_key_file = {W}/hub.key
smtpd_sasl_auth_enable = {login}
smtpd_sasl_local_domain = gmail.com
smtpd_tls_auth_only = yes
cyrus_sasl_config_path = /etc/hub/sasl
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_end_of_data_restrictions = check_client_access static:HOLD
smtpd_tls_received_header = yes
"""


def hub():
    """A real Postfix in the hosted smart host's place, at port 587; what it takes, it holds."""
    must("openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=smtp.gmail.com -addext subjectAltName=DNS:smtp.gmail.com "
         "-keyout {W}/hub.key -out {W}/hub.pem 2>/dev/null".format(W=W))
    write("/etc/hub/main.cf", HUB.format(W=W, login="yes" if LOGIN else "no", networks="192.0.2.0/24" if LOGIN else "127.0.0.0/8"))
    write("/etc/hub/master.cf", "127.0.0.10:587 inet n - n - - smtpd\n" + LINES)
    write("/etc/hub/sasl/smtpd.conf", "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: /etc/hub/sasldb2\nmech_list: PLAIN LOGIN\n")
    must("printf geheim | /usr/sbin/saslpasswd2 -p -c -f /etc/hub/sasldb2 -u gmail.com user; chown postfix /etc/hub/sasldb2")
    for d in ("/hub-queue", "/hub-data"):
        os.makedirs(W + d, exist_ok=True)
    shutil.chown(W + "/hub-data", "postfix")
    said = sh("/usr/sbin/postfix -c /etc/hub start")
    if not within(10, lambda: talk(587, "127.0.0.10", "127.0.0.1", [])[:1] == ["220"]):
        raise SystemExit("the smart host does not start: %s%s" % (said, read(W + "/hub.log")))


def held():
    """What lies at the smart host: text of each message."""
    out = []
    for base, _, files in os.walk(W + "/hub-queue/hold"):
        for f in sorted(files):
            out.append(sh("/usr/sbin/postcat -c /etc/hub -q " + f))
    return out


def arrived(address):
    return [m for m in held() if re.search("(?m)^recipient: %s$" % re.escape(address), m)]


def e1(s):
    """The null client."""
    names()
    hub()
    login = """smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
smtp_sasl_security_options = noanonymous
smtp_sasl_tls_security_options = noanonymous
""" if LOGIN else ""
    write("/etc/ssl/certs/ca-bundle.crt", read(W + "/hub.pem"))
    write("/etc/postfix/sasl_passwd", "[smtp.gmail.com]:587 user@gmail.com:geheim\n", mode=0o600)
    s.config("", base=5)
    must("cd /; %spostmap /etc/postfix/sasl_passwd" % (s.bin or "/usr/sbin/"))
    for protocols in ("ipv4", "all"):
        s.config("""inet_interfaces = loopback-only
inet_protocols = %s
mynetworks = 127.0.0.0/8 [::1]/128
myhostname = host.nixation.example
myorigin = nixation.example
mydestination =
local_transport = error: local delivery is disabled
relayhost = [smtp.gmail.com]:587
smtp_use_tls = yes
smtp_tls_CAfile = /etc/ssl/certs/ca-bundle.crt
smtp_tls_loglevel = 1
%s""" % (protocols, login), base=5, listen="smtp inet n - n - - smtpd\n")
        at = len(s.log())
        sh("runuser -u alice -- /usr/sbin/sendmail -i out-%s@far.example root" % protocols, input=b"Subject: by sendmail\n\nhello\n")
        sh("runuser -u alice -- mail -s 'by mail' bob-%s" % protocols, input=b"hello\n")
        sh("runuser -u alice -- mailx -s 'by mailx' carol-%s" % protocols, input=b"hello\n")
        s.settle(at, 3)
        for to, by in (("out-%s@far.example" % protocols, "sendmail"), ("bob-%s@nixation.example" % protocols, "mail"), ("carol-%s@nixation.example" % protocols, "mailx")):
            got = arrived(to)
            s.check("%s: %s's mail lies at the smart host, from alice@nixation.example" % (protocols, by), len(got) == 1 and "sender: alice@nixation.example\n" in got[0]
                    and "Subject: by %s\n" % by in got[0] and re.search(r"using TLSv1.3", got[0]), got or s.log()[s.at:])
        said = s.send("alice@[127.0.0.1]", "to a local address")
        s.check("%s: smtpd refuses a local address with that text" % protocols, said == "550 5.1.1 <alice@[127.0.0.1]>: Recipient address rejected: local delivery is disabled", said)
        at = len(s.log())
        sh("/usr/sbin/sendmail -i -f back-%s 'alice@[127.0.0.1]'" % protocols, input=b"Subject: to a local address\n\nx\n")
        s.settle(at, 2)
        s.check("%s: a local address bounces with that text" % protocols, sent(s, "alice@[127.0.0.1]", "relay=none") and sent(s, "alice@[127.0.0.1]", "status=bounced (local delivery is disabled)"), s.lines())
        s.check("%s: and the bounce goes to the smart host" % protocols, any("<alice@[127.0.0.1]>: local delivery is disabled" in m for m in arrived("back-%s@nixation.example" % protocols)), s.lines())
    s.check("root's mail too", len(arrived("root@nixation.example")) == 2, "")
    s.check("nothing is delivered here", os.listdir("/var/mail") == [] and not any("postfix/local[" in x for x in s.lines()), os.listdir("/var/mail"))
    listen = sh("ss -Hltn sport = :25 | awk '{print $4}' | sort -u").split()
    s.check("it listens to this host alone", listen and all(x.startswith(("127.0.0.", "[::1]", "[::ffff:127.0.0.")) for x in listen), listen)
    if LOGIN:
        s.check("with a login", within(10, lambda: read(W + "/hub.log").count("sasl_username=user@gmail.com") >= 8), read(W + "/hub.log")[-1500:])
    s.said_by("log lines of smtp", "\n".join(sorted(set(re.sub(r"queued as \w+", "queued as ID", re.sub(r"^.*?: \w+: to=", "to=", re.sub(r"(conn_use=\d+, )?delay=.*?delays=[^,]*", "DELAYS", x))) for x in s.lines("smtp|error") if "status=" in x))))
    sh("/usr/sbin/postfix -c /etc/hub stop")


def e3(s):
    """The roles are visible as they were taught: in master.cf, in the log and in a status view."""
    s.config("", base=99)
    at = len(s.log())
    s.send(["alice@here.example", "out@there.example"], "roles")
    sh("runuser -u bob -- /usr/sbin/sendmail -i alice", input=b"Subject: x\n\nx\n")
    s.said_by("sendmail without a recipient", sh("/usr/sbin/sendmail -i </dev/null"))
    s.settle(at, 2)
    log = s.log()
    for name in ("master", "smtpd", "smtp", "pickup", "cleanup", "qmgr", "local", "sendmail"):
        s.check("%s in the log" % name, re.search(r" postfix/%s\[\d+\]: " % name, log), log[-1500:])
    roles = ("smtpd", "smtp", "pickup", "cleanup", "rewrite", "qmgr", "local")
    s.check("each is a line of master.cf", all(re.search("(?m)^%s +unix|inet .* %s$" % (r, r), sh(s.bin + "postconf -M")) for r in roles), sh(s.bin + "postconf -M"))
    if not s.real:
        view = sh("postfix status -v")
        for role in ("master",) + roles:
            s.check("%s in the status view" % role, re.search(r"(?m)^%s +unix +|^\S+ +inet +%s  " % (role, role) if role != "master" else r"(?m) PID: \d+$", view), view)


def f1(s):
    """Submission at 587; $mydomain not in mydestination; mailboxes below /var/spool/mail."""
    names()
    s.config("""inet_protocols = ipv4
myhostname = mail03.gas.example
mydomain = gas.example
mydestination = $myhostname, mail03.gas.example, localhost.gas.example, localhost
mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128 192.168.2.0/24
mail_spool_directory = /var/spool/mail
alias_maps = hash:/etc/aliases
""", base=5, listen="submission inet n - y - - smtpd\n127.0.0.1:25 inet n - n - - smtpd\n")
    s.check("587 is open", within(10, lambda: talk(587, "192.168.2.1", "192.168.2.1", [])[:1] == ["220"]))
    for to in ("alice@mail03.gas.example", "bob@localhost.gas.example", "carol@localhost", "alice@gas.example"):
        at = len(s.log())
        s.check("587 takes mail for %s" % to, talk(587, "192.168.2.1", "192.168.2.1", [
            "EHLO client.example", "MAIL FROM:<s@there.example>", "RCPT TO:<%s>" % to, "DATA", "Subject: f1\r\n\r\nto %s\r\n." % to]) == ["220", "250", "250", "250", "354", "250"])
        s.settle(at)
    for user, to in (("alice", "alice@mail03.gas.example"), ("bob", "bob@localhost.gas.example"), ("carol", "carol@localhost")):
        box = "/var/spool/mail/" + user
        s.check("%s's mailbox is %s" % (user, box), "to %s\n" % to in read(box) and sent(s, to, "status=sent (delivered to mailbox)"), read(box) + s.log()[s.at:])
    s.check("mail for the domain is relayed by MX", sent(s, "alice@gas.example", "relay=mx.elsewhere.example[127.0.0.9]:25"), s.lines())
    s.check("an unknown user is refused", talk(587, "192.168.2.1", "192.168.2.1", ["EHLO x", "MAIL FROM:<>", "RCPT TO:<no.such@mail03.gas.example>"])[-1] == "550")
    s.check("a stranger may not relay", talk(587, "10.1.0.1", "10.1.0.1", ["EHLO x", "MAIL FROM:<>", "RCPT TO:<alice@gas.example>"])[-1] in ("454", "554"))
    s.note()


def talk(port, to, frm, lines):
    """The codes of a dialogue."""
    try:
        c = socket.create_connection((to, port), 240, source_address=(frm, 0))
    except OSError as e:
        return [str(e)]
    f, codes = c.makefile("rwb"), []
    for line in [None] + lines:
        if line is not None:
            f.write(line.encode() + b"\r\n")
            f.flush()
        while True:
            got = f.readline().decode("latin-1")
            if got[3:4] != "-":
                break
        codes.append(got[:3])
    f.write(b"QUIT\r\n")
    f.flush()
    f.readline()
    c.close()
    return codes


PARTS = [(f.__name__, f) for f in (c4, e1, e3, f1)]
