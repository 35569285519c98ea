package org.postrider.smtpd.input;

import java.util.Locale;
import java.util.Set;
import org.postrider.config.ConfigException;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.maps.NetworkList;
import org.postrider.maps.Tables;
import org.postrider.peer.Client;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.wire.Reply;

/// Lines that end in LF alone (smtpd_forbid_bare_newline). Immutable; any thread.
public final class BareNewline {
    private static final Set<String> POLICIES = Set.of("normalize", "yes", "reject", "note", "no");

    private final String policy;
    private final NetworkList exclusions;
    private final Reply reply;

    public BareNewline(Settings settings, Tables tables) {
        policy = policy(settings);
        exclusions = NetworkList.of(settings, SmtpdParams.BARE_NEWLINE_EXCLUSIONS, tables);
        reply =
                Reply.of(
                        settings.get(SmtpdParams.BARE_NEWLINE_CODE),
                        5,
                        2,
                        settings.get(ConfigParams.MYHOSTNAME) + " Error: bare <LF> received");
    }

    /// @throws ConfigException for a word that is none
    public static String policy(Settings settings) {
        String text = settings.get(SmtpdParams.BARE_NEWLINE);
        String word = text.toLowerCase(Locale.ROOT);
        if (!POLICIES.contains(word)) {
            throw new ConfigException(
                    "bad configuration: " + SmtpdParams.BARE_NEWLINE.name() + " = " + text);
        }
        return word;
    }

    /// True where such a line ends the session.
    public boolean refuses(Client client) {
        return policy.equals("reject") && !excluded(client);
    }

    public Reply reply() {
        return reply;
    }

    /// True where content ends only in `CR LF . CR LF`.
    public boolean strictEnd(Client client) {
        return !policy.equals("no") && !policy.equals("note") && !excluded(client);
    }

    private boolean excluded(Client client) {
        return exclusions.contains(client.name(), client.address());
    }
}
