package org.postrider.sasl.mechanism;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.CyrusServer;
import org.postrider.sasl.Login;

/// CRAM-MD5 (RFC 2195).
public final class CramMd5 implements Dialogue {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final CyrusServer.Site site;
    private final String challenge;
    private @Nullable Login login;

    public CramMd5(CyrusServer.Site site) {
        this.site = site;
        long number = RANDOM.nextLong() & 0x7fffffffffffffffL;
        challenge = "<" + number + "." + RANDOM.nextInt(1 << 30) + "@" + site.hostname() + ">";
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
        if (response == null) {
            return new Turn.Say(challenge.getBytes(StandardCharsets.US_ASCII));
        }
        String text = new String(response, StandardCharsets.UTF_8);
        int space = text.lastIndexOf(' ');
        if (space <= 0) {
            return new Turn.Malformed(null, "need authentication name");
        }
        Login found = site.login(text.substring(0, space));
        login = found;
        String password = site.secrets().password(found);
        byte[] wanted = hmac(password == null ? "\0" : password);
        byte[] given = text.substring(space + 1).getBytes(StandardCharsets.UTF_8);
        boolean same = MessageDigest.isEqual(wanted, given);
        return password != null && same
                ? new Turn.Proven(found, "")
                : new Turn.Wrong(found, "incorrect digest response");
    }

    private byte[] hmac(String password) {
        try {
            Mac mac = Mac.getInstance("HmacMD5");
            byte[] key = password.getBytes(StandardCharsets.UTF_8);
            // A password of no octets is no key in the JCA; one NUL pads to the same block.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacMD5"));
            byte[] digest = mac.doFinal(challenge.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public @Nullable Login login() {
        return login;
    }
}
