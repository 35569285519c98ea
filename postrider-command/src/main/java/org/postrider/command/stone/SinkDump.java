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
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.postrider.command.OctetPath;
import org.postrider.config.Reason;
import org.postrider.message.MailDate;
import org.postrider.time.Clock;
import org.postrider.time.Strftime;

/// Mails that smtp-sink keeps: each in a file of its own (`-d`), or all of a time behind each other
/// (`-D`).
///
/// @param place where they go
/// @param start a text before each
record SinkDump(Place place, String start, String host, Clock clock) {
    private static final int TRIES = 100;

    /// @param root what the template's paths are below, `..` included; null for the system's own
    /// @param template of strftime(3)
    /// @param shared whether all mails of one name go into one file
    record Place(@Nullable Path root, String template, boolean shared) {
        private Path of(ZonedDateTime begun, String more) {
            Path named = OctetPath.of(Strftime.of(template, begun) + more);
            return root == null
                    ? named
                    : root.resolve(
                            Path.of("/").relativize(Path.of("/").resolve(named).normalize()));
        }
    }

    /// A file that cannot be written: the program ends, as its user wants the mails.
    static final class ClosedException extends IOException {
        private static final long serialVersionUID = 1;

        private ClosedException(Path file, IOException cause) {
            super("open " + file + ": " + Reason.of(cause), cause);
        }
    }

    /// One mail on its way into a file.
    final class Mail {
        private final String id =
                String.format(Locale.ROOT, "%08x", ThreadLocalRandom.current().nextInt());
        private final ZonedDateTime begun =
                Instant.ofEpochMilli(clock.wallMillis()).atZone(Clock.zone());
        private final StringBuilder head = new StringBuilder(start);
        private @Nullable Path path;

        private Mail(String client, String protocol, @Nullable String helo) {
            field("X-Client-Addr", client);
            field("X-Client-Proto", protocol);
            if (helo != null) {
                field("X-Helo-Args", helo);
            }
        }

        private void field(String name, String text) {
            head.append(name).append(": ").append(text).append('\n');
        }

        void sender(String text) {
            field("X-Mail-Args", text);
        }

        void recipient(String text) {
            field("X-Rcpt-Args", text);
        }

        /// The file, with all that stands before the mail.
        ///
        /// @throws ClosedException where it cannot be made
        OutputStream begin(String client, String protocol, @Nullable String helo)
                throws IOException {
            String from = helo == null ? "[" + client + "]" : helo;
            head.append("Received: from ").append(from).append(" ([").append(client);
            head.append("])\n\tby ").append(host).append(" (smtp-sink) with ").append(protocol);
            head.append(" id ")
                    .append(id)
                    .append(";\n\t")
                    .append(MailDate.of(begun.toInstant().toEpochMilli()))
                    .append('\n');
            OutputStream out = new BufferedOutputStream(open());
            out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
            return out;
        }

        private OutputStream open() throws IOException {
            String dot = place.shared() ? "." : "";
            for (int i = 0; i < TRIES; i++) {
                Path file = place.of(begun, dot + id + (i == 0 ? "" : "." + i));
                try {
                    parents(file);
                    OutputStream out =
                            Files.newOutputStream(
                                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    path = file;
                    return out;
                } catch (FileAlreadyExistsException e) {
                    // another name
                } catch (IOException e) {
                    throw new ClosedException(file, e);
                }
            }
            throw new IOException(place.template() + ": too many files of this name");
        }

        private static void parents(Path file) throws IOException {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
        }

        /// It came whole.
        void done() throws IOException {
            Path from = path;
            path = null;
            if (place.shared() && from != null) {
                synchronized (SinkDump.class) {
                    Files.write(
                            place.of(begun, ""),
                            Files.readAllBytes(from),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                }
                Files.delete(from);
            }
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
