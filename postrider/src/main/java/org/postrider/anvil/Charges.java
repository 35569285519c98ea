package org.postrider.anvil;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.ConfigException;
import org.postrider.maps.TableException;
import org.postrider.wire.Reply;

/// What one mail has taken of rate limits so far. Room is taken for each recipient, kept when the
/// mail is accepted, and given back by [#close] otherwise. Its session's thread only.
public final class Charges implements AutoCloseable {
    private static final Reply CONFIGURATION = Reply.of(451, 3, 5, "Server configuration error");

    private record Taken(Rates.Key key, Rates.Limit limit) {}

    /// Whom a rule counts here, by what address of the mail.
    private record Counted(RateLimits.Rule rule, String name, Address about) {
        String subject() {
            return "<" + (rule.counted() == Rates.Kind.LOGIN ? name : about.text()) + ">: ";
        }
    }

    private final RateLimits limits;
    private final Rates rates;
    private final Mailing mail;
    private final Map<Taken, Integer> taken = new HashMap<>();
    private final Set<Taken> held = new HashSet<>();

    /// Null before the first recipient.
    private @Nullable Boolean exempt;

    Charges(RateLimits limits, Rates rates, Mailing mail) {
        this.limits = limits;
        this.rates = rates;
        this.mail = mail;
    }

    /// Another recipient of the mail, that all rules let pass.
    ///
    /// @return null if it may have it, with room taken for it; else nothing is taken
    public @Nullable Reply recipient(Address recipient) {
        try {
            Boolean spared = exempt;
            if (spared == null) {
                spared = limits.exempt(mail);
                exempt = spared;
            }
            return spared ? null : charged(recipient);
        } catch (TableException e) {
            e.warnings().forEach(mail::warn);
            return Reply.of(451, 3, 0, "<" + recipient.text() + ">: Temporary lookup failure");
        } catch (ConfigException e) {
            mail.warn(String.valueOf(e.getMessage()));
            return CONFIGURATION;
        }
    }

    private @Nullable Reply charged(Address recipient) {
        List<Taken> fresh = new ArrayList<>();
        boolean done = false;
        try {
            for (RateLimits.Rule rule : limits.rules()) {
                boolean toWhom = rule.counted() == Rates.Kind.RECIPIENT_DOMAIN;
                Address about = toWhom ? recipient : mail.sender();
                String name = limits.name(rule, mail, about);
                if (name == null) {
                    continue;
                }
                Counted counted = new Counted(rule, name, about);
                for (RateGrammar.Window w : limits.windows(rule, name)) {
                    Reply refusal = charged(counted, w, fresh);
                    if (refusal != null) {
                        return refusal;
                    }
                }
            }
            done = true;
            return null;
        } finally {
            if (!done) {
                undo(fresh);
            }
        }
    }

    private @Nullable Reply charged(Counted counted, RateGrammar.Window w, List<Taken> fresh) {
        RateLimits.Rule rule = counted.rule;
        Taken one = new Taken(new Rates.Key(rule.counted(), counted.name), w.limit());
        if (w.unit() == Rates.Unit.MESSAGES && taken.containsKey(one)) {
            return null;
        }
        RateGrammar.Bound refused = w.refused();
        int count = rates.take(one.key, one.limit, 1, refused == null);
        String why = rule.kind() + "rate limit exceeded: " + w.counted(count);
        if (refused != null && count > refused.most()) {
            mail.event(limits.exceeded(rule, counted.name, mail, w, count, refused));
            boolean reject = refused.action() == RateGrammar.Action.REJECT;
            String text = counted.subject() + rule.what() + " rejected: " + why;
            return Reply.of(reject ? 550 : 450, 7, 1, text);
        }
        taken.merge(one, 1, Integer::sum);
        fresh.add(one);
        RateGrammar.Bound beyond = w.held();
        if (beyond != null && count > beyond.most() && held.add(one)) {
            mail.event(limits.exceeded(rule, counted.name, mail, w, count, beyond));
            mail.hold(counted.subject() + rule.what() + " " + why);
        }
        return null;
    }

    private void undo(List<Taken> some) {
        for (Taken each : some) {
            rates.giveBack(each.key, each.limit, 1);
            taken.computeIfPresent(each, (_, n) -> n > 1 ? n - 1 : null);
        }
    }

    /// The mail was accepted: what it took stays taken.
    public void keep() {
        taken.forEach((each, amount) -> rates.keep(each.key, each.limit, amount));
        taken.clear();
    }

    /// Gives back what was not kept.
    @Override
    public void close() {
        taken.forEach((each, amount) -> rates.giveBack(each.key, each.limit, amount));
        taken.clear();
    }
}
