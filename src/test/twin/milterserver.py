"""A milter that does what a case says, and remembers each packet that it hears with the macros that came before it.

A case says what it answers, `milter:` for the first, `milter-b:` and `milter-c:` for the others:

    milter: EVENT[#N] [/REGEX/] => ANSWER ; ANSWER …

EVENT is optneg, connect, helo, mail, rcpt, data, unknown, header, eoh, body, eom, abort or quit; with #N only the Nth of its
kind in the case; with /REGEX/ only one whose text has that. The first line that fits counts; without one the
answer is `continue`. Answers, as many as are written, one after the other:

    continue accept reject tempfail discard skip progress shutdown connfail
    reply TEXT                 with \\r\\n between lines
    quarantine TEXT
    addheader NAME: VALUE      insheader N NAME: VALUE     chgheader N NAME: VALUE   (no VALUE deletes; a blank behind the
                               colon is left out, a second one is the value's)
    replbody TEXT              with \\r\\n; as many as are wanted; replbody*N TEXT has it N times in one
    chgfrom <ADDRESS> [ARGUMENTS]    addrcpt <ADDRESS>    addrcptpar <ADDRESS> ARGUMENTS    delrcpt <ADDRESS>
    packet X TEXT              any command, with \\0 and \\xNN
    raw TEXT                   any octets, without a length
    none                       nothing: as after SMFIP_NR_…, which is minded without being asked
    sleep SECONDS              close         hang (nothing more, ever)

optneg is answered by `options version=6 actions=0x1ff protocol=0x0 macros=connect:{j}` (what is left out is as offered, protocol
0; macros= as often as there are stages, names between `+`), or by anything of the above.

What it heard is one line: ` | ` between packets, ` // ` between connections; what differs each time is masked.
Standard library only.
"""
import os, re, socket, struct, threading, time

EVENTS = {"O": "optneg", "C": "connect", "H": "helo", "M": "mail", "R": "rcpt", "T": "data", "U": "unknown", "L": "header",
          "N": "eoh", "B": "body", "E": "eom", "A": "abort", "Q": "quit", "K": "quit-new"}
NO_REPLY = {"L": 0x80, "C": 0x1000, "H": 0x2000, "M": 0x4000, "R": 0x8000, "T": 0x10000, "U": 0x20000, "N": 0x40000, "B": 0x80000}
SIMPLE = {"continue": b"c", "accept": b"a", "reject": b"r", "tempfail": b"t", "discard": b"d", "skip": b"s", "progress": b"p",
          "shutdown": b"4", "connfail": b"f"}
STAGES = ["connect", "helo", "mail", "rcpt", "data", "eom", "eoh"]


def octets(s):
    return re.sub(r"\\(x..|.)", lambda m: {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}.get(m[1]) or (chr(int(m[1][1:], 16)) if m[1][0] == "x" else m[1]), s).encode("latin1")


def packet(command, data=b""):
    return struct.pack("!I", len(data) + 1) + command + data


def shown(data):
    """Octets as a case has them, in one line."""
    return "".join(chr(b) if 32 <= b < 127 and b not in b"|\\" else {10: "\\n", 13: "\\r", 9: "\\t", 0: "\\0"}.get(b, "\\x%02x" % b) for b in data)


def words(data):
    return [shown(w) for w in data.split(b"\0")[:-1]]


class Milter:
    def __init__(self, path):
        self.rules, self.heard, self.counts, self.era, self.cv = [], [], {}, 0, threading.Condition()
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        self.port = s.getsockname()[1]
        if os.path.exists(path):
            os.unlink(path)
        u = socket.socket(socket.AF_UNIX)
        u.bind(path)
        os.chmod(path, 0o666)
        for each in (s, u):
            each.listen(100)
            threading.Thread(target=self.loop, args=(each,), daemon=True).start()

    def reset(self, rules):
        with self.cv:
            self.rules, self.heard, self.counts, self.era = rules, [], {}, self.era + 1

    def loop(self, s):
        while True:
            c, _ = s.accept()
            threading.Thread(target=self.session, args=(c, self.era), daemon=True).start()

    def said(self):
        with self.cv:
            return " // ".join(" | ".join(x) for x in self.heard if x)

    def answers(self, event, text, era):
        """What the case wants said to it."""
        with self.cv:
            if era != self.era:
                return ["continue"]
            n = self.counts[event] = self.counts.get(event, 0) + 1
            for rule in self.rules:
                m = re.match(r"([a-z-]+)(?:#(\d+))?(?: /(.*)/)? => (.*)$", rule)
                if not m:
                    raise ValueError("milter: " + rule)
                if m[1] == event and (not m[2] or int(m[2]) == n) and (not m[3] or re.search(m[3], text)):
                    return m[4].split(" ; ")
        return ["options"] if event == "optneg" else ["continue"]

    @staticmethod
    def decoded(k, data):
        if k == "O":
            return "%d actions=0x%x protocol=0x%x" % struct.unpack("!III", data[:12]) + (" " + shown(data[12:]) if len(data) > 12 else "")
        if k == "C":
            name, _, rest = data.partition(b"\0")
            port = " port" if len(rest) > 3 and rest[1:3] != b"\0\0" else ""
            return "%s %s%s %s" % (shown(name), shown(rest[:1]), port, shown(rest[3:]).replace("\\0", "") if len(rest) > 3 else "")
        if k in "HU":
            return shown(data)[:-2] if data.endswith(b"\0") else shown(data) + " (no 0)"
        if k in "MR":
            return " ".join(words(data))
        if k == "L":
            return ":".join(words(data))
        return shown(data)

    @staticmethod
    def masked(name, value):
        if name == "i":
            return "QID"
        if name == "v":
            return re.sub(r"^Postfix [\w.-]+$", "VERSION", value)
        if name == "{client_port}" and value != "0":
            return "PORT"
        if name == "{client_connections}" and value.isdigit() and int(value) > 1:
            return "1"                                      # the session of the case before has not quite ended
        return value

    def session(self, c, era):
        f, mine, flags, macros = c.makefile("rb"), [], 0, {}
        with self.cv:
            if era == self.era:
                self.heard.append(mine)
        try:
            while True:
                head = f.read(5)
                if len(head) < 5:
                    self.note(mine, "closed" if not mine or mine[-1] != "quit" else None)
                    return
                n, k = struct.unpack("!I", head[:4])[0], head[4:].decode("latin1")
                data = f.read(n - 1)
                if k == "D":
                    w = words(data[1:])
                    macros[data[:1].decode("latin1")] = " ".join("%s=%s" % (a, self.masked(a, b)) for a, b in zip(w[::2], w[1::2]))
                    continue
                event, text = EVENTS.get(k, "packet-" + k), self.decoded(k, data)
                m = macros.pop(k, None)
                for other in sorted(macros):                # macros of an event that is not reported
                    self.note(mine, "(%s %s)" % (EVENTS.get(other, other), macros.pop(other)))
                self.note(mine, event + (" [%s]" % m if m is not None else "") + (" " + text if text else ""))
                if k in "AQK":
                    if self.answers(event, text, era) == ["close"]:
                        return
                    continue
                for a in self.answers(event, text, era):
                    word, _, rest = a.strip().partition(" ")
                    if word == "options":
                        flags = self.negotiate(c, data, rest)
                    elif word == "close":
                        return
                    elif word == "hang":
                        while f.read(1):
                            pass
                        return
                    elif word == "sleep":
                        time.sleep(float(rest))
                    elif word != "none" and not (NO_REPLY.get(k, 0) & flags):
                        c.sendall(self.reply(word, rest))
        except OSError:
            pass
        finally:
            try:
                c.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            c.close()

    def note(self, mine, what):
        if what:
            with self.cv:
                mine.append(what)
                self.cv.notify_all()

    @staticmethod
    def negotiate(c, data, rest):
        version, actions, protocol = struct.unpack("!III", data[:12])
        o, macros = {"version": min(version, 6), "actions": actions, "protocol": 0}, b""
        for name, value in (x.split("=", 1) for x in rest.split()):
            if name == "macros":
                stage, names = value.split(":", 1)
                macros += struct.pack("!I", STAGES.index(stage)) + names.replace("+", " ").encode() + b"\0"
            else:
                o[name] = int(value, 0)
        c.sendall(packet(b"O", struct.pack("!III", o["version"], o["actions"], o["protocol"]) + macros))
        return o["protocol"]

    @staticmethod
    def reply(word, rest):
        text = octets(rest)
        if word in SIMPLE:
            return packet(SIMPLE[word])
        if word == "reply":
            return packet(b"y", text + b"\0")
        if word == "quarantine":
            return packet(b"q", text + b"\0")
        if word == "raw":
            return text
        if word == "packet":
            return packet(text[:1], text[2:])
        if word.startswith("replbody"):
            return packet(b"b", text * int(word[9:] or 1))
        if word in ("addrcpt", "delrcpt"):
            return packet(b"+" if word == "addrcpt" else b"-", text + b"\0")
        if word in ("chgfrom", "addrcptpar"):
            a, _, args = text.partition(b"> ")
            return packet(b"e" if word == "chgfrom" else b"2", a + (b">\0" + args if args else b"") + b"\0")
        m = re.match(rb"(?:(\d+) )?([^:]*):(?: ?)(.*)$", text, re.S)
        field = m[2] + b"\0" + m[3] + b"\0"
        if word == "addheader":
            return packet(b"h", field)
        return packet({"insheader": b"i", "chgheader": b"m"}[word], struct.pack("!I", int(m[1])) + field)
