package org.postrider.sasl.mechanism;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.Base64Text;
import org.postrider.sasl.Channel;
import org.postrider.sasl.CyrusServer;
import org.postrider.sasl.Login;

/// SCRAM-SHA-1 and -256, with channel binding or without (RFC 5802, 7677, 9266). A user that there
/// is not gets as far as one with a wrong password.
public final class Scram implements Dialogue {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ITERATIONS = 4096;
    private static final int SALT = 16;
    private static final int NONCE = 24;
    private static final char[] NOBODYS = nobodys();
    private static final Pattern FIRST =
            Pattern.compile(
                    "((n|y|p=([A-Za-z0-9.-]+)),(?:a=([^,]*))?,)(n=([^,]+),r=([\\x21-\\x2b\\x2d-\\x7e]+)(?:,.*)?)");
    private static final Pattern LAST =
            Pattern.compile(
                    "(c=([A-Za-z0-9+/=]+),r=([\\x21-\\x2b\\x2d-\\x7e]+)(?:,(?!p=)[^,]*)*),p=([A-Za-z0-9+/=]+)");

    private final CyrusServer.Site site;
    private final Mechanism mechanism;
    private final ScramMechanism functions;
    private final Channel channel;
    private final boolean plusOffered;

    private @Nullable Login login;
    private @Nullable String password;
    private String wanted = "";
    private String gs2 = "";
    private String binding = "";
    private String firstBare = "";
    private String serverFirst = "";
    private String nonce = "";
    private byte[] salt = new byte[0];
    private @Nullable Turn proven;

    /// @param plusOffered whether the client was told that the channel can be bound
    public Scram(CyrusServer.Site site, Mechanism mechanism, Channel channel, boolean plusOffered) {
        this.site = site;
        this.mechanism = mechanism;
        this.channel = channel;
        this.plusOffered = plusOffered;
        functions =
                mechanism.title.startsWith("SCRAM-SHA-256")
                        ? ScramMechanism.SCRAM_SHA_256
                        : ScramMechanism.SCRAM_SHA_1;
    }

    @Override
    public Turn turn(byte @Nullable [] response) throws IOException {
        Turn done = proven;
        if (done != null) {
            return done;
        }
        String text = response == null ? "" : new String(response, StandardCharsets.UTF_8);
        return nonce.isEmpty() ? first(text) : last(text);
    }

    private Turn malformed(String detail) {
        return new Turn.Malformed(login, detail);
    }

    private Turn first(String text) throws IOException {
        Matcher m = FIRST.matcher(text);
        if (!m.matches()) {
            return malformed("Invalid " + mechanism.title + " input");
        }
        gs2 = m.group(1);
        String flag = m.group(2);
        binding = m.group(3) == null ? "" : m.group(3);
        if (mechanism.bound() ? bound(binding) == null : flag.startsWith("p")) {
            return malformed("channel binding " + flag + " is not possible here");
        }
        if (flag.equals("y") && plusOffered) {
            return malformed("the client was kept from binding the channel");
        }
        String user = name(m.group(6));
        wanted = m.group(4) == null ? "" : String.valueOf(name(m.group(4)));
        if (user == null) {
            return malformed("Invalid username in " + mechanism.title + " input");
        }
        firstBare = m.group(5);
        Login found = site.login(user);
        login = found;
        password = site.secrets().password(found);
        nonce = m.group(7) + ScramFunctions.nonce(NONCE, RANDOM);
        salt = ScramFunctions.salt(SALT, RANDOM);
        serverFirst = "r=" + nonce + ",s=" + Base64Text.encode(salt) + ",i=" + ITERATIONS;
        return new Turn.Say(serverFirst.getBytes(StandardCharsets.US_ASCII));
    }

    private Turn last(String text) {
        Matcher m = LAST.matcher(text);
        if (!m.matches()
                || Base64Text.fault(m.group(2)) != null
                || Base64Text.fault(m.group(4)) != null) {
            return malformed("At least proof is expected in " + mechanism.title + " input");
        }
        boolean bindingHolds =
                java.security.MessageDigest.isEqual(Base64Text.decode(m.group(2)), bindingInput());
        if (!m.group(3).equals(nonce)) {
            return malformed("Nonce mismatch");
        }
        if (!bindingHolds) {
            return new Turn.Wrong(login, "Binding mismatch");
        }
        String said = firstBare + "," + serverFirst + "," + m.group(1);
        Login found = login;
        byte[] proof = Base64Text.decode(m.group(4));
        // Each failure takes as long as any other.
        for (char[] each : List.of(prepared(password), asWritten(password))) {
            byte[] salted = salted(each);
            if (verified(proof, salted, said) && each != NOBODYS && found != null) {
                proven = new Turn.Proven(found, wanted);
                byte[] signature =
                        ScramFunctions.serverSignature(
                                functions, ScramFunctions.serverKey(functions, salted), said);
                String last = "v=" + Base64Text.encode(signature);
                return new Turn.Say(last.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return new Turn.Wrong(found, "StoredKey mismatch");
    }

    private boolean verified(byte[] proof, byte[] salted, String said) {
        byte[] stored =
                ScramFunctions.storedKey(functions, ScramFunctions.clientKey(functions, salted));
        return proof.length == stored.length
                && ScramFunctions.verifyClientProof(functions, proof, stored, said);
    }

    /// `Hi` of RFC 5802 2.2, on any characters.
    private byte[] salted(char[] text) {
        boolean longer = functions == ScramMechanism.SCRAM_SHA_256;
        try {
            return SecretKeyFactory.getInstance(
                            longer ? "PBKDF2WithHmacSHA256" : "PBKDF2WithHmacSHA1")
                    .generateSecret(new PBEKeySpec(text, salt, ITERATIONS, longer ? 256 : 160))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What clients of RFC 5802 make of a password (SASLprep); nobody's if that forbids it.
    private static char[] prepared(@Nullable String password) {
        if (password == null || password.isEmpty() || password.indexOf('\0') >= 0) {
            return NOBODYS;
        }
        try {
            return StringPreparation.SASL_PREPARATION.normalize(password.toCharArray());
        } catch (IllegalArgumentException e) {
            return NOBODYS;
        }
    }

    /// What Cyrus's clients make of it: nothing else.
    private static char[] asWritten(@Nullable String password) {
        return password == null || password.isEmpty() || password.indexOf('\0') >= 0
                ? NOBODYS
                : password.toCharArray();
    }

    /// What nobody's password is: another one in each process, so that no proof of it can be made.
    private static char[] nobodys() {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        return Base64Text.encode(random).toCharArray();
    }

    private byte[] bindingInput() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(gs2.getBytes(StandardCharsets.UTF_8));
        byte[] data = bound(binding);
        if (data != null) {
            out.writeBytes(data);
        }
        return out.toByteArray();
    }

    private byte @Nullable [] bound(String type) {
        return switch (type) {
            case "tls-server-end-point" -> channel.endPoint();
            case "tls-exporter" -> channel.exporter();
            default -> null;
        };
    }

    /// `=2C` and `=3D` undone; null if another `=` is in it.
    private static @Nullable String name(String text) {
        return text.replaceAll("=2C|=3D", "").indexOf('=') >= 0
                ? null
                : text.replace("=2C", ",").replace("=3D", "=");
    }

    @Override
    public @Nullable Login login() {
        return login;
    }
}
