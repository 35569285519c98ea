"""What real-deliveries asks of mail that comes from the network: the client's names, the real programs beside a configuration
(postgrey, Dovecot's quota-status, opendkim, opendmarc, rspamd, amavisd) on the sockets that it names, and the mails that pass them.
"""
import os, re, shutil, socket, struct, subprocess, threading, time

CLIENT, LISTED, SERVER, OUTSIDE = "192.0.2.10", "192.0.2.66", "192.0.2.25", "198.51.100.25"
PASSWORD = "geheim"
# Ports of policy services that the distribution has no program for.
STAND_INS = (7777, 9999)
QUOTA = (12340, 65265)
# DNS lists: who is on them is known here.
LISTS = ("spamhaus.org", "mailspike.net", "barracudacentral.org", "spameatingmonkey.net", "sorbs.net", "surriel.com", "dnswl.org")
ADDRESSES = {"c.away.example": CLIENT, "away.example": CLIENT, "reject.example": CLIENT, "listed.example": LISTED,
             "elsewhere.example": OUTSIDE, "smtp.gmail.com": OUTSIDE, "smtp.relay.example": OUTSIDE}
POINTERS = {CLIENT: "c.away.example", LISTED: "listed.example", "10.0.0.10": "c.away.example"}
TEXTS = {"away.example": "v=spf1 ip4:192.0.2.0/24 -all", "_dmarc.away.example": "v=DMARC1; p=none", "_dmarc.reject.example": "v=DMARC1; p=reject"}


def wire(name):
    return b"".join(bytes([len(x)]) + x.encode() for x in name.split(".")) + b"\0"


class Names(threading.Thread):
    """A name server for which every name is this machine's, but for the client's own, the texts about it and DNS lists."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))

    @staticmethod
    def answer(name, kind):
        """The data of a record, or None: no record; the name does not exist with False."""
        name = name.lower()
        if name.endswith(LISTS):
            listed = name == ".".join(reversed(LISTED.split("."))) + ".zen.spamhaus.org"
            return False if not listed else socket.inet_aton("127.0.0.4") if kind == 1 else None
        if name.endswith(".in-addr.arpa"):
            pointer = POINTERS.get(".".join(reversed(name.split(".")[:4])))
            return False if not pointer else wire(pointer) if kind == 12 else None
        if name.startswith("_") or "._domainkey." in name:
            text = TEXTS.get(name)
            return False if not text else bytes([len(text)]) + text.encode() if kind == 16 else None
        if kind == 16 and name in TEXTS:
            return bytes([len(TEXTS[name])]) + TEXTS[name].encode()
        return socket.inet_aton(ADDRESSES.get(name, "127.0.0.1")) if kind == 1 else None

    def run(self):
        while True:
            q, who = self.socket.recvfrom(4096)
            at, labels = 12, []
            while q[at]:
                labels.append(q[at + 1:at + 1 + q[at]].decode("latin1"))
                at += q[at] + 1
            question = q[12:at + 5]
            kind = struct.unpack(">H", q[at + 1:at + 3])[0]
            data = self.answer(".".join(labels), kind)
            record = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data if data else b""
            self.socket.sendto(q[:2] + (b"\x85\x83" if data is False else b"\x85\x80") + struct.pack(">HHHH", 1, 1 if data else 0, 0, 0) + question + record, who)


def short(pattern):
    """What a wanted header is called in a row."""
    return re.sub(r"[(|].*|\\s.", "", pattern).strip()


class Policy(threading.Thread):
    """A policy server that answers DUNNO."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.asked, self.open, self.socket = 0, [], socket.create_server(("127.0.0.1", port))

    def run(self):
        while True:
            try:
                c = self.socket.accept()[0]
            except OSError:
                return
            self.open.append(c)
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        try:
            with c, c.makefile("rwb") as f:
                for line in f:
                    if line == b"\n":
                        self.asked += 1
                        f.write(b"action=DUNNO\n\n")
                        f.flush()
        except OSError:
            pass

    def terminate(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for c in self.open:
            try:
                c.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


AMAVIS = """use strict;
$max_servers = 2; $daemon_user = 'amavis'; $daemon_group = 'amavis'; $mydomain = 'example.com'; $myhostname = 'mail.example.com';
$MYHOME = '/var/tmp/amavis'; $TEMPBASE = "$MYHOME/tmp"; $ENV{TMPDIR} = $TEMPBASE; $QUARANTINEDIR = undef; $db_home = "$MYHOME/db";
$log_level = 0; $do_syslog = 0; $LOGFILE = "$MYHOME/log"; $enable_db = 0; $enable_zmq = 0; $nanny_details_level = 0;
$inet_socket_port = [10024, 10026]; $inet_socket_bind = '127.0.0.1'; $forward_method = 'smtp:[127.0.0.1]:10025'; $notify_method = $forward_method;
@bypass_virus_checks_maps = (%(virus)d); @bypass_spam_checks_maps = (0); $sa_local_tests_only = 1; $sa_tag_level_deflt = -999; $sa_tag2_level_deflt = 6.2; $sa_kill_level_deflt = 9999; @local_domains_maps = (1); @mynetworks = qw(127.0.0.1/32); @decoders = ();
@av_scanners = (%(scanners)s); @av_scanners_backup = ();
$final_virus_destiny = D_DISCARD; $final_banned_destiny = D_PASS; $final_bad_header_destiny = D_PASS; $final_spam_destiny = D_PASS;
$X_HEADER_TAG = 'X-Virus-Scanned'; $X_HEADER_LINE = 'amavisd at example.com'; $bypass_decode_parts = 1;
$virus_quarantine_method = ''; $spam_quarantine_method = ''; $virus_admin = undef; $bad_header_quarantine_method = ''; $enable_dkim_verification = 0; $enable_dkim_signing = 0;
1;
"""
CLAMAV_OF_AMAVIS = r"""['ClamAV', \&ask_daemon, ["CONTSCAN {}\n", "/var/tmp/clamav/s"], qr/\bOK$/m, qr/\bFOUND$/m, qr/^.*?: (?!Infected Archive)(.*) FOUND$/m]"""
# The one virus that it knows, by its own words.
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
RSPAMD = """options { pidfile = "%(c)s/pid"; dynamic_conf = "%(c)s/dyn"; filters = ""; dns { nameserver = ["127.0.0.1"]; timeout = 20s; retransmits = 2; } cache_file = "%(c)s/cache"; hs_cache_dir = "%(c)s"; map_watch_interval = 1h; tempdir = "%(c)s"; control_socket = "%(c)s/control mode=0600"; disable_hyperscan = true; url_tld = "%(c)s/tld"; }
logging { type = "console"; level = "warning"; }
worker "normal" { enabled = false; bind_socket = "127.0.0.1:11333"; count = 1; }
worker "rspamd_proxy" { bind_socket = "127.0.0.1:11332"; milter = yes; timeout = 240s; task_timeout = 200s; count = 1; upstream "local" { self_scan = yes; default = yes; } }
metric "default" { actions { reject = 15; add_header = 6; greylist = null; } group "own" { symbol "FORGED" { weight = 20; } } }
lua = "%(c)s/own.lua";
milter_headers { use = ["x-spamd-bar", "x-spam-status", "x-spamd-result"]; extended_spam_headers = false; skip_local = false; skip_authenticated = false; local_headers = []; authenticated_headers = []; }
modules { path = "/usr/share/rspamd/plugins/milter_headers.lua"; }
"""
RSPAMD_LUA = """rspamd_config:register_symbol({name = 'FORGED', type = 'normal', callback = function(task)
  if tostring(task:get_content()):find('boss@reject.example', 1, true) then return true, 1.0 end
end})
"""


class Beside:
    """The programs beside the configuration of `place`."""

    def __init__(self, place, put, must, within, open_port):
        self.place, self.put, self.must, self.within, self.open_port = place, put, must, within, open_port
        text = place.main + place.master
        self.syslog = None
        self.ports = {n for n in (10023, 8891, 8893, 11332, 10024) + STAND_INS + QUOTA if re.search(r":%d\b" % n, text)}
        self.milters, self.policies, self.filters, self.missing = [], [], [], []
        # What runs, by package, and what stands for a program that the distribution does not have.
        self.real, self.stand_ins = [], []
        # spampd stands before Dovecot where mailinabox's mail goes.
        self.lmtp = 10026 if "lmtp:[127.0.0.1]:10025" in place.main and shutil.which("spampd") else None
        self.virus, self.others = False, []
        self.key = None

    def own(self, path, user):
        os.makedirs(path, exist_ok=True)
        shutil.chown(path, user, user)
        return path

    def begin(self, kind, program, *words, **more):
        if shutil.which(program):
            kind.append(self.place.begin(program, *words, **more))
            self.real.append(program)
        else:
            self.missing.append(program)

    def clamd(self):
        """Real clamd with a database of one signature: false if it is not installed."""
        if self.virus or not shutil.which("clamd"):
            self.virus or self.missing.append("clamd")
            return self.virus
        for d in ("", "/db"):
            self.own("/var/tmp/clamav" + d, "clamav")
        self.put("/var/tmp/clamav/db/own.ndb", "Eicar-Test:0:*:%s\n" % EICAR.hex())
        self.put("/var/tmp/clamav/conf", "Foreground yes\nLocalSocket /var/tmp/clamav/s\nLocalSocketMode 666\nDatabaseDirectory /var/tmp/clamav/db\nUser root\nMaxThreads 2\n")
        self.begin(self.others, "clamd", "-c", "/var/tmp/clamav/conf")
        self.virus = True
        return True

    def start(self):
        # On no interface: they are neither in mynetworks nor this machine's for permit_inet_interfaces.
        for net in ("192.0.2.0/24", "10.0.0.0/24"):
            self.must("ip", "route", "add", "local", net, "dev", "lo")
        put = self.put
        for port in STAND_INS:
            if port in self.ports:
                self.policies.append(Policy(port))
                self.stand_ins.append("policy server at %d, which answers DUNNO" % port)
                self.policies[-1].start()
        if "tcp:localhost:10001" in self.place.main:
            put("/var/tmp/srs", "secret\n", 0o600)
            self.begin(self.others, "postsrsd", "-s/var/tmp/srs", "-dexample.com", "-f10001", "-r10002")
        if self.lmtp:
            # Perl's taint mode lets it use no home but its own, and it does not live without a syslog.
            self.own("/var/cache/spampd", "spampd")
            self.syslog = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.syslog.bind(("127.0.0.1", 514))
            self.begin(self.filters, "spampd", "--nodetach", "--host=127.0.0.1:10025", "--relayhost=127.0.0.1:10026", "--children=2", "--tagall", "--local-only",
                       "--user=spampd", "--group=spampd", "--logsock=inet", "--pid=/run/spampd.pid")
        self.cyrus()
        if 10023 in self.ports:
            self.own("/var/tmp/postgrey", "postgrey")
            self.begin(self.policies, "postgrey", "--inet=127.0.0.1:10023", "--delay=1", "--dbdir=/var/tmp/postgrey", "--auto-whitelist-clients=0", "--hostname=mail.example.com")
        if 8891 in self.ports:
            self.must("openssl", "genrsa", "-out", "/var/tmp/dkim.key", "2048")
            put("/var/tmp/dkim.conf", "UserID root\nSyslog no\nPidFile /var/tmp/dkim.pid\nMode sv\nDomain example.com,vdom.example\nSelector s1\nKeyFile /var/tmp/dkim.key\nRequireSafeKeys no\nAuthservID mail.example.com\nAlwaysAddARHeader yes\nInternalHosts /var/tmp/dkim.hosts\nSocket inet:8891@127.0.0.1\n")
            put("/var/tmp/dkim.hosts", "127.0.0.1\n")
            self.begin(self.milters, "opendkim", "-f", "-x", "/var/tmp/dkim.conf")
        if 8893 in self.ports:
            put("/var/tmp/dmarc.conf", "UserID root\nSyslog no\nPidFile /var/tmp/dmarc.pid\nAuthservID mail.example.com\nTrustedAuthservIDs mail.example.com\nRejectFailures yes\nSPFSelfValidate yes\nSPFIgnoreResults yes\nDNSTimeout 60\nSocket inet:8893@127.0.0.1\n")
            self.begin(self.milters, "opendmarc", "-f", "-c", "/var/tmp/dmarc.conf")
        if 11332 in self.ports:
            put("/var/tmp/rspamd/tld", "com\norg\nexample\n")
            put("/var/tmp/rspamd/rspamd.conf", RSPAMD % {"c": "/var/tmp/rspamd"})
            put("/var/tmp/rspamd/own.lua", RSPAMD_LUA)
            os.chmod("/var/tmp/rspamd", 0o777)
            self.begin(self.milters, "rspamd", "-f", "-i", "-c", "/var/tmp/rspamd/rspamd.conf")
        if 10024 in self.ports:
            for d in ("", "/tmp", "/db"):
                self.own("/var/tmp/amavis" + d, "amavis")
            here = self.clamd()
            put("/var/tmp/amavisd.conf", AMAVIS % {"virus": not here, "scanners": CLAMAV_OF_AMAVIS if here else ""})
            self.begin(self.filters, "amavisd", "-c", "/var/tmp/amavisd.conf", "foreground")

    def cyrus(self):
        """saslauthd over Cyrus's user database, as smtpd's own settings name it, where it is not Dovecot who knows the users."""
        text = self.place.main + self.place.master
        if not re.search(r"smtpd_sasl_auth_enable ?= ?yes", text) or re.search(r"smtpd_sasl_type ?= ?dovecot", text):
            return
        self.put("/etc/postfix/sasl/smtpd.conf", "pwcheck_method: saslauthd\nmech_list: PLAIN LOGIN\n")
        for user in ("ann@vdom.example", "ann@uss.example"):
            name, realm = user.split("@")
            self.must("saslpasswd2", "-p", "-c", "-u", realm, name, input=PASSWORD.encode())
        for top in ("", "/var/spool/postfix"):
            os.makedirs(top + "/var/run/saslauthd", exist_ok=True)
            os.chmod(top + "/var/run/saslauthd", 0o755)
            self.begin(self.others, "saslauthd", "-a", "sasldb", "-d", "-n", "1", "-m", top + "/var/run/saslauthd")

    def dovecot(self, private):
        """Dovecot's policy service, as its configuration has it."""
        sockets = "".join("  inet_listener {\n    address = 127.0.0.1\n    port = %d\n  }\n" % p for p in QUOTA if p in self.ports)
        if "private/quota-status" in self.place.main:
            sockets += "  unix_listener %s/quota-status {\n    mode = 0666\n  }\n" % private
        if not sockets:
            return ""
        return "mail_plugins = quota\nplugin {\n  quota = maildir:own\n  quota_status_success = DUNNO\n}\nservice quota-status {\n  executable = quota-status -p postfix\n  client_limit = 4\n" + sockets + "}\n"

    def ready(self):
        late = [p for p in self.ports | ({10025} if self.lmtp else set()) if not self.within(40, lambda: self.open_port(p))]
        return late + ["clamd"] * bool(self.virus and not self.within(40, lambda: os.path.exists("/var/tmp/clamav/s")))

    @staticmethod
    def end(programs):
        """Ends these, with all that they began."""
        for p in programs:
            if isinstance(p, Policy):
                p.terminate()
            else:
                try:
                    os.killpg(p.pid, 15)
                    p.wait(10)
                except ProcessLookupError:
                    pass
                except subprocess.TimeoutExpired:
                    os.killpg(p.pid, 9)
                    p.wait(10)


class Network:
    """Mails from the network to `place`, by its own port, and what the log has of them."""

    def __init__(self, place, beside, port, to):
        self.place, self.beside, self.port, self.to = place, beside, port, to
        main = place.main
        self.server = "127.0.0.1" if re.search(r"^inet_interfaces = (localhost|loopback-only)", main, re.M) else SERVER
        self.client = "10.0.0.10" if "10.0.0.0/8" in main else "127.0.0.1" if place.name == "seed-smarthost" else CLIENT
        self.milters = bool(beside.milters)
        self.policy = bool(beside.policies) or "policy_service" in main
        self.at = 0

    def session(self, client, sender, to, text):
        """The replies of one session, greeting first; it ends at the first that is not 2xx or 3xx."""
        out = []
        seen = len(self.place.log())
        with socket.create_connection((self.server, self.port), 240, (client, 0)) as s, s.makefile("rwb") as f:
            def reply():
                lines = []
                while True:
                    line = f.readline().decode("latin1").rstrip("\r\n")
                    if not line:
                        lines.append("<closed>")
                        break
                    lines.append(line)
                    if line[3:4] != "-" or not line[:3].isdigit():
                        break
                out.append(lines[-1])
                return lines[-1][:1] in "23"

            going = reply()
            for line in ("EHLO c.away.example", "MAIL FROM:<%s>" % sender, "RCPT TO:<%s>" % to, "DATA", None):
                if not going:
                    break
                f.write((line + "\r\n").encode() if line else text.replace("\n", "\r\n").encode() + b".\r\n")
                f.flush()
                going = reply()
            f.write(b"QUIT\r\n")
            try:
                f.flush()
            except OSError:
                pass
        # The log has said all of it when it says that the client is gone.
        self.beside.within(10, lambda: re.search(r"(?i)disconnect from \S*\[%s\]" % re.escape(client), self.place.log()[seen:]))
        return out

    def text(self, token, author="alice@away.example"):
        return "From: %s\nTo: %s\nSubject: %s\nDate: Mon, 1 Jan 2029 00:00:00 +0000\nMessage-ID: <%s@away.example>\n\nhello\n" % (author, self.to, token, token)

    def said(self):
        """The log's lines since the last call that matter to whoever asks why: refusals and warnings, without times, ids, ports."""
        log = self.place.log()
        new, self.at = log[self.at:], len(log)
        out = []
        for line in new.splitlines():
            if re.search(r"reject|DNSBL|PREGREET|warning:|blocked|hold:|lost connection|timeout", line) and not re.search(r"open database|older than|TLS library|unused parameter|hash: table|being removed|queue file size|overriding|inode", line):
                line = re.sub(r"^.*? (\S+?/)+(\w[\w-]*)\[\d+\]: ", r"\2: ", line)
                line = re.sub(r"\b[0-9A-F]{9,}\b", "QID", line)
                out.append(re.sub(r"(?<=\]):\d+\b", ":PORT", re.sub(r"seconds by.*", "seconds", line)))
        return list(dict.fromkeys(out))

    def show(self, what, ok, replies, more=""):
        self.place.row(ok, what, "port %d" % self.port, self.to, "%s%s" % (re.sub("queued as .*", "queued", replies[-1]), more))
        for line in self.said():
            print("      log: " + line, flush=True)

    def head(self, token):
        for path in self.place.lies(token, paths=True):
            text = open(path, encoding="latin1").read()
            at = text.rindex("Subject: " + token)
            return re.split(r"(?m)^From .*\n", text[:at])[-1] + text[at:].split("\n\n")[0]
        # One that only relays has it outside.
        got = self.place.outside.mail(token) if getattr(self.place, "outside", None) else None
        return got["text"].replace("\r", "").split("\n\n")[0] if got else ""

    def deliver(self, what, token, want):
        """A mail that is to come in, and to have these headers when it lies where it should."""
        self.said()
        replies, tries = [], 0
        while tries < 6:
            replies = self.session(self.client, "alice@away.example", self.to, self.text(token))
            tries += 1
            if not replies[-1].startswith("4"):
                break
            print("      try %d: %s" % (tries, replies[-1]))
            time.sleep(2)
        good = replies[-1].startswith("250") and len(replies) == 6
        head = self.beside.within(30, lambda: self.head(token)) if good else ""
        have = [h for h in want if re.search(r"^%s" % h, head or "", re.M)]
        lost = [h for h in want if h not in have]
        self.show(what, good and bool(head) and not lost, replies, ": headers %s%s" % (", ".join(short(x) for x in have) or "none asked", "" if not lost else "; WITHOUT " + ", ".join(short(x) for x in lost)))
        if lost and head:
            print(head)

    def wanted(self):
        ports, main = self.beside.ports, self.place.main
        return ["Received: from (c.away.example|localhost)"] + ["\\s*by localhost .* .amavis, port 10024"] * (10024 in ports) + ["Authentication-Results: mail.example.com;\\s+dkim"] * (8891 in ports) \
            + ["Authentication-Results: mail.example.com; dmarc"] * (8893 in ports) + ["X-Spam(d-Bar|-Status|d-Result)"] * (11332 in ports) \
            + ["X-Greylist: delayed"] * (10023 in ports) + ["Received-SPF: |X-Comment: SPF|Authentication-Results: .*spf"] * ("private/policyd-spf" in main)

    def play(self):
        late = self.beside.ready()
        self.place.row(not late, "programs", "", "", "listen: %s%s" % (" ".join(map(str, sorted(self.beside.ports))), "; do not: %s" % late if late else ""))
        for name in self.beside.missing:
            print("      missing: " + name)
        self.deliver("network", "n1", self.wanted())
        self.refusals()
        self.without()

    def refusals(self):
        for what, client, sender, to, author, code in (
                ("listed", LISTED, "bob@listed.example", self.to, None, "5" if "spamhaus" in self.place.main else None),
                ("unknown", self.client, "alice@away.example", re.sub("^[^@]*", "no.such.user", self.to), None, None),
                ("relay", self.client, "alice@away.example", "x@elsewhere.example", None, None),
                ("forged", self.client, "alice@away.example", self.to, "boss@reject.example", "5" if self.beside.ports & {8893, 11332} else "2")):
            for tries in range(3):
                replies = self.session(client, sender, to, self.text(what, author or sender))
                if "reylist" not in replies[-1]:
                    break
                time.sleep(2)
            self.show(what, code is None or replies[-1].startswith(code), replies)

    def without(self):
        """The same with the milters ended, then with the content filter ended, then with the policy servers ended."""
        if self.milters:
            self.beside.end(self.beside.milters)
            if "milter_default_action = tempfail" in self.place.main:
                replies = self.session(self.client, "alice@away.example", self.to, self.text("n2"))
                self.show("no milter", replies[-1].startswith("451"), replies)
                return
            self.deliver("no milter", "n2", ["Received: from (c.away.example|localhost)"])
        if self.beside.filters:
            self.beside.end(self.beside.filters)
            replies = self.session(self.client, "alice@away.example", self.to, self.text("n3"))
            got = self.beside.within(20, lambda: self.place.outcome("n3"))
            self.show("no filter", replies[-1].startswith("250") and bool(got) and got[4] == "deferred", replies, ": %s" % (got and got[4] + " (" + got[5] + ")"))
        if self.beside.policies:
            self.beside.end(self.beside.policies)
            replies = self.session(self.client, "alice@away.example", self.to, self.text("n4"))
            self.show("no policy", replies[-1].startswith("451 4.3.5"), replies)
