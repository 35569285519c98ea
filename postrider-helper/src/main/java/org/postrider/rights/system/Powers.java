package org.postrider.rights.system;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.List;
import org.postrider.rights.system.Posix.Call;

/// The calls that change rights, of the calling thread and no other, and what they are of the whole
/// process. Only who decides on rights names them (RootReadingTest).
public final class Powers {
    /// Groups that have room without more.
    private static final int FEW = 32;

    private static final int SET_DUMPABLE = 4;
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;

    private Powers() {}

    public static int groups(List<Integer> gids) {
        MemorySegment list =
                gids.size() <= FEW
                        ? Posix.values(Integer.BYTES * FEW)
                        : Arena.ofAuto().allocate(I, gids.size());
        for (int i = 0; i < gids.size(); i++) {
            list.setAtIndex(I, i, gids.get(i));
        }
        int done = Posix.number(Call.SETGROUPS, gids.size(), list.address(), 0, 0, 0);
        Reference.reachabilityFence(list);
        return done;
    }

    /// -1 leaves one as it is.
    public static int groups(int real, int effective, int saved) {
        return Posix.number(Call.SETRESGID, real, effective, saved, 0, 0);
    }

    /// -1 leaves one as it is.
    public static int users(int real, int effective, int saved) {
        return Posix.number(Call.SETRESUID, real, effective, saved, 0, 0);
    }

    /// What new files of the process do not get of their modes.
    ///
    /// @return what it was
    public static int mask(int mode) {
        return Posix.number(Call.UMASK, mode, 0, 0, 0, 0);
    }

    /// No other process may look into this one, or read its memory from /proc.
    public static int conceal() {
        return Posix.number(Call.PRCTL, SET_DUMPABLE, 0, 0, 0, 0);
    }
}
