package org.postrider.command;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Reason;

/// What a command was started with besides its arguments.
///
/// @param mailConfig the environment's MAIL_CONFIG, null where it is not set
public record Terminal(
        InputStream in, PrintStream out, PrintStream err, @Nullable String mailConfig) {
    /// This process's own. Texts are octets (ISO 8859-1).
    public static Terminal system() {
        return new Terminal(
                System.in,
                new Output(FileDescriptor.out),
                new Output(FileDescriptor.err),
                Octets.environment("MAIL_CONFIG"));
    }

    /// Standard output or error, as octets (ISO 8859-1), that keeps why it could not be written: a
    /// full disk, or a reader that has gone. A `PrintStream` alone knows no more than that.
    static final class Output extends PrintStream {
        private static final String GONE = "Broken pipe";

        private final Kept kept;

        Output(FileDescriptor descriptor) {
            this(new Kept(new java.io.FileOutputStream(descriptor)));
        }

        private Output(Kept kept) {
            super(kept, false, StandardCharsets.ISO_8859_1);
            this.kept = kept;
        }

        /// Why something could not be written; null where all was.
        @Nullable Lost lost() {
            IOException failed = kept.failed;
            return failed == null ? null : new Lost(Reason.of(failed));
        }

        /// Output that nobody will read. It ends the command ([Main]), which need not foresee it.
        static final class Lost extends RuntimeException {
            private static final long serialVersionUID = 1;

            private Lost(String reason) {
                super(reason);
            }

            /// Whether the reader has had enough, as `head` has, which is no fault.
            boolean gone() {
                return GONE.equals(getMessage());
            }
        }

        private static final class Kept extends OutputStream {
            private final OutputStream out;
            private @Nullable IOException failed;

            Kept(OutputStream out) {
                this.out = out;
            }

            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] octets, int from, int length) throws IOException {
                try {
                    out.write(octets, from, length);
                } catch (IOException e) {
                    failed = failed == null ? e : failed;
                    throw e;
                }
            }
        }
    }
}
