package org.postrider;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Accounts;

/// What a test needs of the machine beside a JDK. What is not there skips the test, and
/// [SkippedTests] says so.
public final class Needs {
    private static final List<String> PLACES =
            List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin");

    private Needs() {}

    /// @param name of a program, or its path
    /// @return its path
    public static Path program(String name) {
        Path path = find(name);
        assumeTrue(path != null, "not installed: " + name);
        return Objects.requireNonNull(path);
    }

    /// The program is installed.
    public static boolean has(String name) {
        return find(name) != null;
    }

    private static @Nullable Path find(String name) {
        if (name.startsWith("/")) {
            return Files.isExecutable(Path.of(name)) ? Path.of(name) : null;
        }
        return PLACES.stream()
                .map(place -> Path.of(place, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /// @param name of a user of this machine
    public static void account(String name) {
        assumeTrue(Accounts.system().named(name) != null, "no such user: " + name);
    }

    /// @param name of a shared library, `liblmdb.so.0`
    public static void library(String name) {
        assumeTrue(hasLibrary(name), "not installed: " + name);
    }

    /// The shared library can be loaded.
    public static boolean hasLibrary(String name) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(name, arena);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
