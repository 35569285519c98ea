#!/usr/bin/python3
"""Says what python3-spf makes of cases: `judge.py PORT`, cases on standard input as client, HELO and sender with tabs between
them, verdicts on standard output. PORT is a name server's on 127.0.0.1."""
import sys

import dns.resolver
import spf

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = ["127.0.0.1"]
resolver.port = int(sys.argv[1])
resolver.retry_servfail = False
dns.resolver.default_resolver = resolver

for line in sys.stdin:
    client, helo, sender = line.rstrip("\n").split("\t")
    try:
        query = spf.query(i=client, s=sender, h=helo, strict=True, timeout=5, querytime=20)
        query.set_default_explanation("")
        verdict, _, explanation = query.check()
        print(verdict, explanation if verdict == "fail" else "", sep="\t", flush=True)
    except Exception as fault:
        print("fault", repr(fault).replace("\t", " ").replace("\n", " "), sep="\t", flush=True)
