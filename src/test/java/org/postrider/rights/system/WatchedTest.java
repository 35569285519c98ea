package org.postrider.rights.system;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// That the helper of the tests tells an act's system call from others.
class WatchedTest {
    private static final String OURS = "org.postrider.rights.";

    /// As [Watched#check] finds them, below the calls' own.
    private static List<String> below(String... callers) {
        List<String> frames =
                new ArrayList<>(
                        StackWalker.getInstance()
                                .walk(all -> all.map(StackFrame::toString).limit(1).toList()));
        frames.set(0, frames.getFirst().replace("WatchedTest.below", "Watched.check"));
        frames.add(OURS + "system.Posix.call(Posix.java:1)");
        frames.add(OURS + "system.Posix.write(Posix.java:1)");
        frames.addAll(List.of(callers));
        return frames;
    }

    @Test
    void anActsOwnCallIsSeen() {
        String act = OURS + "act.FileSink.flush(FileSink.java:1)";
        assertTrue(Watched.acts(below(act, OURS + "root.Acts.act(Acts.java:1)")));
        assertTrue(
                Watched.acts(below(OURS + "system.Reading.part(Reading.java:1)", "java.x", act)));
    }

    @Test
    void whatIsDoneForAnActIsNot() {
        String act = OURS + "act.Run.run(Run.java:1)";
        assertFalse(Watched.acts(below(OURS + "system.Starter.start(Starter.java:1)", act)));
        assertFalse(Watched.acts(below(OURS + "root.Session.send(Session.java:1)", act)));
    }
}
