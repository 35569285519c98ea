"""Scripts wait for what is to happen, not for so long: other tests, and other machines' work, run beside them."""
import time


def within(seconds, what, *a):
    """What it returns as soon as that is true, else what it returned last. The seconds are what it may take on a machine with
    nothing else to do; a busy one is given six times as many, which costs something only where it never comes: that is said."""
    begun = time.time()
    while True:
        r = what(*a)
        if r:
            return r
        if time.time() - begun > 6 * seconds:
            print("      never in %d s" % (6 * seconds), flush=True)
            return r
        time.sleep(0.02)
