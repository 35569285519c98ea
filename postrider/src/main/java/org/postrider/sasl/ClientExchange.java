package org.postrider.sasl;

import java.util.List;
import org.postrider.sasl.client.ClientMechanism;
import org.postrider.sasl.client.Refusal;
import org.postrider.sasl.client.Responder;

/// A login at another server under way. One thread.
public final class ClientExchange {
    private static final String NO_MECHANISM = "no mechanism available";
    private static final String NO_WORTHY = "SASL authentication failure: No worthy mechs found";

    private static final String NO_USER = "SASL authentication failure: All-whitespace username.";

    private final String mechanism;
    private final Responder responder;

    private ClientExchange(String mechanism, Responder responder) {
        this.mechanism = mechanism;
        this.responder = responder;
    }

    /// What the choice of a mechanism comes to.
    public sealed interface Choice {
        record Taken(ClientExchange exchange) implements Choice {}

        record None(Response.Cannot why) implements Choice {}
    }

    /// Takes the mechanism that Cyrus would take: of those that are offered, built and as safe as
    /// they must be, the strongest.
    ///
    /// @param offered names in any case; those that are not known are passed over
    public static Choice choose(List<String> offered, Credentials who, ClientChannel over) {
        ClientMechanism best = ClientMechanism.best(offered, over);
        if (best == null) {
            return new Choice.None(new Response.Cannot(NO_MECHANISM, List.of(NO_WORTHY)));
        }
        return best.named() && who.user().isEmpty()
                ? new Choice.None(new Response.Cannot("generic failure", List.of(NO_USER)))
                : new Choice.Taken(
                        new ClientExchange(best.title(), best.begin(offered, who, over)));
    }

    /// As AUTH names it.
    public String mechanism() {
        return mechanism;
    }

    /// What is said with AUTH: empty where the server speaks first.
    public Response first() {
        try {
            byte[] said = responder.initial();
            return new Response.Say(said == null ? "" : Base64Text.encode(said));
        } catch (Refusal e) {
            return e.response();
        }
    }

    /// @param challenge base64 as it came
    public Response next(String challenge) {
        String fault = Base64Text.fault(challenge);
        if (fault != null) {
            return new Response.Cannot(fault, List.of());
        }
        try {
            return new Response.Say(
                    Base64Text.encode(responder.answer(Base64Text.decode(challenge))));
        } catch (Refusal e) {
            return e.response();
        }
    }

    /// Whether the server has proved all that the mechanism has it prove.
    public boolean complete() {
        return responder.complete();
    }
}
