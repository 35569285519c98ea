package org.postrider.sasl.mechanism;

import java.io.IOException;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.CyrusServer;
import org.postrider.sasl.Login;

/// NTLM (MS-NLMP), by the JDK's server. It proves to old clients of Windows who they are and is
/// weak; offered if mech_list or the lack of one says so, as by Cyrus.
public final class Ntlm implements Dialogue {
    private final CyrusServer.Site site;
    private final SaslServer server;
    private boolean challenged;
    private @Nullable Login login;
    private @Nullable IOException trouble;
    private boolean known;

    public Ntlm(CyrusServer.Site site) {
        this.site = site;
        try {
            server =
                    Sasl.createSaslServer(
                            "NTLM",
                            site.service(),
                            site.hostname(),
                            Map.of(
                                    "com.sun.security.sasl.ntlm.domain",
                                    Login.own(site.domain(), site.hostname())),
                            this::answer);
        } catch (SaslException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(Callback[] callbacks) {
        for (Callback each : callbacks) {
            switch (each) {
                case NameCallback name -> {
                    String given = name.getDefaultName();
                    login = site.login(given == null ? "" : given);
                    name.setName(given);
                }
                case RealmCallback realm -> realm.setText(realm.getDefaultText());
                case PasswordCallback password -> password.setPassword(password());
                default -> {
                    // what it need not know
                }
            }
        }
    }

    private char[] password() {
        Login who = login;
        try {
            String found = who == null ? null : site.secrets().password(who);
            known = found != null;
            return (found == null ? "\0" : found).toCharArray();
        } catch (IOException e) {
            trouble = e;
            return new char[1];
        }
    }

    @Override
    public boolean takesInitial() {
        return true;
    }

    @Override
    public Turn turn(byte @Nullable [] response) throws IOException {
        byte[] said = response == null ? new byte[0] : response;
        if (said.length < 12
                || !new String(said, 0, 8, java.nio.charset.StandardCharsets.ISO_8859_1)
                        .equals("NTLMSSP\0")) {
            return new Turn.Malformed(
                    login,
                    challenged
                            ? "client didn't issue valid NTLM response"
                            : "client didn't issue valid NTLM request");
        }
        byte[] challenge;
        try {
            challenge = server.evaluateResponse(said);
        } catch (SaslException | RuntimeException e) {
            // The JDK's parser lets wrong offsets through as index errors.
            if (trouble != null) {
                throw trouble;
            }
            return challenged
                    ? new Turn.Wrong(login, "incorrect NTLMv2 response")
                    : new Turn.Malformed(login, "client didn't issue valid NTLM request");
        }
        if (trouble != null) {
            throw trouble;
        }
        if (!server.isComplete()) {
            challenged = true;
            return new Turn.Say(challenge);
        }
        Login who = login;
        return who != null && known
                ? new Turn.Proven(who, "")
                : new Turn.Wrong(who, "incorrect NTLMv2 response");
    }

    @Override
    public @Nullable Login login() {
        return login;
    }
}
