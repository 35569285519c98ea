package org.postrider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What this process has open. Others of it may open and close theirs at any time, tests that are
/// over too: who counts names what he counts, or waits for the count ([Until]).
public final class Descriptors {
    private static final Path OPEN = Path.of("/proc/self/fd");

    private Descriptors() {}

    /// How many there are.
    public static int all() {
        return count(_ -> true);
    }

    /// How many lead to a file, or to one below a directory.
    public static int to(Path file) {
        return count(target -> Path.of(target).startsWith(file));
    }

    /// How many are sockets.
    public static int sockets() {
        return count(target -> target.startsWith("socket:"));
    }

    private static int count(Predicate<String> wanted) {
        try (Stream<Path> all = Files.list(OPEN)) {
            return (int) all.filter(each -> leads(each, wanted)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean leads(Path descriptor, Predicate<String> wanted) {
        try {
            return wanted.test(Files.readSymbolicLink(descriptor).toString());
        } catch (IOException e) {
            // It was closed meanwhile.
            return false;
        }
    }
}
