package org.postrider.rights.system;

import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.system.Posix.Stat;

/// Whether a path leads where root says: every directory and link on its way is root's, and nobody
/// else can put another in its place.
public final class Trusted {
    private static final int LINKS = 20;
    private static final int OTHERS_WRITE = 022;
    private static final int STICKY = 01000;

    private int links;

    private Trusted() {}

    /// Opens a regular file that only root can exchange, for reading.
    ///
    /// @throws Act naming what others could exchange
    public static Reading open(String path) throws Act {
        String place = new Trusted().walk(path);
        int descriptor = Posix.open(path, Posix.RDONLY | Posix.NONBLOCK | Posix.NOCTTY, 0);
        if (descriptor < 0) {
            throw Act.failed("open " + path, descriptor);
        }
        String opened = Posix.target("/proc/self/fd/" + descriptor);
        boolean regular = Posix.stat(descriptor) instanceof Stat.Known k && k.facts().regular();
        if (regular && place.equals(opened)) {
            return new Reading(descriptor);
        }
        Posix.close(descriptor);
        throw Act.unsafe(
                Errno.EPERM, path + (regular ? " was exchanged" : " is not a regular file"));
    }

    /// That root alone can exchange what is there, and write to it.
    ///
    /// @throws Act naming what others could exchange or write to
    public static void roots(String path) throws Act {
        FileFacts facts = UserFile.look(new Trusted().walk(path), false);
        if (facts.uid() != 0 || (facts.mode() & OTHERS_WRITE) != 0) {
            throw Act.unsafe(Errno.EPERM, "others than root may write to " + path);
        }
    }

    /// @return where it leads, without links
    private String walk(String path) throws Act {
        if (!path.startsWith("/")) {
            throw Act.unsafe(Errno.EPERM, path + " is not an absolute path");
        }
        String at = "";
        for (String part : path.split("/+", -1)) {
            if (part.equals("..")) {
                at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
            } else if (!part.isEmpty() && !part.equals(".")) {
                at = enter(at, part);
            }
        }
        return at.isEmpty() ? "/" : at;
    }

    private String enter(String directory, String part) throws Act {
        String path = directory + "/" + part;
        FileFacts entry = UserFile.look(path, false);
        FileFacts around = UserFile.look(directory + "/", true);
        boolean wide = (around.mode() & OTHERS_WRITE) != 0;
        boolean sticky = (around.mode() & STICKY) != 0 && entry.uid() == 0;
        if (around.uid() != 0 || (wide && !sticky)) {
            throw Act.unsafe(Errno.EPERM, "others than root may exchange " + path);
        }
        if (!entry.link()) {
            return path;
        }
        String target = Posix.target(path);
        if (target == null || ++links > LINKS) {
            throw Act.failed("open " + path, -Errno.ELOOP);
        }
        return walk(target.startsWith("/") ? target : directory + "/" + target);
    }
}
