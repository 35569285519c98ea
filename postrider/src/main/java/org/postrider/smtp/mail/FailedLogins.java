package org.postrider.smtp.mail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.disk.FileStamp;
import org.postrider.disk.Reading;
import org.postrider.disk.RealDisk;
import org.postrider.dsn.Status;
import org.postrider.sasl.Credentials;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpLoginParams;
import org.postrider.time.Clock;

/// Logins that servers refused with 535 (smtp_sasl_auth_cache_name): the same is not tried again
/// before it ends or the password changes. Kept in a file of lines, beside the name that is
/// configured, for all transports and over restarts; of user and password it holds salted digests
/// only. A file that cannot be written or read costs no mail: the login is tried. Any thread.
final class FailedLogins {
    private static final String SUFFIX = ".logins";
    private static final String MODE = "rw-------";
    private static final int MOST = 1000;
    private static final int MOST_TEXT = 1000;
    private static final long MOST_OCTETS = 8L << 20;
    private static final int ROUNDS = 20_000;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path file;
    private final Duration kept;
    private final Clock clock;
    private final Disk disk = new RealDisk();
    private final ReentrantLock lock = new ReentrantLock();
    private Map<String, Entry> entries = Map.of();
    private @Nullable FileStamp stamp;

    /// What a server said, and of whom.
    ///
    /// @param seconds when, since 1970
    /// @param proof digest of the password
    record Entry(long seconds, byte[] salt, byte[] proof, Status status, String text) {}

    private FailedLogins(Path file, Duration kept, Clock clock) {
        this.file = file;
        this.kept = kept;
        this.clock = clock;
    }

    /// Null where none are kept.
    static @Nullable FailedLogins of(ClientSettings settings, Clock clock) {
        String name = settings.get(SmtpLoginParams.CACHE_NAME).strip();
        if (name.isEmpty()) {
            return null;
        }
        Path path = Path.of(name.substring(name.lastIndexOf(':') + 1) + SUFFIX);
        return new FailedLogins(path, settings.get(SmtpLoginParams.CACHE_TIME), clock);
    }

    /// Null where this login did not fail lately.
    @Nullable Entry find(String server, Credentials who, Consumer<String> warnings) {
        Entry found;
        lock.lock();
        try {
            read(warnings);
            found = entries.get(key(server, who));
        } finally {
            lock.unlock();
        }
        boolean counts =
                found != null
                        && !old(found)
                        && MessageDigest.isEqual(found.proof(), proof(who.secret(), found.salt()));
        return counts ? found : null;
    }

    void add(
            String server, Credentials who, Status status, String text, Consumer<String> warnings) {
        byte[] salt = new byte[16];
        RANDOM.nextBytes(salt);
        String shown = text.substring(0, Math.min(MOST_TEXT, text.length()));
        Entry entry = new Entry(now(), salt, proof(who.secret(), salt), status, shown);
        lock.lock();
        try {
            read(warnings);
            Map<String, Entry> all = new LinkedHashMap<>(entries);
            all.values().removeIf(this::old);
            while (all.size() >= MOST) {
                all.remove(all.keySet().iterator().next());
            }
            all.remove(key(server, who));
            all.put(key(server, who), entry);
            entries = all;
            stamp = null;
            write(all);
        } catch (IOException e) {
            warnings.accept("write " + file + ": " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private long now() {
        return clock.wallMillis() / 1000;
    }

    private boolean old(Entry e) {
        return now() - e.seconds() > kept.toSeconds();
    }

    private void read(Consumer<String> warnings) {
        try {
            FileStamp there = FileStamp.of(file, clock.wallMillis());
            FileStamp before = stamp;
            if (before != null && before.same(there)) {
                return;
            }
            Map<String, Entry> all = new LinkedHashMap<>();
            for (String line : Reading.lines(file, MOST_OCTETS)) {
                parse(line, all);
            }
            entries = all;
            stamp = there;
        } catch (NoSuchFileException e) {
            entries = Map.of();
        } catch (IOException e) {
            warnings.accept("read " + file + ": " + e.getMessage());
        }
    }

    private static void parse(String line, Map<String, Entry> into) {
        String[] f = line.split(" ", -1);
        if (f.length != 6) {
            return;
        }
        try {
            String text = new String(Base64.getDecoder().decode(f[5]), StandardCharsets.ISO_8859_1);
            String[] status = f[4].split("\\.");
            HexFormat hex = HexFormat.of();
            into.put(
                    f[0],
                    new Entry(
                            Long.parseLong(f[1]),
                            hex.parseHex(f[2]),
                            hex.parseHex(f[3]),
                            new Status(
                                    Integer.parseInt(status[0]),
                                    Integer.parseInt(status[1]),
                                    Integer.parseInt(status[2])),
                            text));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // A damaged line costs one try of a login.
        }
    }

    private void write(Map<String, Entry> all) throws IOException {
        List<String> lines = new ArrayList<>();
        HexFormat hex = HexFormat.of();
        all.forEach((key, e) ->
                lines.add(
                        String.join(
                                        " ",
                                        key,
                                        Long.toString(e.seconds()),
                                        hex.formatHex(e.salt()),
                                        hex.formatHex(e.proof()),
                                        e.status().toString(),
                                        Base64.getEncoder()
                                                .encodeToString(
                                                        e.text()
                                                                .getBytes(
                                                                        StandardCharsets
                                                                                .ISO_8859_1)))
                                + "\n"));
        Path next = file.resolveSibling(file.getFileName() + ".new");
        disk.delete(next);
        try (Disk.File out = disk.create(next, MODE)) {
            out.write(
                    ByteBuffer.wrap(String.join("", lines).getBytes(StandardCharsets.US_ASCII)), 0);
            out.force();
        }
        disk.rename(next, file);
    }

    private static String key(String server, Credentials who) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(
                                            (server + "\0" + who.user())
                                                    .getBytes(StandardCharsets.ISO_8859_1)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no SHA-256");
        }
    }

    private static byte[] proof(String secret, byte[] salt) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(
                            new PBEKeySpec((secret + "\0").toCharArray(), salt, ROUNDS, 256))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no PBKDF2");
        }
    }
}
