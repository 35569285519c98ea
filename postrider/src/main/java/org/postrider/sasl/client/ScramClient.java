package org.postrider.sasl.client;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.Base64Text;
import org.postrider.sasl.ClientChannel;
import org.postrider.sasl.Credentials;

/// SCRAM (RFC 5802, 7677, 9266), with channel binding or without.
final class ScramClient implements Responder {
    /// Rounds that a server may ask for: some seconds of one processor.
    private static final int MOST_ITERATIONS = 1_000_000;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE = 24;
    private static final Pattern FIRST =
            Pattern.compile(
                    "r=([\\x21-\\x2b\\x2d-\\x7e]+),s=([A-Za-z0-9+/=]+),i=([1-9][0-9]{0,8})(?:,.*)?");

    private final ScramMechanism functions;
    private final Credentials who;
    private final String gs2;
    private final ClientChannel.@Nullable Binding binding;
    private final String nonce = ScramFunctions.nonce(NONCE, RANDOM);
    private State state = State.BEGUN;
    private byte[] signature = {};

    private enum State {
        BEGUN,
        ANSWERED,
        PROVEN
    }

    /// @param mechanism without `-PLUS`
    /// @param flag of the channel's binding: `n`, `y` or `p=TYPE`
    /// @param binding null for none
    ScramClient(
            String mechanism,
            Credentials who,
            String flag,
            ClientChannel.@Nullable Binding binding) {
        functions = Objects.requireNonNull(ScramMechanism.byName(mechanism), mechanism);
        this.who = who;
        this.binding = binding;
        String acting = who.actsAs();
        gs2 = flag + "," + (acting.isEmpty() ? "" : "a=" + name(acting)) + ",";
    }

    private static String name(String text) {
        return text.replace("=", "=3D").replace(",", "=2C");
    }

    private String bare() {
        return "n=" + name(who.user()) + ",r=" + nonce;
    }

    @Override
    public byte[] initial() {
        return octets(gs2 + bare());
    }

    @Override
    public boolean complete() {
        return state == State.PROVEN;
    }

    @Override
    public byte[] answer(byte[] challenge) throws Refusal {
        String said = new String(challenge, StandardCharsets.ISO_8859_1);
        return switch (state) {
            case BEGUN -> {
                state = State.ANSWERED;
                yield octets(last(said));
            }
            case ANSWERED -> {
                verified(said);
                state = State.PROVEN;
                yield new byte[0];
            }
            case PROVEN -> throw Refusal.done();
        };
    }

    private String last(String said) throws Refusal {
        Matcher m = FIRST.matcher(said);
        if (!m.matches() || Base64Text.fault(m.group(2)) != null) {
            throw new Refusal(Refusal.PROTOCOL, "Invalid " + functions.getName() + " input");
        }
        int rounds = Integer.parseInt(m.group(3));
        if (!m.group(1).startsWith(nonce) || m.group(1).length() == nonce.length()) {
            throw new Refusal(
                    Refusal.PROTOCOL,
                    "The nonce received from the server doesn't start from the nonce sent by the"
                            + " client");
        }
        if (rounds > MOST_ITERATIONS) {
            throw new Refusal(Refusal.PROTOCOL, "too many iterations");
        }
        ByteArrayOutputStream bound = new ByteArrayOutputStream();
        bound.writeBytes(octets(gs2));
        if (binding != null) {
            bound.writeBytes(binding.data());
        }
        String without = "c=" + Base64Text.encode(bound.toByteArray()) + ",r=" + m.group(1);
        byte[] all = octets(bare() + "," + said + "," + without);
        byte[] salted = salted(Base64Text.decode(m.group(2)), rounds);
        byte[] key = ScramFunctions.clientKey(functions, salted);
        byte[] mine = hmac(ScramFunctions.storedKey(functions, key), all);
        byte[] proof = ScramFunctions.clientProof(key, mine);
        signature = hmac(ScramFunctions.serverKey(functions, salted), all);
        return without + ",p=" + Base64Text.encode(proof);
    }

    private void verified(String said) throws Refusal {
        int comma = said.indexOf(',');
        String first = comma < 0 ? said : said.substring(0, comma);
        String given = first.startsWith("v=") ? first.substring(2) : "?";
        if (Base64Text.fault(given) != null) {
            throw new Refusal(
                    Refusal.PROTOCOL,
                    "ServerSignature expected in " + functions.getName() + " input");
        }
        if (!MessageDigest.isEqual(Base64Text.decode(given), signature)) {
            throw new Refusal(Refusal.WRONG, "ServerSignature mismatch");
        }
    }

    /// `Hi` of RFC 5802 2.2, on octets: a password need not be text.
    private byte[] salted(byte[] salt, int rounds) {
        byte[] password = prepared();
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        first.writeBytes(salt);
        first.writeBytes(new byte[] {0, 0, 0, 1});
        Mac mac = mac(password);
        byte[] u = mac.doFinal(first.toByteArray());
        byte[] out = u.clone();
        for (int i = 1; i < rounds; i++) {
            u = mac.doFinal(u);
            for (int k = 0; k < out.length; k++) {
                out[k] ^= u[k];
            }
        }
        return out;
    }

    /// SASLprep (RFC 4013) where the password is text and may be; else its octets.
    private byte[] prepared() {
        byte[] plain = octets(who.secret());
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(plain)).toString();
            return new String(StringPreparation.SASL_PREPARATION.normalize(text.toCharArray()))
                    .getBytes(StandardCharsets.UTF_8);
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return plain;
        }
    }

    private byte[] hmac(byte[] key, byte[] over) {
        return mac(key).doFinal(over);
    }

    private Mac mac(byte[] key) {
        String name = "Hmac" + functions.getName().replace("SCRAM-", "").replace("SHA-", "SHA");
        try {
            Mac mac = Mac.getInstance(name);
            mac.init(
                    new javax.crypto.spec.SecretKeySpec(key.length == 0 ? new byte[1] : key, name));
            return mac;
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException("no " + name);
        }
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
