"""What an attack runs in: a server of its own, its next hops, a name server, and a client that is served meanwhile.

Standard library only. All of it lives in one network namespace and one temporary directory.
"""
import multiprocessing, os, re, shutil, signal, socket, socketserver, struct, subprocess, sys, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, ROOT + "/src/test")
import ledger
SMTP, HOP, PROBE_HOP = 2525, 2526, 2527
PATIENCE = 2.0  # seconds from connect to delivery that another client may need meanwhile
MAIN = """\
compatibility_level = 3.11
queue_directory = {work}/queue
data_directory = {work}/data
maillog_file = {work}/maillog
maillog_file_prefixes = {work}
myhostname = mx.attacked.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
relay_domains = relayed.example, probe.example
transport_maps = inline:{{relayed.example=smtp:[127.0.0.1]:{hop}, probe.example=smtp:[127.0.0.1]:{probe}}}
alias_maps =
"""
MASTER = """\
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
flush unix n - n 1000? 0 flush
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
"""


class Talk:
    """An SMTP dialogue by hand; a server that ends it is a value here, not an exception."""

    def __init__(self, host="127.0.0.1", port=SMTP, source=None, timeout=240):
        self.s = socket.create_connection((host, port), timeout=timeout, source_address=(source, 0) if source else None)
        self.f = self.s.makefile("rb")
        self.last = self.reply()

    def reply(self):
        while True:
            line = self.f.readline()
            if not line:
                return ""
            if line[3:4] != b"-":
                return line.decode("latin1").strip()

    def say(self, line):
        self.s.sendall(line.encode("latin1") + b"\r\n")
        self.last = self.reply()
        return self.last

    def many(self, lines):
        """Pipelined; the replies."""
        data = b"".join(x.encode("latin1") + b"\r\n" for x in lines)
        sender = threading.Thread(target=self.push, args=(data,), daemon=True)
        sender.start()
        out = [self.reply() for _ in lines]
        sender.join(10)
        return out

    def push(self, data):
        try:
            self.s.sendall(data)
        except OSError:
            pass

    def close(self):
        try:
            self.f.close()
            self.s.close()
        except OSError:
            pass


class Hop(socketserver.StreamRequestHandler):
    """A next hop. `answers` says what a RCPT gets; counts what it accepted."""

    def handle(self):
        s = self.server
        w = lambda t: self.wfile.write(t.encode("latin1") + b"\r\n")
        try:
            w("220 hop.example ESMTP")
            rcpts = []
            while True:
                line = self.rfile.readline()
                if not line:
                    return
                verb = line[:4].upper()
                if verb == b"EHLO":
                    w("250-hop.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 DSN")
                elif verb == b"RCPT":
                    answer = s.answers(line.decode("latin1"))
                    rcpts += [line] if answer.startswith("2") else []
                    w(answer)
                elif verb == b"DATA":
                    if not rcpts:
                        w("554 5.5.1 no valid recipients")
                        continue
                    w("354 go on")
                    body = []
                    while True:
                        x = self.rfile.readline()
                        if x == b".\r\n" or not x:
                            break
                        body.append(x)
                    s.took(rcpts, body)
                    rcpts = []
                    w("250 2.0.0 Ok")
                elif verb == b"QUIT":
                    w("221 2.0.0 Bye")
                    return
                else:
                    rcpts = [] if verb in (b"MAIL", b"RSET") else rcpts
                    w("250 2.0.0 Ok")
        except OSError:
            pass


class HopServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 200


def hop_process(port, mode, counts):
    """@param counts shared: recipients taken, mails taken, recipients refused"""
    s = HopServer(("127.0.0.1", port), Hop)
    long_text = "x" * 3900

    def answers(line):
        if mode == "accept":
            return "250 2.1.5 Ok"
        with counts.get_lock():
            counts[2] += 1
        if mode == "refuse":
            return "550 5.1.1 %s: Recipient address rejected: User unknown" % line[8:60].strip()
        return "450 4.2.0 " + str(counts[2]) + " " + long_text

    def took(rcpts, body):
        with counts.get_lock():
            counts[0] += len(rcpts)
            counts[1] += 1
    s.answers, s.took = answers, took
    s.serve_forever()


def probe_process(port, served, stop, notices, address):
    """Sends a mail every quarter of a second and waits until the hop has it; milliseconds from connect to delivery."""
    arrived = {}
    World.before_others()
    s = HopServer(("127.0.0.1", PROBE_HOP), Hop)
    s.answers = lambda line: "250 2.1.5 Ok"

    def took(rcpts, body):
        for r in rcpts:
            name = r.decode("latin1")[9:].split("@")[0]
            if name in arrived:
                arrived[name].set()
            else:
                with notices.get_lock():
                    notices[0] += 1
                    notices[1] += sum(x.startswith(b"Final-Recipient:") for x in body)
    s.took = took
    threading.Thread(target=s.serve_forever, daemon=True).start()
    n = 0
    while not stop.value:
        n += 1
        name, began = "p%d" % n, time.time()
        arrived[name] = threading.Event()
        what = "connect"
        phases, last = [], began
        try:
            t = Talk(address[0], port, source="127.0.8.%d" % (n % 250 + 1) if address[0].startswith("127.") else None, timeout=180)
            for what, line, want in (("banner", None, "220"), ("EHLO", "EHLO probe.example", "250"), ("MAIL", "MAIL FROM:<a@probe.example>", "250"),
                                     ("RCPT", "RCPT TO:<%s@probe.example>" % name, "250"), ("DATA", "DATA", "354"), ("end", "Subject: probe\r\n\r\nx\r\n.", "250")):
                got = t.last if line is None else t.say(line)
                phases.append((time.time() - last, what))
                last = time.time()
                if not got.startswith(want):
                    raise OSError(what + ": " + (got or "connection closed"))
            t.push(b"QUIT\r\n")
            t.close()
            what = "delivery"
            if not arrived[name].wait(180):
                raise OSError("not delivered within 180 s")
            phases.append((time.time() - last, what))
            took = time.time() - began
            served.put(("%d ms, of it %s %d ms" % ((took * 1000,) + max(phases)[::-1][:1] + (max(phases)[0] * 1000,))) if took > PATIENCE else took * 1000)
        except OSError as e:
            served.put("%s: %s" % (what, e))
            time.sleep(0.5)
        time.sleep(0.25)


def dns_process():
    """Every name is unknown at once; those of 127.0.9.x never get an answer."""
    World.before_others()
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 53))
    while True:
        q, client = s.recvfrom(2048)
        labels, at = [], 12
        while at < len(q) and q[at]:
            labels.append(q[at + 1:at + 1 + q[at]].decode("latin1"))
            at += 1 + q[at]
        if labels[1:4] == ["9", "0", "127"]:
            continue
        s.sendto(q[:2] + b"\x81\x83" + struct.pack(">HHHH", 1, 0, 0, 0) + q[12:at + 5], client)


class World:
    def __init__(self, host=None, port=SMTP, settings="", log=None):
        self.host, self.port, self.own = host or "127.0.0.1", port, host is None
        self.work = tempfile.mkdtemp(prefix="attack.")
        os.chmod(self.work, 0o755)
        self.queue, self.conf = self.work + "/queue", self.work + "/conf"
        self.children, self.notes, self.threads = [], [], []
        self.counts = multiprocessing.Array("q", 3)
        self.notices = multiprocessing.Array("q", 2)
        self.peak, self.hop_at = 0, None
        if self.own:
            os.mkdir(self.conf)
            open(self.conf + "/main.cf", "w").write(MAIN.format(work=self.work, hop=HOP, probe=PROBE_HOP) + settings)
            open(self.conf + "/master.cf", "w").write(MASTER.format(smtp=SMTP))
            self.out = open(self.work + "/start.log", "ab")
            self.command("postfix", "start", timeout=240)
            self.wait(30, self.listens, "the server does not listen")

    # ---- processes

    @staticmethod
    def before_others():
        """Attackers have machines of their own in life: here the server and who is served go before them."""
        try:
            os.nice(-10)
        except OSError:
            pass

    def child(self, target, *args):
        p = multiprocessing.Process(target=target, args=args, daemon=True)
        p.start()
        self.children.append(p)
        return p

    def hop(self, mode):
        """Another next hop from now on; `down` for none."""
        if self.hop_at:
            self.hop_at.terminate()
            self.hop_at.join()
        self.hop_at = None if mode == "down" else self.child(hop_process, HOP, mode, self.counts)
        if self.hop_at:
            self.wait(30, lambda: self.taken(HOP), "the next hop does not listen")

    @staticmethod
    def taken(port):
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
            return True
        except OSError:
            return False

    def probe(self):
        self.served, self.stop = multiprocessing.Queue(), multiprocessing.Value("b", 0)
        self.prober = self.child(probe_process, self.port, self.served, self.stop, self.notices, [self.host])
        if self.own:
            watch = threading.Thread(target=self.watch, daemon=True)
            watch.start()

    def probed(self):
        """The probe's results: milliseconds, or what went wrong."""
        self.stop.value = 1
        self.prober.join(200)
        out = []
        while True:
            try:
                out.append(self.served.get(timeout=0.3))
            except Exception:
                return out

    def command(self, name, *words, timeout=120):
        return subprocess.run([ROOT + "/bin/" + name, "-c", self.conf, *words], stdout=self.out, stderr=self.out, stdin=subprocess.DEVNULL, timeout=timeout,
                              preexec_fn=self.before_others if words[0] == "start" else None)

    def begin(self, name, *words, to=subprocess.DEVNULL):
        return subprocess.Popen([ROOT + "/bin/" + name, "-C" if name == "sendmail" else "-c", self.conf, *words], stdout=to, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def run(self, targets, seconds=60):
        """Runs functions on threads, to their end or so long; none may be left that matters."""
        ts = [threading.Thread(target=self.quiet, args=(t,), daemon=True) for t in targets]
        end = time.time() + seconds
        for t in ts:
            t.start()
        for t in ts:
            t.join(max(0, end - time.time()))

    @staticmethod
    def quiet(target):
        try:
            target()
        except OSError:
            pass

    def talk(self, source=None, timeout=240):
        return Talk(self.host, self.port, source if self.own else None, timeout)

    # ---- looking

    def listens(self):
        try:
            socket.create_connection((self.host, self.port), 5).close()
            return True
        except OSError:
            return False

    def wait(self, seconds, what, complaint=None):
        end = time.time() + 6 * seconds         # as much more as in until.py
        while time.time() < end:
            if what():
                return True
            time.sleep(0.2)
        if complaint:
            raise SystemExit(complaint + "\n" + self.text("start.log")[-2000:] + self.text("maillog")[-2000:])
        return False

    def text(self, name):
        try:
            return open(self.work + "/" + name, errors="replace").read()
        except OSError:
            return ""

    def java(self):
        try:
            parent = open(self.queue + "/pid/master.pid").read().strip()
            children = open("/proc/%s/task/%s/children" % (parent, parent)).read().split()
            # Beside the server there is what runs root's helper.
            return int([c for c in children if b"\0serve\0" in open("/proc/%s/cmdline" % c, "rb").read()][0])
        except (OSError, IndexError):
            return 0

    def status(self, field):
        try:
            return int(re.search(field + r":\s+(\d+)", open("/proc/%d/status" % self.java()).read()).group(1))
        except (OSError, AttributeError):
            return 0

    def cpu(self):
        """Processor seconds of the server that runs now."""
        try:
            fields = open("/proc/%d/stat" % self.java()).read().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, IndexError):
            return 0

    def watch(self):
        self.most_threads = 0
        while not self.stop.value:
            self.peak = max(self.peak, self.status("VmRSS") // 1024)
            self.most_threads = max(self.most_threads, self.status("Threads"))
            time.sleep(0.2)

    def faults(self):
        """What a log should not hold."""
        if not self.own:
            return [] if self.listens() else ["does not listen"]
        out = []
        log, start = self.text("maillog"), self.text("start.log")
        starts = log.count("daemon started")
        if starts != 1:
            out.append("started %d times" % starts)
        oom = (log + start).count("OutOfMemoryError")
        if oom:
            out.append("%d x OutOfMemoryError" % oom)
        if "panic" in log:
            out.append("panic: " + log[log.index("panic"):][:200].split("\n")[0])
        if "Exception in thread" in start:
            out.append(start[start.index("Exception in thread"):][:120].split("\n")[0])
        return out

    def maildrop(self, sender, recipients, body="x\n"):
        """A submission as sendmail leaves it."""
        content = "Subject: x\n\n" + body
        name = self.queue + "/maildrop/" + os.urandom(16).hex()
        with open(name + ".new", "w") as f:
            f.write("postrider maildrop 1\nsender %s\n" % sender)
            f.writelines("recipient %s\n" % r for r in recipients)
            f.write("content\n" + content + "end %020d\n" % len(content))
        os.chmod(name + ".new", 0o644)
        os.rename(name + ".new", name)
        self.poke("pickup")

    def poke(self, service):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(240)
        s.connect(self.queue + "/public/" + service)
        return s

    def listing(self):
        """The queue, as public/showq tells it."""
        with self.poke("showq") as s, s.makefile("rb") as f:
            s.settimeout(240)
            return f.read()

    def close(self, keep=False):
        if self.own:
            pid = self.java()
            try:
                self.command("postfix", "abort", timeout=120)
            except subprocess.TimeoutExpired:
                pass
            self.wait(15, lambda: not (pid and os.path.exists("/proc/%d" % pid)))
            try:
                master = int(open(self.queue + "/pid/master.pid").read())
                for p in (master, pid):
                    os.kill(p, signal.SIGKILL)
            except (OSError, ValueError):
                pass
        for c in self.children:
            c.terminate()
        ledger.keep(self.work)
        if not keep:
            shutil.rmtree(self.work, ignore_errors=True)
