package org.postrider.cleanup.milter;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.milter.Answer;
import org.postrider.milter.ClientFacts;
import org.postrider.milter.Macros;
import org.postrider.milter.MailFilter;
import org.postrider.milter.MilterParams;

/// A mail that no SMTP client brought, shown to milters as if this machine had, and what its macros
/// are. One thread.
public final class LocalMail implements Macros {
    /// Who brings it.
    public static final String NAME = "localhost";

    public static final String ADDRESS = "127.0.0.1";

    private static final ClientFacts CLIENT =
            new ClientFacts(NAME, ADDRESS, ClientFacts.Family.INET, 0);

    private final Terms terms;
    private final String id;
    private final MailFilter filter;
    private @Nullable String sender;
    private @Nullable String recipient;

    /// What the settings say.
    ///
    /// @param hostname myhostname
    /// @param version milter_macro_v
    /// @param daemon milter_macro_daemon_name
    public record Terms(String hostname, String version, String daemon) {
        public static Terms of(Settings settings) {
            return new Terms(
                    settings.get(ConfigParams.MYHOSTNAME),
                    settings.get(MilterParams.MACRO_V),
                    settings.get(MilterParams.MACRO_DAEMON_NAME));
        }
    }

    /// @param filter has heard nothing yet
    public LocalMail(Terms terms, String id, MailFilter filter) {
        this.terms = terms;
        this.id = id;
        this.filter = filter;
        filter.macros(this);
    }

    public MailFilter filter() {
        return filter;
    }

    public Answer connect() {
        return filter.connect(CLIENT);
    }

    public Answer helo() {
        return filter.helo(NAME);
    }

    public Answer mail(Address from) {
        String said = Quoting.rfc5321(from);
        sender = said;
        return filter.mail(List.of(said));
    }

    public Answer rcpt(Address to) {
        String said = Quoting.rfc5321(to);
        recipient = said;
        return filter.rcpt(List.of(said), false);
    }

    @Override
    public @Nullable String value(String name) {
        return switch (name) {
            case "i" -> id;
            case "j" -> terms.hostname();
            case "v" -> terms.version();
            case "_" -> NAME + " [" + ADDRESS + "]";
            case "{daemon_name}" -> terms.daemon();
            case "{daemon_addr}", "{client_addr}" -> ADDRESS;
            case "{client_name}", "{client_ptr}" -> NAME;
            case "{client_port}", "{daemon_port}" -> "0";
            case "{mail_addr}" -> sender;
            case "{rcpt_addr}" -> recipient;
            default -> null;
        };
    }
}
