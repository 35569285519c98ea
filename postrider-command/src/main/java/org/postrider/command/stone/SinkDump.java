package org.postrider.command.stone;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.postrider.command.OctetPath;
import org.postrider.time.Clock;
import org.postrider.time.Strftime;

/// Mails that smtp-sink keeps: each in a file of its own (`-d`), or all of a time behind each other
/// (`-D`).
///
/// @param shared whether they go into one file
/// @param start a text before each
record SinkDump(String template, boolean shared, String start, String host, Clock clock) {
    private static final int TRIES = 100;
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss xx (zzz)", Locale.ROOT);

    /// One mail on its way into a file.
    final class Mail {
        private final String id =
                String.format(Locale.ROOT, "%08x", ThreadLocalRandom.current().nextInt());
        private final ZonedDateTime begun =
                Instant.ofEpochMilli(clock.wallMillis()).atZone(ZoneId.systemDefault());
        private final StringBuilder head = new StringBuilder(start);
        private @Nullable Path path;

        private Mail(String client, String protocol, @Nullable String helo) {
            head.append("X-Client-Addr: ").append(client).append('\n');
            head.append("X-Client-Proto: ").append(protocol).append('\n');
            if (helo != null) {
                head.append("X-Helo-Args: ").append(helo).append('\n');
            }
        }

        void sender(String text) {
            head.append("X-Mail-Args: ").append(text).append('\n');
        }

        void recipient(String text) {
            head.append("X-Rcpt-Args: ").append(text).append('\n');
        }

        /// The file, with all that stands before the mail.
        OutputStream begin(String client, String protocol, @Nullable String helo)
                throws IOException {
            String from = helo == null ? "[" + client + "]" : helo;
            head.append("Received: from ").append(from).append(" ([").append(client);
            head.append("])\n\tby ").append(host).append(" (smtp-sink) with ").append(protocol);
            head.append(" id ").append(id).append(";\n\t").append(DATE.format(begun)).append('\n');
            OutputStream out = new BufferedOutputStream(open());
            out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
            return out;
        }

        private OutputStream open() throws IOException {
            String expanded = Strftime.of(template, begun);
            for (int i = 0; i < TRIES; i++) {
                String more = i == 0 ? id : String.format(Locale.ROOT, "%s.%d", id, i);
                Path file = OctetPath.of(expanded + (shared ? "." : "") + more);
                Path parent = file.toAbsolutePath().getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                try {
                    OutputStream out =
                            Files.newOutputStream(
                                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    path = file;
                    return out;
                } catch (FileAlreadyExistsException e) {
                    // another name
                }
            }
            throw new IOException(expanded + ": too many files of this name");
        }

        /// It came whole.
        void done() throws IOException {
            Path from = path;
            if (shared && from != null) {
                synchronized (SinkDump.class) {
                    Files.write(
                            OctetPath.of(Strftime.of(template, begun)),
                            Files.readAllBytes(from),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                }
                Files.delete(from);
            }
            path = null;
        }

        /// It did not: nothing is left of it.
        void dropped() {
            try {
                if (path != null) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                // A part of it stays.
            }
        }
    }

    /// @param client its address, `ipv6:` before one of that kind
    Mail mail(String client, String protocol, @Nullable String helo) {
        return new Mail(client, protocol, helo);
    }
}
