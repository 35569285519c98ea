"""The world outside of a configuration's machine, for `configurations`: a receiver at ports 25 and 587 in a network of its own, with
TLS, which takes mail after any login (PLAIN, LOGIN, XOAUTH2) or none and keeps each as a line of JSON.
"""
import base64, json, os, re, socket, ssl, subprocess, sys, threading, time
from network_parts import OUTSIDE

GATEWAY, KEPT = "198.51.100.1", "/var/tmp/outside"


class Session:
    def __init__(self, c, context):
        self.c, self.context, self.f = c, context, c.makefile("rwb")
        self.mail = {"tls": False, "login": None, "to": []}

    def say(self, text):
        self.f.write(text.encode() + b"\r\n")
        self.f.flush()

    def more(self, text):
        self.say("334 " + text)
        return base64.b64decode(self.f.readline().strip()).decode("latin-1")

    def auth(self, words):
        first = base64.b64decode(words[2]).decode("latin-1") if len(words) > 2 else None
        kind = words[1].upper()
        if kind == "LOGIN":
            who = first or self.more("VXNlcm5hbWU6")
            return who, self.more("UGFzc3dvcmQ6")
        first = first or self.more("")
        if kind == "PLAIN":
            return tuple(first.split("\0")[1:])
        return re.search("user=([^\1]*)\1auth=Bearer ([^\1]*)", first).groups()

    def serve(self):
        self.say("220 outside.example ESMTP")
        while True:
            # Not an iterator: TLS is another file.
            line = self.f.readline()
            if not line:
                return
            words = line.decode("latin-1").split()
            verb = words[0].upper() if words else ""
            if verb == "EHLO":
                self.say("250-outside.example")
                self.say("250-AUTH PLAIN LOGIN XOAUTH2" if self.mail["tls"] else "250-STARTTLS")
                self.say("250 8BITMIME")
            elif verb == "STARTTLS":
                self.say("220 go")
                self.c = self.context.wrap_socket(self.c, server_side=True)
                self.f, self.mail["tls"] = self.c.makefile("rwb"), True
            elif verb == "AUTH":
                self.mail["login"] = self.auth(words)
                self.say("235 2.7.0 in")
            elif verb == "MAIL":
                self.mail.update({"from": re.search("<(.*?)>", line.decode("latin-1"))[1], "to": [], "peer": self.c.getpeername()[0]})
                self.say("250 2.1.0 Ok")
            elif verb == "RCPT":
                self.mail["to"].append(re.search("<(.*?)>", line.decode("latin-1"))[1])
                self.say("250 2.1.5 Ok")
            elif verb == "DATA":
                self.say("354 go")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    got = self.f.readline()
                    if not got:
                        return
                    text += got
                with open(KEPT + "/mails", "a") as out:
                    out.write(json.dumps(dict(self.mail, text=text[:-3].decode("latin-1"))) + "\n")
                self.say("250 2.0.0 kept")
            else:
                self.say("221 bye" if verb == "QUIT" else "250 Ok")
                if verb == "QUIT":
                    return


def serve(port, context):
    listen = socket.create_server((OUTSIDE, port))
    while True:
        c = listen.accept()[0]

        def one(c=c):
            try:
                Session(c, context).serve()
            except (OSError, ssl.SSLError):
                pass
        threading.Thread(target=one, daemon=True).start()


class Outside:
    """Started beside `place`; `mail(token)` is what came of this Subject."""

    def __init__(self, place, must, within):
        os.makedirs(KEPT, exist_ok=True)
        must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=outside.example", "-keyout", KEPT + "/key", "-out", KEPT + "/cert")
        p = place.begin("unshare", "-n", sys.executable, os.path.abspath(__file__))
        own = os.readlink("/proc/self/ns/net")
        within(10, lambda: os.readlink("/proc/%d/ns/net" % p.pid) != own)
        must("ip", "link", "add", "o0", "type", "veth", "peer", "name", "o1")
        must("ip", "link", "set", "o1", "netns", str(p.pid))
        must("ip", "addr", "add", GATEWAY + "/24", "dev", "o0")
        must("ip", "link", "set", "o0", "up")
        within(20, lambda: os.path.exists(KEPT + "/ready"))

    @staticmethod
    def mail(token):
        if os.path.exists(KEPT + "/mails"):
            for line in open(KEPT + "/mails"):
                got = json.loads(line) if line.endswith("\n") else {"text": ""}
                if re.search(r"(?m)^Subject: .*\b%s\r?$" % re.escape(token), got["text"]):
                    return got
        return None


if __name__ == "__main__":
    while not os.path.exists("/sys/class/net/o1") and subprocess.run(["ip", "link", "show", "o1"], capture_output=True).returncode:
        time.sleep(0.05)
    for words in ("link set lo up", "addr add %s/24 dev o1" % OUTSIDE, "link set o1 up", "route add default via " + GATEWAY):
        subprocess.run(["ip"] + words.split(), check=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(KEPT + "/cert", KEPT + "/key")
    for port in (587, 465):
        threading.Thread(target=serve, args=(port, context), daemon=True).start()
    open(KEPT + "/ready", "w").close()
    serve(25, context)
