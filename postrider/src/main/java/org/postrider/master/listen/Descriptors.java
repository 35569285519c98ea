package org.postrider.master.listen;

import java.io.IOException;
import java.nio.file.Path;
import org.postrider.disk.Reading;

/// How many file descriptors this process may open (`ulimit -n`; the JVM has raised the soft limit
/// to the hard one).
final class Descriptors {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";

    /// Journal, body files, log, pollers, control sockets, jars.
    private static final int OWN = 60;

    private static final int LEAST = 10;

    private Descriptors() {}

    /// What deliveries keep at most; where even that runs out they are deferred.
    private static final int MOST_FOR_DELIVERIES = 4096;

    /// Half of what remains, as each mail that comes in may need a socket to go out; all but
    /// [#MOST_FOR_DELIVERIES] where there are many.
    static int forSessions() {
        try {
            for (String line : Reading.lines(LIMITS, Reading.SHORT)) {
                if (line.startsWith(LINE)) {
                    String soft = line.substring(LINE.length()).strip().split(" +")[0];
                    return soft.equals("unlimited") ? Integer.MAX_VALUE : of(Long.parseLong(soft));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // another system: accepting pauses when opening fails
        }
        return Integer.MAX_VALUE;
    }

    /// @param all the limit of this process
    static int of(long all) {
        long rest = all - OWN;
        long sessions = Math.max(rest / 2, rest - MOST_FOR_DELIVERIES);
        return (int) Math.clamp(sessions, LEAST, Integer.MAX_VALUE);
    }
}
