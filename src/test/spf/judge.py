#!/usr/bin/python3
"""Says what python3-spf makes of cases: `judge.py PORT`, cases on standard input as client, HELO and sender with tabs between
them, verdicts on standard output. PORT is a name server's on 127.0.0.1. It is asked over TCP with time enough: what both think of a
record is compared, and on a busy machine a datagram may be late or another's. No name is looked for below this host's domain: it may be too long for that."""
import sys

import dns.resolver
import spf

PATIENCE = 300
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = ["127.0.0.1"]
resolver.port = int(sys.argv[1])
resolver.retry_servfail = False
resolver.timeout = PATIENCE
dns.resolver.query = lambda name, kind, lifetime: resolver.resolve(name, kind, tcp=True, lifetime=PATIENCE, search=False)

for line in sys.stdin:
    client, helo, sender = line.rstrip("\n").split("\t")
    try:
        query = spf.query(i=client, s=sender, h=helo, strict=True, timeout=PATIENCE, querytime=PATIENCE)
        query.set_default_explanation("")
        verdict, _, explanation = query.check()
        print(verdict, explanation if verdict == "fail" else "", sep="\t", flush=True)
    except Exception as fault:
        print("fault", repr(fault).replace("\t", " ").replace("\n", " "), sep="\t", flush=True)
