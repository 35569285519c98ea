package org.postrider.sasl;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.sasl.client.ClientMechanism;
import org.postrider.sasl.client.Refusal;
import org.postrider.sasl.client.Responder;
import org.postrider.sasl.token.DeviceLogin;
import org.postrider.sasl.token.TokenFiles;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

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

    /// Tokens with which this server logs in.
    public interface AccessTokens {
        /// @param file a token file, as smtp_sasl_password_maps names it in a password's place
        /// @param user who logs in where the file does not say
        /// @return whose secret is the token
        /// @throws NoToken where there is none now
        Credentials of(String file, String user) throws NoToken;

        /// A server did not take it: another one is fetched before the next login.
        void refused(String file);
    }

    /// There is no token now, and why, without secrets.
    public static final class NoToken extends Exception {
        private static final long serialVersionUID = 1;

        public NoToken(String message) {
            super(message, null, false, false);
        }
    }

    /// @param config sasl-xoauth2's configuration file
    /// @param warnings get what is odd
    public static AccessTokens tokens(
            Path config, Connector connector, Clock clock, Consumer<String> warnings) {
        return new TokenFiles(config, connector, clock, warnings);
    }

    /// Makes a token file in a dialogue with its user and an authorization server (RFC 8628).
    ///
    /// @param settings as a token file has them, and `device_endpoint`
    /// @param says gets what the user is to do
    /// @param waits gets how many seconds to wait
    /// @throws NoToken where the user says no or nothing, or the end point fails
    /// @throws IOException where the file cannot be written
    public static void makeToken(
            Map<String, Object> settings, Path file, Consumer<String> says, LongConsumer waits)
            throws NoToken, IOException {
        Clock clock = Clock.system();
        try (Watchdog watchdog = new Watchdog(clock, Supervisor.alone())) {
            new DeviceLogin(settings, Connector.sockets(watchdog), clock).run(file, says, waits);
        }
    }

    /// Whether a server takes tokens.
    public static boolean takesTokens(List<String> offered) {
        return ClientMechanism.bearer(offered) != null;
    }

    /// The login by a token.
    ///
    /// @param port of the server
    public static Choice bearer(
            List<String> offered, Credentials token, ClientChannel over, int port) {
        ClientMechanism.Bearer taken = ClientMechanism.bearer(offered);
        // A token is said as it is.
        boolean safe = EnumSet.of(SecurityOption.NOANONYMOUS).containsAll(over.required());
        return taken == null || !safe
                ? new Choice.None(new Response.Cannot(NO_MECHANISM, List.of(NO_WORTHY)))
                : new Choice.Taken(
                        new ClientExchange(taken.title(), taken.begin(token, over, port)));
    }

    /// As AUTH names it.
    public String mechanism() {
        return mechanism;
    }

    /// It says a token, which ends by itself.
    public boolean bearer() {
        return ClientMechanism.bearer(List.of(mechanism)) != null;
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
