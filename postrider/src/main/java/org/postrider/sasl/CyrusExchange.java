package org.postrider.sasl;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.sasl.mechanism.Dialogue;
import org.postrider.sasl.mechanism.External;

/// Feeds a mechanism what comes as base64 and says what it comes to in Cyrus's words.
final class CyrusExchange implements Exchange {
    static final String WRONG = "authentication failure";
    static final String GENERIC = "generic failure";

    private final CyrusServer.Site site;
    private final Dialogue dialogue;
    private boolean begun;

    CyrusExchange(CyrusServer.Site site, Dialogue dialogue) {
        this.site = site;
        this.dialogue = dialogue;
    }

    @Override
    public Step step(@Nullable String response) {
        boolean first = !begun;
        begun = true;
        if (response == null && dialogue.clientFirst()) {
            return new Step.Challenge("");
        }
        // RFC 4954 4: "=" is an initial response of no octets, which only EXTERNAL can mean.
        boolean empty = first && "=".equals(response) && dialogue instanceof External;
        String fault = response == null || empty ? null : Base64Text.fault(response);
        if (fault != null) {
            return new Step.Failure(fault, canonical(), null);
        }
        byte[] octets = response == null ? null : empty ? new byte[0] : Base64Text.decode(response);
        if (first && octets != null && !dialogue.takesInitial()) {
            return new Step.Failure(
                    Base64Text.CANCELLED, null, "Remote sent first but mech does not allow it.");
        }
        try {
            return outcome(dialogue.turn(octets));
        } catch (IOException e) {
            return new Step.Unavailable(GENERIC, canonical(), e.getMessage());
        }
    }

    private @Nullable String canonical() {
        Login login = dialogue.login();
        return login == null ? null : login.canonical();
    }

    private Step outcome(Dialogue.Turn turn) {
        return switch (turn) {
            case Dialogue.Turn.Say s -> new Step.Challenge(Base64Text.encode(s.challenge()));
            case Dialogue.Turn.Proven p -> authorized(p.authenticated(), p.wanted());
            case Dialogue.Turn.Wrong w -> new Step.Failure(WRONG, name(w.login()), w.detail());
            case Dialogue.Turn.Malformed m ->
                    new Step.Failure(Base64Text.CANCELLED, name(m.login()), m.detail());
        };
    }

    private static @Nullable String name(@Nullable Login login) {
        return login == null ? null : login.canonical();
    }

    /// Nobody may act for another.
    private Step authorized(Login authenticated, String wanted) {
        if (wanted.isEmpty() || site.login(wanted).canonical().equals(authenticated.canonical())) {
            return new Step.Success(authenticated.canonical());
        }
        return new Step.Failure(
                WRONG,
                site.login(wanted).canonical(),
                "Requested identity not authenticated identity");
    }
}
