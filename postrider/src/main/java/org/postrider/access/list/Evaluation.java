package org.postrider.access.list;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessReplies;
import org.postrider.access.Effect;
import org.postrider.access.LogLine;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.access.Trace;
import org.postrider.access.restriction.Faulty;
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
    private final @Nullable Trace trace;
    private List<Effect> effects = List.of();
    private RestrictionList at = NONE;
    private int depth;
    private boolean warnOnly;

    /// The mail is dropped: nothing more is asked about it.
    private boolean discarded;

    private boolean recipientChecked;
    private @Nullable Reply deferIfPermit;
    private @Nullable Reply deferIfReject;

    /// @param trace null if nobody wants the decision explained
    public Evaluation(Parser parser, Stage asked, Subject subject, @Nullable Trace trace) {
        this.parser = parser;
        this.asked = asked;
        this.subject = subject;
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
    public @Nullable Reply deferIfPermit() {
        return deferIfPermit;
    }

    /// @param reply null: what has been put off is forgotten
    public void deferIfPermit(@Nullable Reply reply) {
        deferIfPermit = reply;
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
        return list.isEmpty() ? Ruling.DUNNO : each(list.restrictions());
    }

    /// Asks what a setting adds to the list that was asked before: DEFER_IF_REJECT of that counts.
    public Ruling added(RestrictionList list) {
        at = list;
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
                Ruling ruling = one(restriction);
                if (!warnOnly && restriction.last() && i + 1 < restrictions.size()) {
                    ignored(restrictions.get(i + 1), restriction);
                }
                if (ruling instanceof Ruling.Permit) {
                    return ruling;
                }
                if (ruling instanceof Ruling.Reject(Reply reply)) {
                    if (!warnOnly) {
                        return rejected(reply);
                    }
                    wants(new LogLine.RejectWarning(at.stage(), reply));
                }
                warnOnly = warned;
            }
            return Ruling.DUNNO;
        } finally {
            warnOnly = warned;
        }
    }

    private void ignored(Restriction next, Restriction last) {
        warn("restriction `" + next.name() + "' after `" + last.name() + "' is ignored");
    }

    /// A refusal, for good only if nothing wants it put off instead.
    private Ruling rejected(Reply reply) {
        Reply defer = deferIfReject;
        return new Ruling.Reject(defer != null && reply.code() >= 500 ? defer : reply);
    }

    private Ruling one(Restriction restriction) {
        Ruling ruling =
                switch (restriction) {
                    case Rule rule -> settled(rule);
                    case RestrictionClass c -> nested(parser.restrictions(c));
                    case NotBuilt n -> unable(n.warning());
                    case Faulty f -> unable(f.fault());
                    case WarnIfReject _ -> Ruling.DUNNO;
                };
        if (trace != null && !(restriction instanceof Rule)) {
            traced(restriction, ruling);
        }
        return ruling;
    }

    private Ruling settled(Rule rule) {
        try {
            recipientChecked |= rule.checksRecipient() && !warnOnly;
            Ruling ruling = rule.ask(this);
            Ruling settled = settled(rule, ruling);
            if (trace != null) {
                traced(rule, ruling instanceof Ruling.Ask ? settled : ruling);
            }
            return settled;
        } catch (TableException e) {
            warn(e);
            Reply reply = AccessReplies.lookupFailure(rule.about(at.stage()), subject);
            Ruling ruling = new Ruling.Reject(reply);
            if (trace != null) {
                traced(rule, ruling);
            }
            return ruling;
        }
    }

    private Ruling settled(Rule rule, Ruling ruling) {
        switch (ruling) {
            case Ruling.Permit _ -> parser.permits().rule(rule, this);
            case Ruling.DeferIfPermit(Reply reply) -> {
                if (warnOnly) {
                    return new Ruling.Reject(reply);
                }
                deferIfPermit = deferIfPermit == null ? reply : deferIfPermit;
                return Ruling.DUNNO;
            }
            case Ruling.DeferIfReject(Reply reply) -> {
                deferIfReject = deferIfReject == null ? reply : deferIfReject;
                return Ruling.DUNNO;
            }
            case Ruling.Ask(String restrictions) -> {
                return nested(parser.said(at.parameter(), restrictions));
            }
            case Ruling.Dunno _, Ruling.Reject _ -> {
                // as it is
            }
        }
        return ruling;
    }

    /// The restrictions of a class or of an access table's result.
    private Ruling nested(List<Restriction> restrictions) {
        if (depth > DEEPEST) {
            return new Ruling.Reject(AccessReplies.CONFIGURATION);
        }
        depth++;
        try {
            return each(restrictions);
        } finally {
            depth--;
        }
    }

    private Ruling unable(String why) {
        warn(why);
        return new Ruling.Reject(AccessReplies.CONFIGURATION);
    }

    private void traced(Restriction restriction, Ruling ruling) {
        if (trace != null) {
            trace.step(new Trace.Step(at.parameter(), depth, restriction.text(), ruling.text()));
        }
    }
}
