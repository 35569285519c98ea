package org.postrider.sasl.mechanism;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.Base64Text;
import org.postrider.sasl.CyrusServer;
import org.postrider.sasl.Login;

/// DIGEST-MD5 (RFC 2831) with `qop=auth`: no security layer, no subsequent authentication. Written
/// here as the JDK's server knows one realm only, and Cyrus's users are of any.
public final class DigestMd5 implements Dialogue {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern DIRECTIVE =
            Pattern.compile(
                    "\\G[ \\t\\r\\n]*([a-zA-Z0-9-]+)[ \\t]*=[ \\t]*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\",]*))[ \\t\\r\\n]*(?:,|$)");
    private static final String FIRST = "00000001";
    private static final String GENERATED =
            "client response doesn't match what we generated (tried bogus)";

    private final CyrusServer.Site site;
    private final String nonce;
    private boolean challenged;
    private @Nullable Login login;
    private @Nullable Turn proven;

    public DigestMd5(CyrusServer.Site site) {
        this.site = site;
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        nonce = Base64Text.encode(random);
    }

    @Override
    public boolean clientFirst() {
        return false;
    }

    @Override
    public boolean takesInitial() {
        return false;
    }

    @Override
    public Turn turn(byte @Nullable [] response) throws IOException {
        Turn done = proven;
        if (done != null) {
            return done;
        }
        if (!challenged) {
            challenged = true;
            return new Turn.Say(challenge().getBytes(StandardCharsets.UTF_8));
        }
        return answer(response == null ? new byte[0] : response);
    }

    private String challenge() {
        return "nonce=\""
                + nonce
                + "\",realm=\""
                + Login.own(site.domain(), site.hostname())
                + "\",qop=\"auth\",charset=utf-8,algorithm=md5-sess";
    }

    private Turn answer(byte[] response) throws IOException {
        Map<String, String> said = directives(new String(response, StandardCharsets.ISO_8859_1));
        Charset charset =
                "utf-8".equalsIgnoreCase(said.get("charset"))
                        ? StandardCharsets.UTF_8
                        : StandardCharsets.ISO_8859_1;
        String user = said.get("username");
        if (user == null
                || !said.containsKey("cnonce")
                || !said.containsKey("digest-uri")
                || !said.containsKey("response")) {
            return new Turn.Wrong(null, "Parse error");
        }
        String username = text(user, charset);
        String realm = text(said.getOrDefault("realm", ""), charset);
        Login found = Login.of(username, realm, site.domain(), site.hostname());
        login = found;
        if (!nonce.equals(said.get("nonce"))
                || !FIRST.equals(said.get("nc"))
                || !"auth".equals(said.getOrDefault("qop", "auth"))) {
            return new Turn.Wrong(found, "nonce, nc or qop is not ours");
        }
        String password = site.secrets().password(found);
        String uri = said.get("digest-uri");
        byte[] got =
                String.valueOf(said.get("response"))
                        .toLowerCase(Locale.ROOT)
                        .getBytes(StandardCharsets.ISO_8859_1);
        byte[] matched = null;
        // Many clients leave out the way back to ISO 8859-1 that the RFC asks for; Cyrus takes
        // both.
        for (boolean back : new boolean[] {true, false}) {
            byte[] a1 = md5(a1(secret(username, realm, given(password), back), said));
            String wanted = hash(a1, said, "AUTHENTICATE:" + uri);
            if (MessageDigest.isEqual(wanted.getBytes(StandardCharsets.US_ASCII), got)) {
                matched = a1;
            }
        }
        if (password == null || matched == null) {
            return new Turn.Wrong(found, GENERATED);
        }
        proven = new Turn.Proven(found, text(said.getOrDefault("authzid", ""), charset));
        String rspauth = "rspauth=" + hash(matched, said, ":" + uri);
        return new Turn.Say(rspauth.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] secret(String username, String realm, String password, boolean back) {
        return md5(join(bytes(username, back), bytes(realm, back), bytes(password, back)));
    }

    private static String given(@Nullable String password) {
        return password == null ? "\0" : password;
    }

    private byte[] a1(byte[] secret, Map<String, String> said) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(secret);
        String more = ":" + nonce + ":" + said.get("cnonce");
        String authzid = said.get("authzid");
        out.writeBytes(
                (more + (authzid == null ? "" : ":" + authzid))
                        .getBytes(StandardCharsets.ISO_8859_1));
        return out.toByteArray();
    }

    private String hash(byte[] a1, Map<String, String> said, String a2) {
        String text =
                HexFormat.of().formatHex(a1)
                        + ":"
                        + nonce
                        + ":"
                        + FIRST
                        + ":"
                        + said.get("cnonce")
                        + ":auth:"
                        + HexFormat.of().formatHex(md5(a2.getBytes(StandardCharsets.ISO_8859_1)));
        return HexFormat.of().formatHex(md5(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /// The directives by name; none if the text is malformed.
    private static Map<String, String> directives(String text) {
        Map<String, String> out = new TreeMap<>();
        Matcher m = DIRECTIVE.matcher(text);
        int end = 0;
        while (end < text.length() && m.find()) {
            String quoted = m.group(2);
            String value = quoted == null ? m.group(3) : quoted.replaceAll("\\\\(.)", "$1");
            if (out.put(m.group(1).toLowerCase(Locale.ROOT), value) != null) {
                return Map.of();
            }
            end = m.end();
        }
        return end < text.length() ? Map.of() : out;
    }

    private static String text(String octets, Charset charset) {
        return new String(octets.getBytes(StandardCharsets.ISO_8859_1), charset);
    }

    /// RFC 2831 2.1.2.1: what ISO 8859-1 can say is hashed in it.
    private static byte[] bytes(String text, boolean back) {
        boolean latin = back && text.chars().allMatch(c -> c < 256);
        return text.getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            if (out.size() > 0 || part != parts[0]) {
                out.write(':');
            }
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] md5(byte[] octets) {
        try {
            return MessageDigest.getInstance("MD5").digest(octets);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public @Nullable Login login() {
        return login;
    }
}
