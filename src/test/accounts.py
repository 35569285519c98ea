"""Users made by scripts that run side by side. Over an overlay of /etc a lock that a useradd outside holds just now is seen, and no reason to wait."""
import glob, os, subprocess, time


def account(*words, input=None, patience=240, over=True):
    """useradd, groupadd, userdel or chpasswd with its arguments; again while others hold its locks. over: /etc is an overlay of
    the caller's, else it is the machine's own."""
    begun = time.time()
    while True:
        for lock in glob.glob("/etc/*.lock") if over else ():
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
