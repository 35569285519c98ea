package org.postrider.smtpd;

import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Values;
import org.postrider.maps.TableException;
import org.postrider.peer.Client;
import org.postrider.peer.Neutral;
import org.postrider.wire.EhloKeywords;
import org.postrider.wire.Reply;
import org.postrider.wire.Words;

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
        s.t.trace.clear();
        if (!d.delayReject) {
            Verdict v = s.judge.early(d.clientRules, Restrictions.Stage.CLIENT);
            if (v instanceof Verdict.Reject r) {
                refused = r.reply();
                s.answerReject(Restrictions.Stage.CLIENT, r.reply());
                return;
            }
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

    boolean discards(String keyword) {
        return discarded.contains(keyword);
    }

    /// What MAIL may ask for.
    MailParameters.Offer mayAsk() {
        Client client = s.t.client;
        boolean verp = false;
        try {
            verp = d.verpClients.contains(client.name(), client.address());
        } catch (TableException e) {
            s.warn(e);
        }
        boolean secure = s.t.tls != null;
        return new MailParameters.Offer(
                discarded,
                d.smtputf8,
                verp ? d.verpDelimiters : null,
                d.verpFilter,
                d.requireTls ? secure : null);
    }

    /// @throws TableException where it is not known what the client is to be offered
    void hello(String name, boolean esmtp) throws IOException {
        Transaction t = s.t;
        t.helo = Neutral.of(String.join(" ", Words.of(name)));
        if (!d.delayReject) {
            Verdict v = s.judge.early(d.heloRules, Restrictions.Stage.HELO);
            if (v instanceof Verdict.Reject r) {
                s.answerReject(Restrictions.Stage.HELO, r.reply());
                t.helo = "";
                return;
            }
        }
        s.abandon();
        t.esmtp = esmtp;
        t.greeted = true;
        if (!esmtp) {
            s.send(Reply.plain(250, d.hostname));
            return;
        }
        if (fault != null) {
            throw fault;
        }
        String passedOver = EhloKeywords.logged(discarded);
        if (!passedOver.isEmpty()) {
            s.info("discarding EHLO keywords: " + passedOver);
        }
        s.send(new Reply(250, null, new Ehlo(s, d, discarded, t).lines()));
    }
}
