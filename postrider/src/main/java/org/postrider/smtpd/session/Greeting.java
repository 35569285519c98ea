package org.postrider.smtpd.session;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.peer.Client;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.wire.EhloKeywords;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// The banner, and what is offered to whom at HELO and EHLO. Session thread only.
public final class Greeting {
    /// What the settings say.
    ///
    /// @param discarded EHLO keywords, upper case, that nobody is offered
    /// @param maps those for some clients; null for none
    record Terms(Set<String> discarded, @Nullable Table maps, String banner) {
        public static Terms of(Settings settings, Tables tables) {
            List<String> maps = settings.get(SmtpdParams.DISCARD_EHLO_MAPS);
            return new Terms(
                    EhloKeywords.of(settings.get(SmtpdParams.DISCARD_EHLO_KEYWORDS)),
                    maps.isEmpty()
                            ? null
                            : tables.chain(SmtpdParams.DISCARD_EHLO_MAPS.name(), maps),
                    settings.get(SmtpdParams.BANNER));
        }
    }

    private final Session s;
    private final Terms terms;
    private Set<String> discarded;
    private @Nullable Reply refused;

    /// Why it is not known what this client is to be offered.
    private @Nullable TableException fault;

    Greeting(Session session, Terms terms) {
        this.s = session;
        this.terms = terms;
        this.discarded = terms.discarded();
    }

    /// The banner, or why there is none: at connect, and anew for the client that XCLIENT names.
    public void greet() throws IOException {
        discarded = discardedFor(s.peer());
        // Before anything that may keep the client waiting, so that restrictions know of it.
        if (s.pipelining.beforeGreeting()) {
            return;
        }
        Reply unwanted = s.judge.refusal(Stage.CLIENT);
        if (unwanted != null) {
            refused = unwanted;
            s.answerReject(Stage.CLIENT, unwanted);
            return;
        }
        Reply unwelcome = s.milters.connected();
        if (unwelcome != null) {
            s.error(unwelcome, NotifyClass.POLICY);
            return;
        }
        s.send(Reply.plain(220, terms.banner()));
    }

    /// Instead of a banner this client was refused.
    public boolean refused() {
        return refused != null;
    }

    private Set<String> discardedFor(Client client) {
        fault = null;
        if (terms.maps() == null) {
            return terms.discarded();
        }
        try {
            String found = terms.maps().lookup(client.ip());
            if (found == null) {
                return terms.discarded();
            }
            return EhloKeywords.of(Values.words(found));
        } catch (TableException e) {
            fault = e;
            return terms.discarded();
        }
    }

    /// EHLO keywords that this client is not offered, upper case.
    public Set<String> discarded() {
        return discarded;
    }

    /// The same for EHLO's reply.
    ///
    /// @throws TableException if it is not known what the client is to be offered
    public Set<String> offers() {
        if (fault != null) {
            throw fault;
        }
        return discarded;
    }

    public boolean discards(String keyword) {
        return discarded.contains(keyword);
    }
}
