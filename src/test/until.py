"""Scripts wait for what is to happen, not for so long: other tests, and other machines' work, run beside them."""
import re, time


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


def under_way(log):
    """The mails that a log names, those made of another too, and those of them that are gone or whose recipients have all been tried."""
    asked = dict(re.findall(r"/qmgr\[\d+\]: (\w+): from=.*, nrcpt=(\d+) ", log))
    # What was made is known before the queue manager has seen it.
    made = re.findall(r"\(forwarded as (\w+)\)", log) + re.findall(r"(?m) notification: (\w+)$", log) + re.findall(r"/pickup\[\d+\]: (\w+): uid=", log)
    tried = re.findall(r": (\w+): to=", log)
    waits = set(re.findall(r": (\w+): to=.*status=(?:deferred|SOFTBOUNCE)", log))
    over = set(re.findall(r": (\w+): (?:removed|hold:|reject:|discard:|milter-)", log))
    return set(asked) | set(made), over | {q for q in waits if q in asked and tried.count(q) >= int(asked[q])}
