package org.postrider.rewrite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.Settings;
import org.postrider.disk.Reading;
import org.postrider.maps.Fold;
import org.postrider.time.Clock;

/// The Sender Rewriting Scheme (Meng Weng Wong's draft; no RFC): forwarded mail leaves with a
/// sender of our own domain, so that SPF holds, and what comes back to it goes to whom it was
/// rewritten for.
///
/// ```
/// user@a.example      → SRS0=HHHH=TT=a.example=user@ours
/// SRS0=…@b.example    → SRS1=HHHH=b.example==…@ours
/// SRS1=…=b.example==… → SRS1=HHHH=b.example==…@ours
/// ```
///
/// HHHH is the beginning of an HMAC (SHA-1, in base64) over what follows it in lower case, TT the
/// day in base32. Bounded by the length of the address. Immutable; any thread.
///
/// **Who feeds it**: strangers write recipients that look like ours; only a hash that one of the
/// secrets made, of an age that is allowed, is taken back.
public final class Srs {
    private static final String STAMPS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final String FOLDED_STAMPS = Fold.ascii(STAMPS);
    private static final int STAMP_BITS = 5;
    private static final int DAYS = 1024;
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final String MAC = "HmacSHA1";
    private static final int TAG = 4;

    private final String domain;
    private final int hashLength;
    private final long maxAgeDays;
    private final List<byte[]> secrets;
    private final LongSupplier wallMillis;

    /// @param secrets the first one signs, all are taken
    /// @param wallMillis the time
    Srs(
            String domain,
            int hashLength,
            long maxAgeDays,
            List<byte[]> secrets,
            LongSupplier wallMillis) {
        this.domain = domain;
        this.hashLength = hashLength;
        this.maxAgeDays = maxAgeDays;
        this.secrets = secrets;
        this.wallMillis = wallMillis;
    }

    /// As it is set; null where it is off.
    ///
    /// @throws ConfigException where there is no secret or it cannot be read
    public static @Nullable Srs of(Settings settings) {
        String domain = settings.get(RewriteParams.SRS_DOMAIN);
        if (domain.isEmpty()) {
            return null;
        }
        return new Srs(
                domain,
                settings.get(RewriteParams.SRS_HASH_LENGTH),
                settings.get(RewriteParams.SRS_MAX_AGE).toDays(),
                secrets(settings.get(RewriteParams.SRS_SECRET_FILE)),
                Clock.system()::wallMillis);
    }

    private static List<byte[]> secrets(String file) {
        String name = RewriteParams.SRS_SECRET_FILE.name();
        List<byte[]> out = new ArrayList<>();
        try {
            for (String line : Reading.lines(Path.of(file), Reading.SHORT)) {
                if (!line.isBlank()) {
                    out.add(line.strip().getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException e) {
            throw new ConfigException(name + ": open " + file + ": " + Reason.of(e));
        }
        if (out.isEmpty()) {
            throw new ConfigException(name + ": no secret in file \"" + file + "\"");
        }
        return out;
    }

    /// A foreign sender as it is outside of here; itself where it has no domain or is of ours.
    public Address forward(Address sender) {
        String local = sender.local();
        String from = sender.domain();
        if (from.isEmpty() || Fold.same(from, domain)) {
            return sender;
        }
        if (tagged(local, "SRS0")) {
            String rest = local.substring(TAG);
            return new Address(
                    "SRS1="
                            + hash(secrets.getFirst(), from, rest)
                            + "="
                            + from
                            + "="
                            + rest
                            + "@"
                            + domain);
        }
        if (tagged(local, "SRS1")) {
            int host = local.indexOf('=', TAG + 1);
            int rest = host < 0 ? -1 : local.indexOf('=', host + 1);
            if (rest > 0) {
                String first = local.substring(host + 1, rest);
                String user = local.substring(rest + 1);
                return new Address(
                        "SRS1="
                                + hash(secrets.getFirst(), first, user)
                                + "="
                                + first
                                + "="
                                + user
                                + "@"
                                + domain);
            }
        }
        String stamp = stamp();
        return new Address(
                "SRS0="
                        + hash(secrets.getFirst(), stamp, from, local)
                        + "="
                        + stamp
                        + "="
                        + from
                        + "="
                        + local
                        + "@"
                        + domain);
    }

    /// Whom an address of our domain was made for; null where it is none of those, was not made by
    /// us, or is too old.
    public @Nullable Address reverse(Address address) {
        String local = address.local();
        if (!Fold.same(address.domain(), domain)) {
            return null;
        }
        if (tagged(local, "SRS0")) {
            String[] part = local.substring(TAG + 1).split("=", TAG);
            return part.length == TAG
                            && made(part[0], part[1], part[2], part[3])
                            && recent(part[1])
                            && !part[2].isEmpty()
                    ? new Address(part[3] + "@" + part[2])
                    : null;
        }
        if (tagged(local, "SRS1")) {
            String[] part = local.substring(TAG + 1).split("=", TAG - 1);
            return part.length == TAG - 1
                            && made(part[0], part[1], part[2])
                            && tagged("SRS0" + part[2], "SRS0")
                    ? new Address("SRS0" + part[2] + "@" + part[1])
                    : null;
        }
        return null;
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static boolean tagged(String local, String tag) {
        return local.length() > TAG
                && local.regionMatches(true, 0, tag, 0, TAG)
                && "=+-".indexOf(local.charAt(TAG)) >= 0;
    }

    private String stamp() {
        int day = (int) (wallMillis.getAsLong() / DAY_MILLIS % DAYS);
        char high = STAMPS.charAt(day >> STAMP_BITS);
        char low = STAMPS.charAt(day & STAMPS.length() - 1);
        return "" + high + low;
    }

    private boolean recent(String stamp) {
        if (stamp.length() != 2) {
            return false;
        }
        String folded = Fold.ascii(stamp);
        int high = FOLDED_STAMPS.indexOf(folded.charAt(0));
        int low = FOLDED_STAMPS.indexOf(folded.charAt(1));
        long today = wallMillis.getAsLong() / DAY_MILLIS % DAYS;
        long age = Math.floorMod(today - (((long) high << STAMP_BITS) + low), (long) DAYS);
        return high >= 0 && low >= 0 && age <= maxAgeDays;
    }

    private String hash(byte[] secret, String... parts) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(secret, MAC));
            for (String part : parts) {
                mac.update(Fold.ascii(part).getBytes(StandardCharsets.ISO_8859_1));
            }
            return Base64.getEncoder().encodeToString(mac.doFinal()).substring(0, hashLength);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// In any case: mail systems change that of addresses. Every secret is tried to the end.
    private boolean made(String hash, String... parts) {
        boolean any = false;
        for (byte[] secret : secrets) {
            byte[] own = octets(Fold.ascii(hash(secret, parts)));
            any |= MessageDigest.isEqual(own, octets(Fold.ascii(hash)));
        }
        return any;
    }
}
