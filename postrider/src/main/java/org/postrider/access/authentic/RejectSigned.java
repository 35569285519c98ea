package org.postrider.access.authentic;

import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.authentication.Check;
import org.postrider.authentication.Results;
import org.postrider.config.Settings;
import org.postrider.dkim.ArcResult;
import org.postrider.dkim.Verdict;

/// reject_dkim_fail: it is signed, and no signature fits; reject_dkim_none: no signature fits, or
/// there is none; reject_arc_fail: its ARC chain is broken (RFC 7372 3.1, RFC 8617 7.1).
public record RejectSigned(Authentic common) implements Rule {
    private static final int NOT_SIGNED = 20;
    private static final int BROKEN_CHAIN = 29;

    public static RejectSigned dkim(Word word, Means means) {
        return new RejectSigned(Authentic.of(word, Check.DKIM, means));
    }

    public static RejectSigned arc(Word word, Means means) {
        return new RejectSigned(Authentic.of(word, Check.ARC, means));
    }

    public static @Nullable String dkimFault(Word word, Settings settings) {
        return Authentic.fault(word, settings, Check.DKIM, true);
    }

    public static @Nullable String arcFault(Word word, Settings settings) {
        return Authentic.fault(word, settings, Check.ARC, true);
    }

    @Override
    public String name() {
        return common.name();
    }

    @Override
    public Stage about(Stage list) {
        return Stage.END_OF_DATA;
    }

    @Override
    public Ruling ask(Question q) {
        return common.afterContent(
                q, known -> common.check() == Check.ARC ? chain(q, known) : signatures(q, known));
    }

    private Ruling signatures(Question q, Results known) {
        Verdict best = known.signatures();
        if (best == null || best == Verdict.PASS) {
            return Ruling.DUNNO;
        }
        if (best == Verdict.TEMPERROR) {
            return common.later(q, NOT_SIGNED, "a signature");
        }
        // One of a domain that only tests is none (RFC 6376 3.6.1).
        boolean signed =
                known.dkim().stream()
                        .anyMatch(d -> d.result().verdict() != Verdict.NONE && !d.testing());
        return signed || name().equals("reject_dkim_none")
                ? Authentic.refused(q, NOT_SIGNED, "no signature (DKIM) that passes")
                : Ruling.DUNNO;
    }

    private Ruling chain(Question q, Results known) {
        ArcResult arc = known.arc();
        if (arc == null) {
            return Ruling.DUNNO;
        }
        return switch (arc.verdict()) {
            case PASS, NONE -> Ruling.DUNNO;
            case TEMPERROR -> common.later(q, BROKEN_CHAIN, "the ARC chain");
            default -> Authentic.refused(q, BROKEN_CHAIN, "the ARC chain is broken");
        };
    }
}
