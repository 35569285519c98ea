package org.postrider.master.makers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.bounce.NotifyClasses;
import org.postrider.bounce.Postmaster;
import org.postrider.config.ConfigException;
import org.postrider.config.Holds;
import org.postrider.config.Settings;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.Made;
import org.postrider.master.Maker;
import org.postrider.master.Service;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.DeliveryFlags;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpAgent;
import org.postrider.smtp.SmtpChecks;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.time.Clock;
import org.postrider.tlsrpt.TlsResults;

/// Makes SMTP and LMTP clients. One that is configured for what is not built holds its mail.
public record SmtpMaker(Protocol protocol) implements Maker {
    @Override
    public Made make(Service service, Generation generation) {
        String held = Holds.of(service.settings(), protocol.delivery(), protocol.tls());
        if (held != null) {
            return new Made.Delivers(new HoldingAgent(held));
        }
        ClientSettings own;
        try {
            own = settings(service);
        } catch (ConfigException e) {
            return new Made.Delivers(new HoldingAgent(String.valueOf(e.getMessage())));
        }
        String hosts = SmtpChecks.lookups(own);
        String fault = hosts != null ? hosts : SmtpChecks.policies(own);
        if (fault != null) {
            return HoldingAgent.of(service, generation, new ConfigException(fault));
        }
        Machine machine = generation.shared().machine();
        SmtpAgent agent =
                new SmtpAgent(
                        own,
                        new SmtpAgent.Others(
                                generation.tables(),
                                generation.rewrite(
                                        String.valueOf(
                                                service.settings().text("rewrite_service_name"))),
                                generation,
                                own.get(SmtpTlsParams.TLSRPT_ENABLE)
                                        ? generation.shared().running().reports().tls()
                                        : TlsResults.NONE,
                                machine.sts(),
                                postmaster(service, generation)),
                        new SmtpAgent.Network(
                                machine.dns(),
                                machine.connector(),
                                machine.hostLookups(),
                                generation.interfaces().own(),
                                service.line().chroot()),
                        new SmtpAgent.Workplace(
                                machine.log(),
                                service.logTag(),
                                machine.threads(),
                                machine.clock()));
        generation.closes(agent);
        return new Made.Delivers(agent);
    }

    /// Null where he does not want to hear of what servers say.
    private static @Nullable Postmaster postmaster(Service service, Generation generation) {
        Settings own = service.settings();
        return NotifyClasses.has(own, "protocol")
                ? new Postmaster(
                        own,
                        generation.cleanup(String.valueOf(own.text("cleanup_service_name"))),
                        generation.shared().machine().clock())
                : null;
    }

    private ClientSettings settings(Service service) {
        DeliveryFlags flags = DeliveryFlags.of(service.line().arguments());
        return new ClientSettings(service.settings(), protocol, flags);
    }

    @Override
    public List<String> problems(Service service) {
        ClientSettings own;
        try {
            own = settings(service);
        } catch (ConfigException e) {
            return List.of(e.getMessage() + ": its mail waits");
        }
        return SmtpChecks.problems(own, Clock.system());
    }
}
