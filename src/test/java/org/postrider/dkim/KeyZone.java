package org.postrider.dkim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.postrider.dns.Resolver;
import org.postrider.dns.StubServer;
import org.postrider.dns.SystemResolver;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A name server on loopback that has keys, and mails that are verified with them.
final class KeyZone implements AutoCloseable {
    final StubServer server = new StubServer();
    final Resolver resolver;
    private final Path conf;
    private Clock clock = Clock.system();

    KeyZone() throws IOException {
        this(60);
    }

    /// @param seconds that an answer may take
    KeyZone(int seconds) throws IOException {
        conf = Files.createTempFile("resolv", ".conf");
        Files.writeString(
                conf, "nameserver 127.0.0.1\noptions attempts:1 timeout:" + seconds + "\n");
        resolver = new SystemResolver(conf, server.port(), Clock.system());
    }

    /// A TXT record, in strings of 255 octets.
    KeyZone with(String name, String text) throws IOException {
        StringBuilder out = new StringBuilder(name).append(" TXT");
        for (int at = 0; at < text.length() || at == 0; at += 255) {
            String part = text.substring(at, Math.min(at + 255, text.length()));
            out.append(" \"").append(part.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
        }
        server.zone(out.toString());
        return this;
    }

    /// From now on it is this time.
    KeyZone at(long seconds) {
        clock =
                new Clock() {
                    @Override
                    public long wallMillis() {
                        return seconds * 1000;
                    }

                    @Override
                    public long nanos() {
                        return Clock.system().nanos();
                    }
                };
        return this;
    }

    KeyLookup keys() {
        return KeyLookup.atOnce(resolver, Supervisor.alone(), clock);
    }

    /// Verifies a mail whose header ends at its first empty line.
    Verification heard(VerifyLimits limits, byte[] mail) {
        int body = bodyAt(mail);
        byte[] header = java.util.Arrays.copyOf(mail, body);
        Verification out = Verification.begin(keys(), limits, header).withArc();
        // In pieces of odd sizes, as it comes.
        for (int at = body, size = 1; at < mail.length; at += size, size = size % 7 + 1) {
            size = Math.min(size, mail.length - at);
            out.body(mail, at, size);
        }
        return out;
    }

    List<DkimResult> verified(VerifyLimits limits, byte[] mail) {
        return heard(limits, mail).end();
    }

    List<DkimResult> verified(String mail) {
        return verified(VerifyLimits.DEFAULT, octets(mail));
    }

    ArcResult chain(String mail) {
        Verification heard = heard(VerifyLimits.DEFAULT, octets(mail));
        heard.end();
        return heard.arc();
    }

    /// The verdicts, with their reasons.
    static String said(List<DkimResult> results) {
        StringBuilder out = new StringBuilder();
        for (DkimResult each : results) {
            out.append(out.isEmpty() ? "" : ", ").append(each.verdict().word());
            out.append(each.reason().isEmpty() ? "" : " (" + each.reason() + ")");
        }
        return out.toString();
    }

    static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Where the empty line begins.
    static int bodyAt(byte[] mail) {
        if (mail.length >= 2 && mail[0] == '\r' && mail[1] == '\n') {
            return 0;
        }
        for (int i = 0; i + 3 < mail.length; i++) {
            if (mail[i] == '\r'
                    && mail[i + 1] == '\n'
                    && mail[i + 2] == '\r'
                    && mail[i + 3] == '\n') {
                return i + 2;
            }
        }
        return mail.length;
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.delete(conf);
    }
}
