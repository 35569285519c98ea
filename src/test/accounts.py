"""Users made over an overlay of /etc: a lock that a useradd outside it holds just now is seen there, but does not wait for it."""
import glob, os, subprocess, time


def account(*words, input=None, patience=60):
    """useradd, groupadd, userdel or chpasswd with its arguments; again while others outside hold its locks."""
    begun = time.time()
    while True:
        for lock in glob.glob("/etc/*.lock"):
            try:
                os.remove(lock)         # hides it here alone
            except OSError:
                pass
        r = subprocess.run(words, input=input, stdin=None if input is not None else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = r.stdout.decode("latin-1")
        if not r.returncode:
            return said
        if "lock" not in said or time.time() - begun > patience:
            raise SystemExit("%s: %s" % (" ".join(words), said))
        time.sleep(0.1)
