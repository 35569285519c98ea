#!/usr/bin/env python3
"""Reads dialogues of src/test/twin for who plays them without a server.

    dialogues.py WORK FILE...

Serves the dialogues' name server, policy server and next hop on 127.0.0.1, and for each line on standard input writes the next
case, its configuration lying in WORK/conf then:

    SERVERS <TAB> port of the name server <TAB> port of the policy server        (once, first)
    CASE <TAB> file <TAB> name <TAB> client's address <TAB> key of the configuration
    STEP <TAB> kind <TAB> text         (C:, S:, AUTH, TLS …; macros expanded; TAB as \\t, LF as \\n, \\ as \\\\; HANGS: its
                                       policy server does)
    END
    DONE                               (instead of CASE: there is no more)
"""
import argparse, io, os, socket, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "twin"))
import run


def escaped(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def main():
    work, files = os.path.abspath(sys.argv[1]), sys.argv[2:]
    os.makedirs(work, exist_ok=True)
    dns, policy = run.Dns("127.0.0.1", 0), run.Policy()
    port = dns.u.getsockname()[1]
    if os.path.exists(work + "/policy.sock"):
        os.unlink(work + "/policy.sock")
    policy.also_at(work + "/policy.sock")
    sink = run.Sink()
    sink.work = work
    if os.path.exists(work + "/lmtp.sock"):
        os.unlink(work + "/lmtp.sock")
    sink.also_at(work + "/lmtp.sock")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        free = s.getsockname()[1]
    r = object.__new__(run.Runner)
    r.a = argparse.Namespace(start="ours")
    r.work = work
    r.env = {"work": work, "conf": work + "/conf", "queue": work + "/queue", "data": work + "/data", "host": "127.0.0.1",
             "port": str(free), "sinkport": sink.port, "sink": "[127.0.0.1]:%d" % sink.port, "authsock": work + "/auth.sock",
             "sasldb": work + "/sasldb2", "mux": work + "/mux", "policyport": policy.port, "cert": work + "/cert.pem",
             "key": work + "/key.pem", "resolv": work + "/resolv.conf", "hosts": work + "/hosts"}
    # Names of which no answer is to come take their time.
    silent = any(run.silent(r.merged(configs, case)) for configs, cases in map(run.parse, files) for case in cases)
    with open(r.env["resolv"], "w") as f:
        f.write("nameserver 127.0.0.1\noptions timeout:%d attempts:1\n" % (2 if silent else 30))
    with open(r.env["hosts"], "w") as f:
        f.write(run.BASE_HOSTS)
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", write_through=True)
    print("SERVERS\t%d\t%d" % (port, policy.port), flush=True)
    key = None
    for name in files:
        configs, cases = run.parse(name)
        for case in cases:
            if not sys.stdin.readline():
                return
            m = r.merged(configs, case)
            if m["key"] != key:
                r.write(m)
                key = m["key"]
            sink.reset(m["sink"])
            dns.load(m["dns"])
            policy.reset(m["policy"], case["from"])
            print("CASE\t%s\t%s\t%s\t%s" % (os.path.basename(name), case["name"], case["from"], key))
            if any("!hang" in action or "!slow" in action or "!raw" in action for _, action in m["policy"]):
                print("STEP\tHANGS\t")
            for op, arg, no in case["steps"]:
                print("STEP\t%s\t%s" % (op, escaped(run.macro(arg, r.env))))
            print("END", flush=True)
    if sys.stdin.readline():
        print("DONE", flush=True)


main()
