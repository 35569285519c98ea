"""Names for what several runs of a script may have on one machine at once, and what runs under them."""
import fcntl, os, signal, subprocess


def slot(of):
    """A number from 0 to 99 that no other run of `of` has until this process ends, and what holds it. What is named after it
    and is there already was left by a run that is over. Root's alone."""
    for n in range(100):
        held = open("/run/postrider-%s.%02d" % (of, n), "w")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return n, held
        except OSError:
            held.close()
    raise SystemExit("%s: a hundred runs at once" % of)


def readable(top):
    """Whether what bin/build made can be read by every user."""
    ready = open(os.environ.get("POSTRIDER_RUN", top + "/target/run") + "/ready").read()
    paths = [p for line in ready.splitlines() if line.startswith("CP=") for p in line[3:].split(":")]
    return not subprocess.run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "sh", "-c",
                               'for f; do [ -r "$f" ] || exit 1; done', "sh"] + paths).returncode


def naming(text):
    """The processes, but this one, whose arguments name it. They are read here: a program that looks for it names it, too."""
    def words(p):
        try:
            return open("/proc/%d/cmdline" % p, "rb").read()
        except OSError:
            return b""
    return [p for p in map(int, filter(str.isdigit, os.listdir("/proc"))) if p != os.getpid() and text.encode() in words(p)]


def killed(text):
    """Kills them all with -9; whether there is none any more. To be asked again: what starts another one may be killed after it."""
    left = naming(text)
    for pid in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    return not left
