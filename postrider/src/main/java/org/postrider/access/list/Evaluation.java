package org.postrider.access.list;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Cause;
import org.postrider.access.Effect;
import org.postrider.access.LogLine;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.access.Trace;
import org.postrider.access.restriction.Asking;
import org.postrider.access.restriction.Faulty;
import org.postrider.access.restriction.Named;
import org.postrider.access.restriction.NotBuilt;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Restriction;
import org.postrider.access.restriction.RestrictionClass;
import org.postrider.access.restriction.RestrictionList;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.WarnIfReject;
import org.postrider.maps.TableException;
import org.postrider.wire.Reply;

/// One question on its way through lists of restrictions: what they said so far, and what they want
/// to happen. One thread's, and forgotten with its decision.
public final class Evaluation implements Question {
    private static final int DEEPEST = 20;
    private static final RestrictionList NONE = new RestrictionList("", Stage.CLIENT, List.of());

    private final Parser parser;
    private final Stage asked;
    private final Subject subject;
    private final List<Asking> asking;
    private final @Nullable Trace trace;
    private List<Effect> effects = List.of();
    private RestrictionList at = NONE;
    private int depth;
    private boolean warnOnly;
    private boolean instead;

    /// What a table was asked about that named the restrictions asked now; null outside of such.
    private @Nullable Named named;

    /// The mail is dropped: nothing more is asked about it.
    private boolean discarded;

    /// All that may be asked has begun to be.
    private boolean begun;

    private boolean recipientChecked;
    private Effect.@Nullable DeferIfPermit deferIfPermit;
    private @Nullable Reply deferIfReject;

    /// Where the restriction stands that is asked now: a list or a class; empty for a table's
    /// answer.
    private String parameter = "";

    /// The restriction that refused; null as long as none has.
    private @Nullable Cause cause;

    /// @param asking of all lists that may be asked
    /// @param trace null if nobody wants the decision explained
    public Evaluation(
            Parser parser,
            Stage asked,
            Subject subject,
            List<Asking> asking,
            @Nullable Trace trace) {
        this.parser = parser;
        this.asked = asked;
        this.subject = subject;
        this.asking = asking;
        this.trace = trace;
    }

    @Override
    public Stage asked() {
        return asked;
    }

    @Override
    public Stage list() {
        return at.stage();
    }

    @Override
    public Subject subject() {
        return subject;
    }

    @Override
    public @Nullable Trace trace() {
        return trace;
    }

    @Override
    public Named named() {
        Named table = named;
        return table == null ? Named.of(at.stage(), subject) : table;
    }

    @Override
    public boolean instead() {
        return instead;
    }

    @Override
    public boolean warnsOnly() {
        return warnOnly;
    }

    @Override
    public void wants(Effect effect) {
        if (effects.isEmpty()) {
            effects = new ArrayList<>();
        }
        effects.add(effect);
        discarded |= effect instanceof Effect.Discard;
    }

    /// In the order in which they were wanted.
    public List<Effect> effects() {
        return effects;
    }

    /// DEFER_IF_PERMIT of the lists so far; null for none.
    public Effect.@Nullable DeferIfPermit deferIfPermit() {
        return deferIfPermit;
    }

    /// @param earlier null: what has been put off is forgotten
    public void deferIfPermit(Effect.@Nullable DeferIfPermit earlier) {
        deferIfPermit = earlier;
    }

    /// A refusal that no restriction of the list asked last is behind.
    public Ruling reject(Ruling.Reject with, Cause by) {
        cause = by;
        return with;
    }

    /// The restriction that refused; null if none has.
    public @Nullable Cause cause() {
        return cause;
    }

    /// Some restriction has asked whether the recipient exists, and not only to warn of it.
    public boolean recipientChecked() {
        return recipientChecked;
    }

    /// Asks a list. DEFER_IF_REJECT counts within it, DEFER_IF_PERMIT beyond it.
    ///
    /// @return [Ruling.Permit], [Ruling.Dunno] or [Ruling.Reject]
    public Ruling list(RestrictionList list) {
        deferIfReject = null;
        at = list;
        parameter = list.parameter();
        return list.isEmpty() ? Ruling.DUNNO : each(list.restrictions());
    }

    /// Asks what a setting adds to the list that was asked before: DEFER_IF_REJECT of that counts.
    public Ruling added(RestrictionList list) {
        at = list;
        parameter = list.parameter();
        return each(list.restrictions());
    }

    private Ruling each(List<Restriction> restrictions) {
        boolean warned = warnOnly;
        try {
            for (int i = 0; i < restrictions.size() && !discarded; i++) {
                Restriction restriction = restrictions.get(i);
                if (restriction instanceof WarnIfReject) {
                    warnOnly = true;
                    continue;
                }
                if (restriction instanceof Asking) {
                    begin(restrictions.subList(i, restrictions.size()));
                }
                Ruling ruling = one(restriction);
                if (!warnOnly && restriction.last() && i + 1 < restrictions.size()) {
                    ignored(restrictions.get(i + 1), restriction);
                }
                if (ruling instanceof Ruling.Permit) {
                    return ruling;
                }
                if (ruling instanceof Ruling.Reject reject) {
                    Cause by = cause(restriction);
                    if (!warnOnly) {
                        cause = by;
                        return rejected(reject);
                    }
                    cause = null;
                    wants(new LogLine.RejectWarning(at.stage(), reject.reply(), by));
                }
                warnOnly = warned;
            }
            return Ruling.DUNNO;
        } finally {
            warnOnly = warned;
        }
    }

    /// That of the class or table answer that it stands for, if that has refused.
    private Cause cause(Restriction restriction) {
        Cause inner = cause;
        return inner == null
                ? new Cause(parameter, restriction.text(), "")
                : inner.saidBy(parameter, restriction.text());
    }

    /// Begins to ask whom all lists may ask, and those of a list that a table named.
    private void begin(List<Restriction> here) {
        if (!begun) {
            begun = true;
            asking.forEach(each -> each.begin(subject));
        }
        if (depth > 0) {
            here.forEach(each -> {
                if (each instanceof Asking a) {
                    a.begin(subject);
                }
            });
        }
    }

    private void ignored(Restriction next, Restriction last) {
        warn("restriction `" + next.name() + "' after `" + last.name() + "' is ignored");
    }

    /// A refusal, for good only if nothing wants it put off instead.
    private Ruling rejected(Ruling.Reject reject) {
        Reply defer = deferIfReject;
        return defer != null && reject.reply().code() >= 500 ? new Ruling.Reject(defer) : reject;
    }

    private Ruling one(Restriction restriction) {
        if (trace != null) {
            trace.asked(
                    new Trace.Asked(
                            at.parameter(), parameter, depth, restriction.text(), warnOnly));
        }
        Ruling ruling =
                switch (restriction) {
                    case Rule rule -> settled(rule);
                    case RestrictionClass c -> nested(c.name(), parser.restrictions(c));
                    case NotBuilt n -> unable(n.warning());
                    case Faulty f -> unable(f.fault());
                    case WarnIfReject _ -> Ruling.DUNNO;
                };
        if (trace != null && !(restriction instanceof Rule)) {
            trace.answered(ruling.text());
        }
        return ruling;
    }

    private Ruling settled(Rule rule) {
        try {
            recipientChecked |= rule.checksRecipient() && !warnOnly;
            Ruling ruling = rule.ask(this);
            Ruling settled = allowed(rule, settled(rule, ruling));
            if (trace != null) {
                trace.answered((ruling instanceof Ruling.Ask ? settled : ruling).text());
            }
            return settled;
        } catch (TableException e) {
            warn(e);
            Ruling ruling = Ruling.failed(e, rule.about(at.stage()), subject);
            if (trace != null) {
                trace.answered(ruling.text());
            }
            return ruling;
        }
    }

    /// A permission that may not be given is the administrator's mistake.
    private Ruling allowed(Rule rule, Ruling ruling) {
        String whom = ruling instanceof Ruling.Permit ? rule.neverPermits(subject) : null;
        if (whom == null) {
            return ruling;
        }
        warn("restriction " + rule.name() + " returns OK for " + whom);
        warn("this is not allowed for security reasons");
        warn("use DUNNO instead of OK if you want to make an exception");
        return Ruling.MISCONFIGURED;
    }

    private Ruling settled(Rule rule, Ruling ruling) {
        switch (ruling) {
            case Ruling.Permit _ -> parser.permits().rule(rule, this);
            case Ruling.DeferIfPermit(Reply reply) -> {
                if (warnOnly) {
                    return new Ruling.Reject(reply);
                }
                if (deferIfPermit == null) {
                    Cause by = new Cause(parameter, rule.text(), "");
                    deferIfPermit = new Effect.DeferIfPermit(reply, by);
                }
                return Ruling.DUNNO;
            }
            case Ruling.DeferIfReject(Reply reply) -> {
                deferIfReject = deferIfReject == null ? reply : deferIfReject;
                return Ruling.DUNNO;
            }
            case Ruling.Ask(String restrictions, Named about, boolean stand) -> {
                Named outer = named;
                boolean before = instead;
                named = about;
                instead |= stand;
                try {
                    return said(rule, parser.said(at.parameter(), restrictions));
                } finally {
                    named = outer;
                    instead = before;
                }
            }
            case Ruling.Dunno _, Ruling.Reject _ -> {
                // as it is
            }
        }
        return ruling;
    }

    /// The restrictions that a table named.
    private Ruling said(Rule rule, List<Restriction> restrictions) {
        Ruling ruling = nested("", restrictions);
        Effect.DeferIfPermit late = deferIfPermit;
        if (late != null && late.cause().parameter().isEmpty()) {
            Cause by = late.cause().saidBy(parameter, rule.text());
            deferIfPermit = new Effect.DeferIfPermit(late.reply(), by);
        }
        return ruling;
    }

    /// @param within the class that they stand in; empty for a table's answer
    private Ruling nested(String within, List<Restriction> restrictions) {
        if (depth > DEEPEST) {
            return Ruling.MISCONFIGURED;
        }
        String outer = parameter;
        depth++;
        parameter = within;
        try {
            return each(restrictions);
        } finally {
            depth--;
            parameter = outer;
        }
    }

    private Ruling unable(String why) {
        warn(why);
        return Ruling.MISCONFIGURED;
    }
}
