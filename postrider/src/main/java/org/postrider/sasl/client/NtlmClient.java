package org.postrider.sasl.client;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.postrider.sasl.ClientChannel;
import org.postrider.sasl.Credentials;

/// NTLM (MS-NLMP), version 2, by the JDK's client.
final class NtlmClient implements Responder {
    private static final int TARGET = 12;

    private final Credentials who;
    private final ClientChannel over;

    NtlmClient(Credentials who, ClientChannel over) {
        this.who = who;
        this.over = over;
    }

    private SaslClient client(String domain) {
        try {
            return Sasl.createSaslClient(
                    new String[] {"NTLM"},
                    null,
                    over.service(),
                    over.server(),
                    Map.of("com.sun.security.sasl.ntlm.hostname", ""),
                    callbacks -> answer(callbacks, domain));
        } catch (SaslException e) {
            throw new IllegalStateException("no NTLM");
        }
    }

    private void answer(Callback[] callbacks, String domain) {
        for (Callback each : callbacks) {
            switch (each) {
                case RealmCallback realm -> realm.setText(domain);
                case NameCallback name -> name.setName(text(who.user()));
                case PasswordCallback password ->
                        password.setPassword(text(who.secret()).toCharArray());
                default -> {
                    // what it need not know
                }
            }
        }
    }

    private static String text(String octets) {
        return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    @Override
    public byte[] initial() throws Refusal {
        return evaluated(client(""), new byte[0]);
    }

    @Override
    public byte[] answer(byte[] challenge) throws Refusal {
        // The JDK's client wants to know the domain before the server names it.
        SaslClient client = client(target(challenge));
        evaluated(client, new byte[0]);
        return evaluated(client, challenge);
    }

    private static String target(byte[] challenge) throws Refusal {
        ByteBuffer in = ByteBuffer.wrap(challenge).order(ByteOrder.LITTLE_ENDIAN);
        try {
            byte[] name = new byte[in.getShort(TARGET) & 0xffff];
            in.position(in.getInt(TARGET + 4));
            in.get(name);
            boolean unicode = (in.getInt(TARGET + 8) & 1) == 1;
            return new String(
                    name, unicode ? StandardCharsets.UTF_16LE : StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException
                | IndexOutOfBoundsException
                | BufferUnderflowException e) {
            throw invalid();
        }
    }

    private static Refusal invalid() {
        return new Refusal(Refusal.PROTOCOL, "server didn't issue valid NTLM challenge");
    }

    private static byte[] evaluated(SaslClient client, byte[] challenge) throws Refusal {
        try {
            return client.evaluateChallenge(challenge);
        } catch (SaslException | RuntimeException e) {
            // The JDK's parser lets wrong offsets through as index errors.
            throw invalid();
        }
    }
}
