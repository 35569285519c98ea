package org.postrider.smtpd;

import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.config.Values;
import org.postrider.maps.TableException;
import org.postrider.peer.Client;
import org.postrider.wire.EhloKeywords;
import org.postrider.wire.Reply;

/// The banner, and what is offered to whom at HELO and EHLO. Session thread only.
final class Greeting {
    private final Session s;
    private final Smtpd d;
    private Set<String> discarded;
    private @Nullable Reply refused;

    /// Why it is not known what this client is to be offered.
    private @Nullable TableException fault;

    Greeting(Session session) {
        this.s = session;
        this.d = session.d;
        this.discarded = d.discarded;
    }

    /// The banner, or why there is none: at connect, and anew for the client that XCLIENT names.
    void greet() throws IOException {
        discarded = discardedFor(s.t.client);
        Reply unwanted = s.judge.refusal(Stage.CLIENT);
        if (unwanted != null) {
            refused = unwanted;
            s.answerReject(Stage.CLIENT, unwanted);
            return;
        }
        Reply unwelcome = s.milters.connected();
        if (unwelcome != null) {
            s.error(unwelcome);
            return;
        }
        if (!s.pipelining.beforeGreeting()) {
            s.send(Reply.plain(220, d.banner));
        }
    }

    /// Instead of a banner this client was refused.
    boolean refused() {
        return refused != null;
    }

    private Set<String> discardedFor(Client client) {
        fault = null;
        if (d.discardMaps == null) {
            return d.discarded;
        }
        try {
            String found = d.discardMaps.lookup(client.ip());
            if (found == null) {
                return d.discarded;
            }
            return EhloKeywords.of(Values.words(found));
        } catch (TableException e) {
            fault = e;
            return d.discarded;
        }
    }

    /// EHLO keywords that this client is not offered, upper case.
    Set<String> discarded() {
        return discarded;
    }

    /// The same for EHLO's reply.
    ///
    /// @throws TableException if it is not known what the client is to be offered
    Set<String> offers() {
        if (fault != null) {
            throw fault;
        }
        return discarded;
    }

    boolean discards(String keyword) {
        return discarded.contains(keyword);
    }
}
