package org.postrider.sasl.token;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.disk.FileStamp;
import org.postrider.disk.Reading;
import org.postrider.disk.RealDisk;
import org.postrider.io.Connector;
import org.postrider.sasl.ClientExchange;
import org.postrider.sasl.Credentials;
import org.postrider.time.Clock;

/// Access tokens of this server's own, from the files that sasl-xoauth2 writes (JSON with
/// `access_token`, `expiry`, `refresh_token`, `user`; what its configuration file says, such a file
/// may say for itself). A token is fetched before it ends, once for all who ask meanwhile, and what
/// came is written back. A failure is remembered for a moment, so that an end point that does not
/// answer is not asked by each mail. Any thread; it may wait for as long as one fetch.
public final class TokenFiles implements ClientExchange.AccessTokens {
    /// A token that ends sooner is as good as none.
    private static final long LEAST_SECONDS = 60;

    private static final long FAILED_NANOS = 30_000_000_000L;
    private static final long WAIT_SECONDS = 60;
    private static final int MOST_FILES = 1000;
    private static final long MOST_OCTETS = 256 << 10;
    private static final String MODE = "rw-------";
    private static final String NOT_JSON = " is not JSON";

    private final Path config;
    private final TokenEndpoint endpoint;
    private final Clock clock;
    private final Consumer<String> warnings;
    private final Map<String, Held> files = new HashMap<>();

    /// What is known of one file; under its lock.
    private static final class Held {
        final ReentrantLock lock = new ReentrantLock();
        @Nullable FileStamp stamp;
        Map<String, Object> content = Map.of();

        /// What the file had when it was read or written last.
        Map<String, Object> ofFile = Map.of();

        boolean refused;
        long fetchedNanos = Long.MIN_VALUE;
        @Nullable String failure;
        long failedNanos;
    }

    /// @param config sasl-xoauth2's configuration file; it need not be there
    public TokenFiles(Path config, Connector connector, Clock clock, Consumer<String> warnings) {
        this(config, new TokenEndpoint(connector, clock), clock, warnings);
    }

    TokenFiles(Path config, TokenEndpoint endpoint, Clock clock, Consumer<String> warnings) {
        this.config = config;
        this.endpoint = endpoint;
        this.clock = clock;
        this.warnings = warnings;
    }

    @Override
    public Credentials of(String file, String user) throws ClientExchange.NoToken {
        Held held = held(file);
        try {
            if (!held.lock.tryLock(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new ClientExchange.NoToken("another fetch of the token takes too long");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientExchange.NoToken("interrupted");
        }
        try {
            return locked(Path.of(file), user, held);
        } catch (NoClassDefFoundError e) {
            throw new ClientExchange.NoToken("tokens need the optional jar nimbus-jose-jwt");
        } finally {
            held.lock.unlock();
        }
    }

    @Override
    public void refused(String file) {
        Held held = held(file);
        held.lock.lock();
        try {
            held.refused = true;
        } finally {
            held.lock.unlock();
        }
    }

    private Held held(String file) {
        synchronized (files) {
            if (files.size() >= MOST_FILES && !files.containsKey(file)) {
                files.clear();
            }
            return files.computeIfAbsent(file, _ -> new Held());
        }
    }

    private Credentials locked(Path file, String user, Held held) throws ClientExchange.NoToken {
        read(file, held);
        String token = text(held.content, "access_token");
        boolean refused =
                held.refused
                        && (held.fetchedNanos == Long.MIN_VALUE
                                || clock.nanos() - held.fetchedNanos > FAILED_NANOS);
        if (!refused && !token.isEmpty() && expiry(held) - now() > LEAST_SECONDS) {
            return credentials(held, user, token);
        }
        String before = held.failure;
        if (before != null && clock.nanos() - held.failedNanos < FAILED_NANOS) {
            throw new ClientExchange.NoToken(before);
        }
        try {
            Map<String, Object> settings = settings(held);
            Map<String, Object> came = endpoint.fetch(settings);
            Map<String, Object> next = new LinkedHashMap<>(held.content);
            next.put("access_token", text(came, "access_token"));
            next.put("expiry", Long.toString(now() + lifetime(came)));
            String refresh = text(came, "refresh_token");
            if (!refresh.isEmpty()) {
                next.put("refresh_token", refresh);
            }
            held.content = next;
            held.refused = false;
            held.fetchedNanos = clock.nanos();
            held.failure = null;
            write(file, held);
            return credentials(held, user, text(came, "access_token"));
        } catch (ClientExchange.NoToken e) {
            held.failure = String.valueOf(e.getMessage());
            held.failedNanos = clock.nanos();
            throw e;
        }
    }

    private static Credentials credentials(Held held, String user, String token) {
        String own = text(held.content, "user");
        return new Credentials(own.isEmpty() ? user : own, token, false);
    }

    private long now() {
        return clock.wallMillis() / 1000;
    }

    private static long expiry(Held held) {
        try {
            return (long) Double.parseDouble(text(held.content, "expiry"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static long lifetime(Map<String, Object> came) {
        try {
            return Math.clamp((long) Double.parseDouble(text(came, "expires_in")), 0, 1L << 32);
        } catch (NumberFormatException e) {
            // RFC 6749 5.1 only recommends it.
            return 3600;
        }
    }

    /// What sasl-xoauth2's configuration says, and what the file says for itself.
    private Map<String, Object> settings(Held held) throws ClientExchange.NoToken {
        Map<String, Object> out = new LinkedHashMap<>();
        try {
            out.putAll(json(config));
        } catch (NoSuchFileException e) {
            // a token file may say all
        } catch (IOException e) {
            throw new ClientExchange.NoToken("read " + config + ": " + e.getMessage());
        }
        out.putAll(held.content);
        return out;
    }

    private void read(Path file, Held held) throws ClientExchange.NoToken {
        try {
            FileStamp there = FileStamp.of(file, clock.wallMillis());
            FileStamp before = held.stamp;
            if (before != null && before.same(there)) {
                return;
            }
            Map<String, Object> now = json(file);
            // A token that this server fetched and could not write is better than the old one that
            // is still there; what somebody else has written since counts, whenever it ends.
            if (before == null || !now.equals(held.ofFile)) {
                if (!now.equals(held.content)) {
                    held.refused = false;
                    held.failure = null;
                }
                held.content = now;
                held.ofFile = now;
            }
            held.stamp = there;
        } catch (IOException e) {
            throw new ClientExchange.NoToken("read " + file + ": " + reason(e));
        }
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException
                ? "No such file or directory"
                : String.valueOf(e.getMessage());
    }

    private static Map<String, Object> json(Path file) throws IOException {
        String text = Reading.text(file, MOST_OCTETS);
        try {
            return JSONObjectUtils.parse(text);
        } catch (ParseException e) {
            // its message would quote the file
            throw new IOException(file + NOT_JSON);
        }
    }

    private void write(Path file, Held held) {
        try {
            write(file, held.content);
            held.ofFile = held.content;
            held.stamp = FileStamp.of(file, clock.wallMillis());
        } catch (IOException e) {
            warnings.accept(
                    "write " + file + ": " + e.getMessage() + ": the new token is kept in memory");
        }
    }

    static void write(Path file, Map<String, Object> content) throws IOException {
        write(new RealDisk(), file, content);
    }

    /// In the place of what was there, whole or not at all, and there to stay: with a new refresh
    /// token the one before it may be worth nothing. For its owner only.
    static void write(Disk disk, Path file, Map<String, Object> content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        byte[] octets =
                (JSONObjectUtils.toJSONString(content) + "\n").getBytes(StandardCharsets.UTF_8);
        disk.delete(next);
        try (Disk.File out = disk.create(next, MODE)) {
            out.write(ByteBuffer.wrap(octets), 0);
            out.force();
        }
        disk.rename(next, file);
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            disk.forceDirectory(directory);
        }
    }

    /// A string or number; empty for neither.
    static String text(Map<String, Object> from, String name) {
        Object value = from.get(name);
        return value instanceof String || value instanceof Number || value instanceof Boolean
                ? value.toString()
                : "";
    }
}
