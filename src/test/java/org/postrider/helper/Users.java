package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;

/// Users of the machine for the time of a test, made by useradd(8), with homes below one directory
/// that anybody may pass; and what a test does in their name. Root's alone.
final class Users implements AutoCloseable {
    /// Below which all is; root's, mode 755.
    final Path place;

    private final List<String> made = new ArrayList<>();
    private final FileChannel held;

    /// What the names of this run begin with: another run's, beside it, begin with another number.
    private final String prefix;

    Users() throws IOException {
        int slot = 0;
        FileChannel channel = null;
        while (channel == null) {
            channel = held(slot++);
        }
        held = channel;
        prefix = "prt" + (slot - 1) + "-";
        place = Files.createTempDirectory(Path.of("/var/tmp"), "postrider-users");
        run("chmod", "755", place.toString());
    }

    /// The file of a number, locked until it is closed, or null if another has locked it.
    private static @Nullable FileChannel held(int slot) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        Path.of("/run/postrider-users." + slot),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // this process has it
        }
        channel.close();
        return null;
    }

    /// A user with a home of mode 755 and a group of the same name.
    ///
    /// @param end of the name, which no other run uses at the same time
    Account add(String end) throws IOException {
        String name = prefix + end;
        Path homes = Files.createDirectories(place.resolve("home"));
        run("chmod", "755", homes.toString());
        Path home = homes.resolve(name);
        left(name);
        run("useradd", "-M", "-U", "-d", home.toString(), "-s", "/bin/sh", name);
        made.add(name);
        Files.createDirectory(home);
        run("chmod", "755", home.toString());
        run("chown", name + ":" + name, home.toString());
        Account account = Accounts.system().named(name);
        assertNotNull(account);
        return account;
    }

    /// What an earlier run left that was broken off: its processes and the user.
    private static void left(String name) throws IOException {
        if (Accounts.system().named(name) != null) {
            new ProcessBuilder("pkill", "-9", "-u", name).start().onExit().join();
            new ProcessBuilder("userdel", "-f", name).start().onExit().join();
        }
    }

    /// Runs a shell's line as a user.
    static String as(Account who, String line) throws IOException {
        return run(
                "setpriv",
                "--reuid=" + who.uid(),
                "--regid=" + who.gid(),
                "--clear-groups",
                "--",
                "/bin/sh",
                "-c",
                "umask 077; cd '" + who.home() + "'; " + line);
    }

    /// What it says; it must end with 0.
    static String run(String... command) throws IOException {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        p.getOutputStream().close();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertEquals(0, p.onExit().join().exitValue(), String.join(" ", command) + ": " + said);
        return said;
    }

    @Override
    public void close() throws IOException {
        for (String name : made) {
            run("userdel", name);
        }
        held.close();
        try (Stream<Path> all = Files.walk(place)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
