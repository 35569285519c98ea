#!/usr/bin/env python3
"""ledger.py DIRECTORY ...: keeps what programs under test said for src/test/secrets/look, before a script removes its directory: logs,
what commands said, and mail that holds a report. The copies go to the directory that LEDGER names, a script's own in bin/test
(src/test/scripts); nothing is kept without it.

A script in Python imports this and calls keep(DIRECTORY).
"""
import os, re, stat, sys

LOG = re.compile(r"(^|[^a-zA-Z])(mail)?log(\.\d+)?$|maillog|\.(log|out|err|json)$|^mail$")
REPORT = re.compile(rb"multipart/report|Transcript of session|message/delivery-status")
LONGEST_REPORT = 4 << 20  # octets of a file that is looked into for a report


held = []  # an open directory


def hold():
    """Before something is mounted over the place to keep it in. Programs that are started then know only its name."""
    to = os.environ.get("LEDGER")
    if to:
        os.makedirs(to, exist_ok=True)
        held.append(os.open(to, os.O_RDONLY | os.O_DIRECTORY))


def place():
    return "/proc/self/fd/%d" % held[0] if held else os.environ.get("LEDGER")


def keep(*directories):
    """Copies them, each by its path with + for /; regular files alone, which may be gone meanwhile."""
    to = place()
    if not to:
        return
    os.makedirs(to, exist_ok=True)
    for top in directories:
        for at, inner, names in os.walk(top):
            for name in names:
                path = os.path.join(at, name)
                try:
                    info = os.lstat(path)
                    if not stat.S_ISREG(info.st_mode) or not info.st_size:
                        continue
                    log = LOG.search(name)
                    if not log and info.st_size > LONGEST_REPORT:
                        continue
                    with open(path, "rb") as f:
                        text = f.read()
                    if log or REPORT.search(text):
                        with open(os.path.join(to, path.strip("/").replace("/", "+")[-200:]), "ab") as out:
                            out.write(text)
                except FileNotFoundError:
                    pass


def add(name, octets):
    """Appends to a file among what is kept."""
    to = place()
    if to:
        os.makedirs(to, exist_ok=True)
        with open(os.path.join(to, name), "ab") as out:
            out.write(octets)


if __name__ == "__main__":
    keep(*sys.argv[1:])
