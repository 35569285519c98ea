"""Servers of the distribution that cannot be installed beside Postfix (Exim, OpenSMTPD, Sendmail, Dovecot's submission): fetched,
unpacked, and laid over /usr of a machine that a scenario throws away. What cannot be had is not there: who needs it looks.
"""
import glob, os, subprocess
from accounts import account
from overlay_parts import lay_over

ROOT = os.path.abspath(os.path.dirname(os.path.abspath(__file__)) + "/../../..")
DEBS = ROOT + "/target/next-hops"
PACKAGES = ["exim4-base", "exim4-daemon-light", "opensmtpd", "sendmail-bin", "sendmail-cf", "m4", "dovecot-submissiond"]
LIBRARIES = ["libgnutls-dane0", "libunbound8", "libidn12", "libevent-2.1-7", "libnsl2", "libwrap0", "liblockfile1"]
USERS = ("Debian-exim", "opensmtpd", "opensmtpq", "smmsp", "smmta")


def fetch():
    """Gets what is not there; to be called where there is a network."""
    os.makedirs(DEBS, exist_ok=True)
    for p in [p for p in PACKAGES + LIBRARIES if not glob.glob("%s/%s_*.deb" % (DEBS, p))]:
        try:
            if subprocess.run(["apt-get", "download", p], cwd=DEBS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20).returncode:
                return
        except (OSError, subprocess.TimeoutExpired):
            return


def sh(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)


def must(*words):
    r = sh(*words)
    if r.returncode:
        raise SystemExit("%s: %s" % (" ".join(words), r.stdout.decode(errors="replace")))


def machine(W, *packages):
    """In namespaces of its own: /etc, /var and /run that are thrown away and a /usr with the programs of these packages, else of
    all; loopback up, a name server at 127.0.0.53 named, the servers' users made. Says why that cannot be, else None."""
    if sh("mount", "-t", "tmpfs", "t", W).returncode:
        return "no right to mount"
    os.chmod(W, 0o755)
    for n, top in enumerate(("/etc", "/var", "/run")):
        os.makedirs("%s/upper%d" % (W, n)), os.makedirs("%s/over%d" % (W, n))
        if sh("mount", "-t", "overlay", "o", "-o", "lowerdir=%s,upperdir=%s/upper%d,workdir=%s/over%d" % (top, W, n, W, n), top).returncode:
            return "no overlay over " + top
    layers = ["/usr"]
    for deb in sorted(glob.glob(DEBS + "/*.deb")):
        name = os.path.basename(deb).split("_")[0]
        into = "%s/unpacked/%s" % (W, name)
        if packages and name not in packages and name not in LIBRARIES:
            continue
        os.makedirs(into)
        if sh("dpkg-deb", "-x", deb, into).returncode == 0 and os.path.isdir(into + "/usr"):
            layers.append(into + "/usr")
    if len(layers) > 1:
        lay_over(must, "/usr", "lowerdir=" + ":".join(layers), W)
    must("ldconfig")
    must("ip", "link", "set", "lo", "up")
    if os.path.islink("/etc/resolv.conf"):
        os.unlink("/etc/resolv.conf")
    with open("/etc/resolv.conf", "w") as f:
        f.write("nameserver 127.0.0.53\n")
    for user in USERS:
        home = "/var/lib/opensmtpd/empty" if user == "opensmtpd" else W + "/home-" + user
        os.makedirs(home, exist_ok=True)
        if sh("id", user).returncode:
            account("useradd", "--badname", "-r", "-U", "-d", home, "-s", "/usr/sbin/nologin", user)
    return None
