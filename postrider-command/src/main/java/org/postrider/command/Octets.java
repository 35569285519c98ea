package org.postrider.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Arguments and environment of this process as octets kept as chars (decision 0003). The JVM
/// decodes both by the locale and loses what that cannot hold; the system keeps the originals.
public final class Octets {
    private static final Path ARGUMENTS = Path.of("/proc/self/cmdline");
    private static final Path ENVIRONMENT = Path.of("/proc/self/environ");

    private Octets() {}

    /// @param decoded the last arguments of the command line, as the JVM gives them
    static String[] arguments(String[] decoded) {
        boolean plain = true;
        for (String arg : decoded) {
            plain &= ascii(arg);
        }
        if (plain) {
            return decoded;
        }
        try {
            String[] all = read(ARGUMENTS);
            return Arrays.copyOfRange(all, all.length - decoded.length, all.length);
        } catch (IOException e) {
            return decoded;
        }
    }

    /// The next line without its newline, which nothing else ends; null at the end.
    ///
    /// @param in buffered
    public static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int octet = in.read();
        if (octet < 0) {
            return null;
        }
        while (octet >= 0 && octet != '\n') {
            line.append((char) octet);
            octet = in.read();
        }
        return line.toString();
    }

    /// Null where it is not set.
    public static @Nullable String environment(String name) {
        String decoded = System.getenv(name);
        if (decoded == null || ascii(decoded)) {
            return decoded;
        }
        try {
            for (String each : read(ENVIRONMENT)) {
                if (each.startsWith(name + "=")) {
                    return each.substring(name.length() + 1);
                }
            }
        } catch (IOException e) {
            // no procfs: as the JVM has it
        }
        return decoded;
    }

    /// Texts that end in NUL.
    private static String[] read(Path file) throws IOException {
        String[] all = Files.readString(file, StandardCharsets.ISO_8859_1).split("\0", -1);
        return Arrays.copyOf(all, all.length - 1);
    }

    private static boolean ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }
}
