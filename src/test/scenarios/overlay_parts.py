"""A layer over a directory of the machine, for a mount name space of a test's own."""
import os


def mounted_below(top):
    """What is mounted below a directory, the outer ones first: a JDK below /usr, say."""
    places = [line.split()[4] for line in open("/proc/self/mountinfo")]
    return sorted({p for p in places if p.startswith(top.rstrip("/") + "/")})


def lay_over(must, top, options, kept):
    """Mounts an overlay on top; what is mounted below it, which an overlay hides, is there as before: for programs, not where a test writes. kept: an own directory, for handles."""
    below = mounted_below(top)
    for n, place in enumerate(below):
        handle = "%s/below%d" % (kept, n)
        os.makedirs(handle) if os.path.isdir(place) else open(handle, "w").close()
        must("mount", "--bind", place, handle)
    must("mount", "-t", "overlay", "o", "-o", options, top)
    for n, place in enumerate(below):
        must("mount", "--bind", "%s/below%d" % (kept, n), place)
