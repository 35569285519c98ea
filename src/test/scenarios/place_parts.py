"""A place where somebody's main.cf and master.cf run as they are, for real-deliveries and configurations: namespaces of their own over
copies of /etc, /usr and /var that are thrown away, with users, certificates, tables, database servers and programs.
"""
import glob, grp, json, os, pwd, re, shutil, smtplib, socket, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + "/.."]
import ledger, network_parts
from accounts import account
from until import within
from overlay_parts import lay_over

ROOT = os.path.abspath(HERE + "/../../..")
NEEDED = ["unshare", "ip", "useradd", "dovecot", "openssl", "mariadbd", "maildrop", "procmail", "sqlite3", "hostname"]
REAL = "--real" in sys.argv
POSTGRES = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
VDOM, ROUTE, PASSWORD = "vdom.example", "route.example", network_parts.PASSWORD
GOT = "/var/tmp/got"
# What stands for a program that is not installed keeps its words, its user and the mail.
STAND_IN = '#!/bin/sh\n{ echo "$0 $*"; id -un; cat; } >%s/$(basename "$0").$$\n' % GOT
# In main.cf, of another program's installation (--real only).
INSTALLATION = r"(command|daemon|meta|shlib|manpage|sample|readme|html)_directory|(sendmail|newaliases|mailq)_path|debugger_command"

# The port behind the content filter, where it has one that sendmail(1) would go through; the network's port where it is not 25.
DOORS = {"iredmail": 10025, "dms-running": 10025, "frontends": 10025}
SMTP = {"seed-uss": 1025}
LIMITED = "mail system configuration error"
# What waits, as it does in Postfix, whose agent ends with the same fault.
WAITS = {("bokysan", "local"): LIMITED, ("bokysan", "virtual"): LIMITED, ("mailinabox", "virtual"): LIMITED, ("containers", "virtual"): LIMITED, ("frontends", "virtual"): LIMITED}
HOME = {"seed-uss": "uss.example", "ubuntu-guide": "server1.example.com", "mailinabox": "localhost", "panel": "localhost", "containers": "localhost"}


def sh(*words, **more):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240, **more)


def must(*words, **more):
    r = sh(*words, **more)
    if r.returncode:
        sys.exit("%s: %s" % (" ".join(words), r.stdout.decode(errors="replace")))
    return r.stdout.decode(errors="replace")


def put(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def open_port(port, address="127.0.0.1"):
    try:
        socket.create_connection((address, port), 1).close()
        return True
    except OSError:
        return False


class TcpTable(threading.Thread):
    """tcp_table(5) that knows nothing."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", port))

    def run(self):
        while True:
            threading.Thread(target=self.serve, args=(self.socket.accept()[0],), daemon=True).start()

    @staticmethod
    def serve(c):
        with c, c.makefile("rwb") as f:
            for _ in f:
                f.write(b"500 unknown\n")
                f.flush()


class SocketTable(threading.Thread):
    """socketmap_table(5) at a socket, for a program that the distribution does not have: every name's table is known to `rows_of`."""

    def __init__(self, path, rows_of):
        super().__init__(daemon=True)
        self.rows_of, self.socket = rows_of, socket.socket(socket.AF_UNIX)
        self.socket.bind(path)
        self.socket.listen()
        os.chmod(path, 0o666)

    def run(self):
        while True:
            threading.Thread(target=self.serve, args=(self.socket.accept()[0],), daemon=True).start()

    def serve(self, c):
        with c, c.makefile("rwb") as f:
            while True:
                n = b""
                while not n.endswith(b":"):
                    got = f.read(1)
                    if not got:
                        return
                    n += got
                name, key = f.read(int(n[:-1]) + 1)[:-1].decode().split(" ", 1)
                found = self.rows_of(name).get(key)
                answer = ("OK " + found if found else "NOTFOUND ").encode()
                f.write(b"%d:%s," % (len(answer), answer))
                f.flush()


class Place:
    def __init__(self, folder):
        self.folder, self.name = folder, os.path.basename(folder.rstrip("/"))
        self.bin = "/usr/sbin/" if REAL else ROOT + "/bin/"
        self.main = open(folder + "/main.cf").read()
        self.written = open(folder + "/master.cf").read()
        # A service a line, to look into.
        self.master = re.sub(r"\n[ \t]+", " ", self.written)
        self.boxes = ["/var/vmail"]
        self.added, self.started, self.rows, self.stand_ins, self.bad = [], [], [], [], 0
        self.beside = network_parts.Beside(self, put, must, within, open_port)

    # ---- the machine

    def machine(self):
        W = tempfile.mkdtemp(prefix="place-")
        must("mount", "-t", "tmpfs", "t", W)
        os.chmod(W, 0o755)
        for d in ("etc", "usr", "var"):
            own = ["%s/%s.%s" % (W, d, what) for what in ("up", "work", "kept")]
            for directory in own:
                os.makedirs(directory)
            options = "lowerdir=/%s,upperdir=%s,workdir=%s" % (d, own[0], own[1])
            if d == "usr":
                lay_over(must, "/usr", options, own[2])
            else:
                must("mount", "-t", "overlay", "o", "-o", options, "/" + d)
        for d in ("/run", "/home", "/dev/shm", "/var/mail", "/var/log", "/var/spool/postfix", "/var/lib/postfix"):
            os.makedirs(d, exist_ok=True)
            must("mount", "-t", "tmpfs", "t", d)
        os.chmod("/dev/shm", 0o1777)
        os.chmod("/var/mail", 0o2775), shutil.chown("/var/mail", "root", "mail")
        shutil.chown("/var/lib/postfix", "postfix", "postfix"), os.chmod("/var/lib/postfix", 0o700)
        os.makedirs(GOT), os.chmod(GOT, 0o1777)
        if not REAL:
            self.readable(W + "/run")
        must("ip", "link", "set", "lo", "up")
        must("hostname", "mail.example.com")
        put("/etc/hosts", "127.0.0.1 localhost\n127.0.0.1 mail.example.com mail\n")
        put("/etc/resolv.conf", "nameserver 127.0.0.1\n")
        put("/etc/mailname", "mail.example.com\n")
        network_parts.Names().start()
        account("useradd", "-m", "-u", "1990", "ann")
        account("groupadd", "-g", "2000", "vmail"), account("useradd", "-m", "-u", "2000", "-g", "vmail", "-d", "/var/vmail", "vmail")
        for user in ("ftn", "bsmtp", "scalemail", "mlmmj", "policyd-spf"):
            if sh("id", user).returncode:
                account("useradd", "-r", "-U", user)
        # maildrop -d takes names of the user database only.
        with open("/etc/passwd", "a") as f:
            f.write("ann@maildrop.%s:x:2000:2000::/var/vmail/maildrop:/bin/sh\n" % ROUTE)
        os.makedirs("/var/vmail/maildrop")
        for base in re.findall(r"^virtual_mailbox_base = (/\S+)", self.main, re.M):
            os.makedirs(base, exist_ok=True)
            shutil.chown(base, "vmail", "vmail")
            self.boxes = sorted({"/var/vmail", base.rstrip("/")})
        for d, _, _ in os.walk("/var/vmail"):
            shutil.chown(d, "vmail", "vmail")
        for program in re.findall(r"argv=(\S+)", self.master):
            path = program if program.startswith("/") else "/usr/bin/" + program
            if not os.path.exists(path):
                put(path, STAND_IN, 0o755)
                self.stand_ins.append(path)

    @staticmethod
    def readable(to):
        """A copy of the program that mail_owner may read, wherever this machine's build keeps its libraries."""
        os.makedirs(to)
        ready = dict(x.split("=", 1) for x in open(os.environ.get("POSTRIDER_RUN", ROOT + "/target/run") + "/ready").read().splitlines())
        paths = []
        for n, path in enumerate(ready["CP"].split(":")):
            paths.append("%s/%d-%s" % (to, n, os.path.basename(path)))
            (shutil.copytree if os.path.isdir(path) else shutil.copyfile)(path, paths[-1])
        put(to + "/ready", "JAVA=%s\nCP=%s\nAOT=\nSERVER_AOT=\n" % (ready["JAVA"], ":".join(paths)))
        os.environ["POSTRIDER_RUN"] = to

    # ---- what main.cf and master.cf name

    def rows_of(self, table):
        """What a table knows, by its name."""
        if "sender_dependent_default_transport" in table or table == "transport_by_sender":
            return {"ann@" + VDOM: re.findall(r"^(smtp_enforced_tls|panel-[\d.]+-) ", self.master, re.M)[0] + ":"}
        if table in ("rbl_reply", "blacklists"):
            return {"zen.spamhaus.org": "$rbl_code blocked by $rbl_domain"} if table == "rbl_reply" else {"bad.example": "REJECT"}
        if "tls_policy" in table:
            return {"elsewhere.example": "encrypt"}
        if "transport" in table:
            return self.routes()
        if table in ("domain", "mailbox"):
            return {VDOM: VDOM} if table == "domain" else {"ann@" + VDOM: "ann@" + VDOM, "ann@virtual." + ROUTE: "virtual." + ROUTE + "/ann/Maildir/"}
        if "mailbox_domains" in table or "virtual_domains_maps" in table or "mailbox-domains" in table or table in ("mysql-virtual_domains", "sql-domains", "vhost"):
            return {VDOM: VDOM}
        if "mailbox_maps" in table or "mailbox-maps" in table or table in ("mysql-virtual_mailboxes", "vmailbox"):
            return {"ann@" + d: d + "/ann/Maildir/" for d in (VDOM, "virtual." + ROUTE)}
        if "virtual_uids" in table or "virtual_gids" in table:
            return {"ann@" + d: "2000" for d in (VDOM, "virtual." + ROUTE)}
        if table == "mysql-virtual_policy_greylist":
            return {"ann@" + VDOM: "greylisting"}
        if "login" in table:
            return {"ann@" + d: "ann@" + VDOM for d in (VDOM, "example.com")}
        if "relayhost" in table and re.search(r"^smtp_sasl_auth_enable = yes", self.main, re.M):
            return {"ann@" + VDOM: "[smtp.relay.example]:587"}
        if "sasl_passwd" in table or "relayauth" in table:
            xoauth2 = re.search(r"^smtp_sasl_mechanism_filter = xoauth2", self.main, re.M)
            if xoauth2:
                # As sasl-xoauth2 keeps a token, good for years.
                put("/var/tmp/token", json.dumps({"access_token": PASSWORD, "expiry": "4102444800", "refresh_token": "none", "client_id": "none", "user": "user@gmail.com"}))
            return {"[smtp.gmail.com]:587": "user@gmail.com:" + ("/var/tmp/token" if xoauth2 else PASSWORD), "ann@" + VDOM: "ann:" + PASSWORD}
        if table == "aliases":
            return {"postmaster": "root", "root": "ann"}
        if table == "allowed_senders":
            return {"example.com": "OK", "away.example": "OK", VDOM: "OK"}
        return {"a.example": "b"}

    def agents(self):
        out = {}
        for line in self.master.splitlines():
            words = line.split()
            if len(words) > 7 and words[1] == "unix" and words[7] in ("local", "virtual", "lmtp", "pipe"):
                out[words[0]] = words[7]
        return out

    def routes(self):
        out = {}
        for name, program in self.agents().items():
            hop = {"lmtp": "unix:" + self.lmtp(), "mlmmj": "vdom.example/list"}.get(name, "")
            if name in ("dovecot", "mailman"):
                hop = VDOM
            out[name + "." + ROUTE] = name + ":" + hop
        return out

    def lmtp(self):
        return "/var/run/dovecot/lmtp" if "/var/run/dovecot/lmtp" in self.main else "private/dovecot-lmtp"

    def files(self):
        text = self.main + self.master
        W = tempfile.mkdtemp()
        must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mail.example.com", "-keyout", W + "/key", "-out", W + "/cert")
        must("openssl", "dhparam", "-dsaparam", "-out", W + "/dh", "2048")
        self.sql = {}
        for kind, path in re.findall(r"(?<![\w/])([a-z]+):(/[^\s,}$]+)", text):
            name = re.sub(r"\.(cf|re|pcre|regexp|cidr|texthash)$", "", os.path.basename(path))
            if kind in ("mysql", "pgsql", "sqlite"):
                query = "SELECT v FROM t WHERE name = '%s' AND k = '%%s'" % name
                login = "dbpath = /etc/postfix/mail.db\n" if kind == "sqlite" else "hosts = 127.0.0.1\nuser = mail\npassword = mail\ndbname = mail\n"
                put(path, login + "query = %s\n" % query)
                self.sql.setdefault(kind, set()).add(name)
            elif kind in ("hash", "btree", "lmdb", "texthash"):
                sep = ": " if "aliases" in name else " "
                put(path, "".join("%s%s%s\n" % (k, sep, v) for k, v in self.rows_of(name).items()))
            elif kind in ("pcre", "regexp", "cidr"):
                put(path, "")
        for path in sorted(set(re.findall(r"(?<![\w:/.\]])(/(?:etc|home)/[^\s,}:$]+)", text))):
            base = os.path.basename(path)
            if path.endswith("/certs"):
                os.makedirs(path, exist_ok=True)
            elif os.path.exists(path) and "snakeoil" not in path or path in ("/etc/postfix", "/etc/aliases"):
                continue
            elif base == "postfix_default.pem":
                put(path, open(W + "/key").read() + open(W + "/cert").read())
            elif base == "vhost":
                put(path, VDOM + "\n")
            else:
                which = "dh" if re.search(r"dh.*pem", base) else "key" if re.search(r"key|/private/", path) else "cert"
                put(path, open(W + "/" + which).read())

    def added_lines(self):
        add = {"maillog_file": "/var/log/postfix.log"}
        if not re.search(r"^transport_maps", self.main, re.M):
            put("/etc/postfix/routes", "".join("%s %s\n" % r for r in self.routes().items()))
            add["transport_maps"] = "texthash:/etc/postfix/routes"
        virtual = {"virtual_mailbox_base": "/var/vmail", "virtual_uid_maps": "static:2000", "virtual_gid_maps": "static:2000",
                   "virtual_mailbox_maps": "inline:{ann@%s=%s/ann/Maildir/}" % (("virtual." + ROUTE,) * 2)}
        if self.name in ("dms-default", "modoboa-rspamd"):
            # They have virtual mailbox domains, whose mail Dovecot's accounts take.
            virtual["virtual_mailbox_maps"] = "inline:{ann@%s=%s/ann/Maildir/, ann@%s=%s/ann/Maildir/}" % (VDOM, VDOM, "virtual." + ROUTE, "virtual." + ROUTE)
        if "reject_authenticated_sender_login_mismatch" in self.main and "smtpd_sender_login_maps" not in self.main:
            # Without it nobody owns an address, and no user may send.
            add["smtpd_sender_login_maps"] = "inline:{ann@%s=ann@%s}" % (VDOM, VDOM)
        for name, value in virtual.items():
            if not re.search(r"^%s\b" % name, self.main, re.M):
                add[name] = value
        if REAL:
            add["compatibility_level"] = "3.6"
        return add

    def configure(self):
        self.files()
        add = self.added_lines()
        main = self.main
        if REAL:
            # For services in a jail.
            for name in ("resolv.conf", "hosts", "services", "nsswitch.conf"):
                put("/var/spool/postfix/etc/" + name, open("/etc/" + name).read())
            main = re.sub(r"^(%s)\b" % INSTALLATION, r"# \1", main, flags=re.M)
        put("/etc/postfix/main.cf", main.rstrip("\n") + "\n" + "".join("%s = %s\n" % x for x in add.items()))
        put("/etc/postfix/master.cf", self.written + ("postlog unix-dgram n - n - 1 postlogd\n" if REAL and "postlogd" not in self.master else ""))
        self.added = [a for a in add if a not in ("maillog_file", "compatibility_level")]
        tables = dict.fromkeys(re.findall(r"(?<![\w/])((?:hash|btree|lmdb):/[^\s,}$]+)", self.main))
        for command, mine in ("postalias", [x for x in tables if "aliases" in x]), ("postmap", [x for x in tables if "aliases" not in x]):
            if mine:
                must(self.bin + command, "-c", "/etc/postfix", *mine)

    # ---- servers

    def begin(self, *words, **more):
        p = subprocess.Popen(words, stdout=open("/var/log/%s.out" % os.path.basename(words[0]), "ab"), stderr=subprocess.STDOUT, start_new_session=True, **more)
        self.started.append(p)
        return p

    def servers(self):
        rows = {kind: [(n, k, v) for n in names for k, v in self.rows_of(n).items()] for kind, names in self.sql.items()}
        quoted = lambda r: "INSERT INTO t VALUES " + ",".join("(%s)" % ",".join("'%s'" % x for x in row) for row in r) + ";\n"
        make = "CREATE TABLE t (name VARCHAR(80), k VARCHAR(200), v VARCHAR(200));\n"
        if "sqlite" in rows:
            must("sqlite3", "/etc/postfix/mail.db", make + quoted(rows["sqlite"]))
        if "mysql" in rows:
            os.makedirs("/var/tmp/my"), shutil.chown("/var/tmp/my", "mysql", "mysql")
            must("mariadb-install-db", "--no-defaults", "--datadir=/var/tmp/my", "--user=mysql", "--auth-root-authentication-method=normal", "--skip-test-db")
            self.begin("mariadbd", "--no-defaults", "--user=mysql", "--datadir=/var/tmp/my", "--bind-address=127.0.0.1", "--socket=/var/tmp/my/s", "--pid-file=/var/tmp/my/p")
            within(40, lambda: open_port(3306))
            must("mariadb", "--no-defaults", "-S", "/var/tmp/my/s", "-u", "root", input=(
                "CREATE DATABASE mail; GRANT ALL ON mail.* TO mail@'%%' IDENTIFIED BY 'mail'; GRANT ALL ON mail.* TO mail@localhost IDENTIFIED BY 'mail'; USE mail;\n"
                + make + quoted(rows["mysql"])).replace("%%", "%").encode())
        if "pgsql" in rows:
            home = os.path.dirname(POSTGRES[-1])
            os.makedirs("/var/tmp/pg"), shutil.chown("/var/tmp/pg", "postgres", "postgres")
            as_postgres = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
            must(*as_postgres, home + "/initdb", "-A", "trust", "-D", "/var/tmp/pg/d", "-N", cwd="/var/tmp/pg")
            self.begin(*as_postgres, home + "/postgres", "-D", "/var/tmp/pg/d", "-k", "/var/tmp/pg", "-h", "127.0.0.1", cwd="/var/tmp/pg")
            within(40, lambda: sh("psql", "-h", "127.0.0.1", "-U", "postgres", "-c", "SELECT 1").returncode == 0)
            must("psql", "-q", "-h", "127.0.0.1", "-U", "postgres", input=b"CREATE USER mail; CREATE DATABASE mail OWNER mail;")
            must("psql", "-q", "-h", "127.0.0.1", "-U", "mail", "mail", input=(make + quoted(rows["pgsql"])).encode())
        for port in map(int, re.findall(r"tcp:(?:localhost|127.0.0.1):(\d+)", self.main)):
            if not (port in (10001, 10002) and shutil.which("postsrsd")):
                TcpTable(port).start()
                self.beside.stand_ins.append("tcp table at %d, which knows nothing" % port)
        for path in re.findall(r"socketmap:unix:(/[^\s:,}]+)", self.main):
            SocketTable(path, self.rows_of).start()
            self.beside.stand_ins.append("socketmap tables at %s" % path)
        self.beside.start()

    def dovecot(self):
        private = "/var/spool/postfix/private"
        within(10, lambda: os.path.isdir(private))
        inet = re.findall(r"lmtp:(?:inet:)?\[?127.0.0.1\]?:(\d+)", self.main)
        inet = "  inet_listener lmtp {\n    address = 127.0.0.1\n    port = %s\n  }\n" % (self.beside.lmtp or inet[-1]) if inet else ""
        sasl = re.findall(r"^smtpd_sasl_path = (\S+)", self.main, re.M)[-1:] if re.search(r"smtpd_sasl_type ?= ?dovecot", self.main + self.master) else []
        sasl = "".join("  inet_listener {\n    address = 127.0.0.1\n    port = %s\n  }\n" % x.split(":")[-1] if x.startswith("inet:") else
                       "  unix_listener %s {\n    mode = 0660\n    user = postfix\n  }\n" % (x if x.startswith("/") else "/var/spool/postfix/" + x) for x in sasl)
        put("/etc/dovecot/dovecot.conf", """\
protocols = lmtp
ssl = no
log_path = /var/log/dovecot.log
mail_location = maildir:~/Maildir
mail_uid = vmail
mail_gid = vmail
first_valid_uid = 100
auth_username_format = %%Lu
auth_mechanisms = plain login
disable_plaintext_auth = no
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
passdb {
  driver = static
  args = password=%s
}
userdb {
  driver = static
  args = uid=vmail gid=vmail home=/var/vmail/dovecot/%%u allow_all_users=yes
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
service auth {
  unix_listener auth-userdb {
    mode = 0666
  }
%s}
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
  unix_listener %s/dovecot-lmtp {
    mode = 0600
    user = postfix
  }
%s}
%s""" % (PASSWORD, sasl, private, inet, self.beside.dovecot(private)))
        os.makedirs("/var/vmail/dovecot"), shutil.chown("/var/vmail/dovecot", "vmail", "vmail")
        put("/var/log/dovecot.log", "", 0o666)
        self.begin("dovecot", "-F")
        within(20, lambda: os.path.exists(private + "/dovecot-lmtp"))

    def start(self):
        r = sh(self.bin + "postfix", "-c", "/etc/postfix", "check")
        self.checked = r.returncode
        said = r.stdout.decode().replace("/etc/postfix/", "").replace("postfix: ", "")
        self.check = sorted(set(x for x in said.splitlines() if not re.search(r"ackwards|COMPATIBILITY|^of all names", x)))
        r = sh(self.bin + "postfix", "-c", "/etc/postfix", "start")
        if r.returncode:
            sys.exit("%s does not start: %s" % (self.name, r.stdout.decode()))
        within(20, lambda: os.path.exists("/var/spool/postfix/private/" + ("local" if REAL else "control")))

    # ---- mail

    def mails(self):
        """What is sent: the agent's line, by which way it is routed there, and to whom."""
        own, agents = [], self.agents()
        home = HOME.get(self.name, "mail.example.com")
        if not re.search(r"^mydestination =\s*$", self.main, re.M):
            own.append(("local", "its own domain", "ann@" + home))
        m = re.findall(r"^virtual_transport = (\w+)", self.main, re.M)
        if "virtual_mailbox_domains" in self.main:
            own.append((m[-1] if m else "virtual", "its virtual domain", "ann@" + VDOM))
        return own + [(name, "a route", "ann@%s.%s" % (name, ROUTE)) for name in agents]

    def send(self, to, token):
        text = "From: ann@example.com\nTo: %s\nSubject: %s\nMessage-ID: <%s@example.com>\n\nhello\n" % (to, token, token)
        if self.name in DOORS:
            with smtplib.SMTP("127.0.0.1", DOORS[self.name], "client.example.com", 240) as s:
                s.sendmail("ann@example.com", [to], text)
        else:
            must("setpriv", "--reuid", "ann", "--regid", "ann", "--clear-groups", self.bin + "sendmail", "-C", "/etc/postfix", "-f", "ann@example.com", to, input=text.encode())

    def log(self):
        return open("/var/log/postfix.log", encoding="latin-1").read() if os.path.exists("/var/log/postfix.log") else ""

    def outcome(self, token):
        """Of the mail of this Message-ID, as it came in last: what the log says of its delivery."""
        log = self.log()
        m = re.findall(r": (\w+): message-id=<%s@" % token, log)
        if not m:
            return None
        return re.search(r"/(\w+)\[\d+\]: %s: to=.* relay=([^,]*),.* dsn=([\d.]+), status=(\w+) \((.*)\)" % m[-1], log)

    def lies(self, token, paths=False):
        """Where the mail of this Subject lies, with owner, group and mode, or the bare paths."""
        out = []
        for top in ["/var/mail", "/home", GOT] + self.boxes:
            for base, _, names in os.walk(top):
                for name in names:
                    path = base + "/" + name
                    if name.startswith("dovecot") or base.endswith("/tmp"):
                        continue   # an index, or not yet there
                    try:
                        text = open(path, "rb").read()
                    except FileNotFoundError:
                        continue   # a lock
                    if ("Subject: " + token).encode() in text:
                        if paths:
                            out.append(path)
                            continue
                        s = os.stat(path)
                        path = re.sub(r"/(new|cur)/.*", r"/\1/…", re.sub(r"\.\d+$", "", path))
                        out.append("%s (%s:%s %o)" % (path, pwd.getpwuid(s.st_uid)[0].split("@")[0], grp.getgrgid(s.st_gid)[0], s.st_mode & 0o7777))
        return out

    def row(self, ok, agent, how, to, what):
        self.bad += not ok
        print("%s  %-15s %-18s %-19s %-38s %s" % ("ok  " if ok else "FAIL", self.name, agent, how, to, what), flush=True)

    def play(self):
        sent = []
        for agent, how, to in self.mails():
            token = "t%d-%s" % (len(sent), agent)
            self.send(to, token)
            sent.append((agent, how, to, token))
        for agent, how, to, token in sent:
            wait = WAITS.get((self.name, agent))
            if REAL and wait:
                within(2, lambda: self.outcome(token))
            got = within(2 if REAL and wait else 30, lambda: self.outcome(token))
            if not got:
                self.row(bool(REAL and wait), agent, how, to, "nothing in the log")
                continue
            program, relay, dsn, status, text = got.groups()
            found = self.lies(token)
            expected = self.agents().get(agent)
            if wait:
                ok = status == "deferred" and (REAL or wait in text) and not found
            else:
                ok = status == "sent" and len(found) == 1 and program == expected
            self.row(ok, agent, how, to, "%s: %s: %s" % (program, status, ", ".join(found) if status == "sent" else text))

    def network(self):
        """What becomes of mail from the network."""
        to = next(((m[2]) for m in self.mails() if m[1] == "its virtual domain"), self.mails()[0][2])
        to = {"bokysan": "ann@lmtp." + ROUTE}.get(self.name, to)
        network_parts.Network(self, self.beside, SMTP.get(self.name, 25), to).play()

    def spawned(self):
        """A question to each policy server that master.cf starts by spawn(8)."""
        for name in re.findall(r"^(\S+)\s+unix\s.*\sspawn\s", self.master, re.M):
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(240)
                s.connect("/var/spool/postfix/private/" + name)
                s.sendall(b"request=smtpd_access_policy\nprotocol_state=RCPT\nhelo_name=c.example\nsender=a@c.example\n"
                          b"recipient=ann@example.com\nclient_address=127.0.0.1\nclient_name=localhost\ninstance=1\n\n")
                s.shutdown(socket.SHUT_WR)
                said = s.makefile("rb").read().decode()
            self.row(said.startswith("action="), name, "spawn", "", said.split("\n")[0])

    def end(self):
        sh(self.bin + "postfix", "-c", "/etc/postfix", "stop")
        ledger.keep("/var/log")
        for p in reversed(self.started):
            p.terminate()
        for p in self.started:
            try:
                p.wait(20)
            except subprocess.TimeoutExpired:
                p.kill()
