package org.postrider.sasl.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.Base64Text;
import org.postrider.sasl.ClientChannel;
import org.postrider.sasl.Credentials;

/// DIGEST-MD5 (RFC 2831) with `qop=auth`: no security layer.
final class DigestMd5Client implements Responder {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern DIRECTIVE =
            Pattern.compile(
                    "\\G[ \\t\\r\\n,]*([a-zA-Z0-9-]+)[ \\t]*=[ \\t]*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\",]*))[ \\t\\r\\n]*(?:,|$)");
    private static final String FIRST = "00000001";

    private final Credentials who;
    private final String uri;
    private final String server;
    private final String cnonce;
    private String nonce = "";
    private byte[] a1 = {};
    private State state = State.BEGUN;

    private enum State {
        BEGUN,
        ANSWERED,
        PROVEN
    }

    /// One `name=value`.
    private record Directive(String name, String value) {}

    DigestMd5Client(Credentials who, ClientChannel over) {
        this.who = who;
        server = over.server();
        uri = over.service() + "/" + over.server();
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        cnonce = Base64Text.encode(random);
    }

    @Override
    public byte @Nullable [] initial() {
        return null;
    }

    @Override
    public boolean complete() {
        return state == State.PROVEN;
    }

    @Override
    public byte[] answer(byte[] challenge) throws Refusal {
        List<Directive> said = directives(new String(challenge, StandardCharsets.ISO_8859_1));
        return switch (state) {
            case BEGUN -> {
                state = State.ANSWERED;
                yield response(said).getBytes(StandardCharsets.ISO_8859_1);
            }
            case ANSWERED -> {
                verified(said);
                state = State.PROVEN;
                yield new byte[0];
            }
            case PROVEN -> throw Refusal.done();
        };
    }

    private String response(List<Directive> said) throws Refusal {
        String given = one(said, "nonce");
        if (given == null) {
            throw new Refusal(Refusal.GENERIC, "Don't have nonce.");
        }
        nonce = given;
        if (one(said, "algorithm") == null) {
            throw new Refusal(Refusal.GENERIC, "Must see 'algorithm' once. Didn't see at all");
        }
        String qop = one(said, "qop");
        if (qop != null
                && Arrays.stream(qop.split("[ ,\t]+")).noneMatch("auth"::equalsIgnoreCase)) {
            throw new Refusal(Refusal.GENERIC, "Server doesn't support \"no layer\"");
        }
        String realm = realm(said);
        boolean utf8 = "utf-8".equalsIgnoreCase(one(said, "charset"));
        byte[] secret = md5(join(bytes(who.user(), utf8), bytes(realm, utf8), password(utf8)));
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        first.writeBytes(secret);
        // Who acts for nobody else does not say so: as Cyrus has it, here only.
        String more = ":" + nonce + ":" + cnonce;
        first.writeBytes(more.getBytes(StandardCharsets.ISO_8859_1));
        a1 = md5(first.toByteArray());
        return "username="
                + quoted(who.user())
                + ",realm="
                + quoted(realm)
                + ",nonce="
                + quoted(nonce)
                + ",cnonce="
                + quoted(cnonce)
                + ",nc="
                + FIRST
                + ",qop=auth,digest-uri="
                + quoted(uri)
                + ",response="
                + hash("AUTHENTICATE:" + uri)
                + (utf8 && high(who.user() + realm) ? ",charset=utf-8" : "");
    }

    /// The one that the server names; else, as in Cyrus, the server's name.
    private String realm(List<Directive> said) {
        List<String> all =
                said.stream()
                        .filter(each -> each.name().equalsIgnoreCase("realm"))
                        .map(Directive::value)
                        .toList();
        return all.size() == 1 ? all.getFirst() : server;
    }

    private byte[] password(boolean utf8) {
        return bytes(who.secret(), utf8);
    }

    private void verified(List<Directive> said) throws Refusal {
        String given = one(said, "rspauth");
        String wanted = hash(":" + uri);
        if (given == null
                || !MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.ISO_8859_1),
                        wanted.getBytes(StandardCharsets.ISO_8859_1))) {
            throw new Refusal(
                    Refusal.NOT_MUTUAL,
                    "DIGEST-MD5: This server wants us to believe that he knows shared secret");
        }
    }

    private String hash(String a2) {
        String text =
                HexFormat.of().formatHex(a1)
                        + ":"
                        + nonce
                        + ":"
                        + FIRST
                        + ":"
                        + cnonce
                        + ":auth:"
                        + HexFormat.of().formatHex(md5(a2.getBytes(StandardCharsets.ISO_8859_1)));
        return HexFormat.of().formatHex(md5(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static @Nullable String one(List<Directive> all, String name) {
        for (Directive each : all) {
            if (each.name().equalsIgnoreCase(name)) {
                return each.value();
            }
        }
        return null;
    }

    private static List<Directive> directives(String text) throws Refusal {
        List<Directive> out = new ArrayList<>();
        Matcher m = DIRECTIVE.matcher(text);
        int end = 0;
        while (end < text.length() && m.find()) {
            String quoted = m.group(2);
            String value = quoted == null ? m.group(3) : quoted.replaceAll("\\\\(.)", "$1");
            out.add(new Directive(m.group(1), value));
            end = m.end();
        }
        if (end < text.length()) {
            throw new Refusal(Refusal.WRONG, "Parse error");
        }
        return out;
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static boolean high(String text) {
        return text.chars().anyMatch(c -> c > 126);
    }

    /// RFC 2831 2.1.2.1: what ISO 8859-1 can say is hashed in it.
    ///
    /// @param octets one a char
    private static byte[] bytes(String octets, boolean utf8) {
        byte[] plain = octets.getBytes(StandardCharsets.ISO_8859_1);
        if (!utf8 || !high(octets)) {
            return plain;
        }
        String text = new String(plain, StandardCharsets.UTF_8);
        return text.chars().allMatch(c -> c < 256)
                ? text.getBytes(StandardCharsets.ISO_8859_1)
                : plain;
    }

    private static byte[] join(byte[] user, byte[] realm, byte[] password) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(user);
        out.write(':');
        out.writeBytes(realm);
        out.write(':');
        out.writeBytes(password);
        return out.toByteArray();
    }

    private static byte[] md5(byte[] octets) {
        try {
            return MessageDigest.getInstance("MD5").digest(octets);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no MD5");
        }
    }
}
