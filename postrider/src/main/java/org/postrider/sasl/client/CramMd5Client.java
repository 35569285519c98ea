package org.postrider.sasl.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.Credentials;

/// CRAM-MD5 (RFC 2195).
final class CramMd5Client implements Responder {
    private final Credentials who;
    private boolean said;

    CramMd5Client(Credentials who) {
        this.who = who;
    }

    @Override
    public byte @Nullable [] initial() {
        return null;
    }

    @Override
    public byte[] answer(byte[] challenge) throws Refusal {
        if (said) {
            throw Refusal.done();
        }
        said = true;
        String digest = HexFormat.of().formatHex(hmac(challenge));
        return (who.user() + " " + digest).getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] hmac(byte[] challenge) {
        byte[] key = who.secret().getBytes(StandardCharsets.ISO_8859_1);
        try {
            Mac mac = Mac.getInstance("HmacMD5");
            // A password of no octets is no key in the JCA; one NUL pads to the same block.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacMD5"));
            return mac.doFinal(challenge);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no HmacMD5");
        }
    }
}
