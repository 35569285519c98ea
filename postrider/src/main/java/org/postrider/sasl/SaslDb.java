package org.postrider.sasl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.FileStamp;
import org.postrider.maps.BerkeleyDb;
import org.postrider.time.Clock;

/// Cyrus's user database (`/etc/sasldb2`), a Berkeley DB hash file: `user NUL realm NUL
/// userPassword` to the password. Read whole, and again when the file changes. Any thread.
public final class SaslDb implements Secrets, Verifier {
    private static final String PASSWORD = "userPassword";

    /// One record.
    ///
    /// @param property `userPassword`, or what Cyrus or others keep besides
    public record Entry(String user, String realm, String property) {}

    /// By realm, then user.
    private static final Comparator<Entry> ORDER =
            Comparator.comparing(Entry::realm)
                    .thenComparing(Entry::user)
                    .thenComparing(Entry::property);

    private record Loaded(Path place, FileStamp stamp, Map<String, String> passwords) {}

    private final List<Path> places;
    private final Clock clock;
    private volatile @Nullable Loaded loaded;

    /// @param places the first that exists counts
    public SaslDb(List<Path> places, Clock clock) {
        this.places = List.copyOf(places);
        this.clock = clock;
    }

    @Override
    public @Nullable String password(Login login) throws IOException {
        return passwords().get(login.user() + "\0" + login.realm());
    }

    /// Takes the same time for a user that there is not.
    @Override
    public boolean verify(Login login, String password) throws IOException {
        String known = password(login);
        boolean same = same(known == null ? "\0" : known, password);
        return known != null && same;
    }

    static boolean same(String a, String b) {
        return MessageDigest.isEqual(digest(a), digest(b));
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> passwords() throws IOException {
        for (Path place : places) {
            try {
                FileStamp stamp = FileStamp.of(place, clock.wallMillis());
                Loaded now = loaded;
                if (now == null || !now.place().equals(place) || !stamp.same(now.stamp())) {
                    Map<String, String> found = new TreeMap<>();
                    read(place)
                            .forEach((entry, value) -> {
                                if (entry.property().equals(PASSWORD)) {
                                    found.put(entry.user() + "\0" + entry.realm(), value);
                                }
                            });
                    now = new Loaded(place, stamp, found);
                    loaded = now;
                }
                return now.passwords();
            } catch (NoSuchFileException e) {
                // the next place
            }
        }
        return Map.of();
    }

    /// All records of a file.
    ///
    /// @throws IOException if it is unreadable or damaged
    public static Map<Entry, String> read(Path file) throws IOException {
        Map<Entry, String> out = new TreeMap<>(ORDER);
        try {
            BerkeleyDb.read(
                    file,
                    (key, value) -> {
                        String[] parts = new String(key, StandardCharsets.UTF_8).split("\0", -1);
                        if (parts.length >= 3) {
                            out.put(
                                    new Entry(parts[0], parts[1], parts[2]),
                                    new String(value, StandardCharsets.UTF_8));
                        }
                    });
        } catch (java.nio.file.AccessDeniedException e) {
            throw new IOException("unable to open Berkeley db " + file + ": Permission denied", e);
        }
        return out;
    }

    /// A file with these records, as Cyrus's own programs read it.
    ///
    /// @throws IllegalArgumentException for what does not fit into one
    public static byte[] file(Map<Entry, String> entries) {
        List<Map.Entry<byte[], byte[]>> out = new ArrayList<>();
        entries.forEach((e, value) ->
                out.add(
                        Map.entry(
                                (e.user() + "\0" + e.realm() + "\0" + e.property())
                                        .getBytes(StandardCharsets.UTF_8),
                                value.getBytes(StandardCharsets.UTF_8))));
        return BerkeleyDb.hash(out);
    }
}
