package org.postrider.rewrite;

import java.util.List;
import org.postrider.config.Param;
import org.postrider.config.Settings;

/// The parameters that say where mail goes: those of mail, and in their place those of probes that
/// verify addresses (ADDRESS_VERIFICATION_README). Each of a probe's is what the ordinary one says
/// where it is not set.
record Routes(
        Transports transports,
        Param<String> relayhost,
        Param<List<String>> transportMaps,
        Param<List<String>> relayhostsBySender,
        Param<List<String>> transportsBySender) {
    /// By address class.
    record Transports(
            Param<String> local,
            Param<String> virtual,
            Param<String> relay,
            Param<String> otherwise) {}

    static final Routes OF_MAIL =
            new Routes(
                    new Transports(
                            RewriteParams.LOCAL_TRANSPORT,
                            RewriteParams.VIRTUAL_TRANSPORT,
                            RewriteParams.RELAY_TRANSPORT,
                            RewriteParams.DEFAULT_TRANSPORT),
                    RewriteParams.RELAYHOST,
                    RewriteParams.TRANSPORT_MAPS,
                    RewriteParams.SENDER_DEPENDENT_RELAYHOST_MAPS,
                    RewriteParams.SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS);

    static final Routes OF_PROBES =
            new Routes(
                    new Transports(
                            RewriteParams.VERIFY_LOCAL_TRANSPORT,
                            RewriteParams.VERIFY_VIRTUAL_TRANSPORT,
                            RewriteParams.VERIFY_RELAY_TRANSPORT,
                            RewriteParams.VERIFY_DEFAULT_TRANSPORT),
                    RewriteParams.VERIFY_RELAYHOST,
                    RewriteParams.VERIFY_TRANSPORT_MAPS,
                    RewriteParams.VERIFY_SENDER_DEPENDENT_RELAYHOST_MAPS,
                    RewriteParams.VERIFY_SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS);

    private List<Param<?>> all() {
        return List.of(
                transports.local(),
                transports.virtual(),
                transports.relay(),
                transports.otherwise(),
                relayhost,
                transportMaps,
                relayhostsBySender,
                transportsBySender);
    }

    /// Whether these lead where others do.
    boolean same(Routes others, Settings settings) {
        for (int i = 0; i < all().size(); i++) {
            if (!settings.get(all().get(i)).equals(settings.get(others.all().get(i)))) {
                return false;
            }
        }
        return true;
    }
}
