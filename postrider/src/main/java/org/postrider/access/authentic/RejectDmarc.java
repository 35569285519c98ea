package org.postrider.access.authentic;

import org.jspecify.annotations.Nullable;
import org.postrider.access.Effect;
import org.postrider.access.LogLine;
import org.postrider.access.Stage;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.authentication.AuthenticationParams;
import org.postrider.authentication.Check;
import org.postrider.authentication.Results;
import org.postrider.config.Settings;
import org.postrider.dmarc.DmarcPolicy;
import org.postrider.dmarc.DmarcResult;
import org.postrider.maps.Fold;

/// reject_dmarc: what the author's domain wants done with mail that is not its own (RFC 9989 5.4),
/// and dmarc_malformed_from_policy with mail of which nobody can say whose it is.
///
/// @param malformed of mail without one author's domain
/// @param quarantine hold, header or reject
public record RejectDmarc(Authentic common, DmarcPolicy malformed, String quarantine)
        implements Rule {
    private static final int POLICY = 1;

    public static RejectDmarc of(Word word, Means means) {
        Settings settings = means.settings();
        DmarcPolicy malformed = DmarcPolicy.of(settings.get(AuthenticationParams.FROM_POLICY));
        return new RejectDmarc(
                Authentic.of(word, Check.DMARC, means),
                // A word that is none is refused where the listener is made.
                malformed == null ? DmarcPolicy.REJECT : malformed,
                settings.get(AuthenticationParams.QUARANTINE));
    }

    public static @Nullable String fault(Word word, Settings settings) {
        String fault = Authentic.fault(word, settings, Check.DMARC, true);
        String filter = settings.text("smtpd_proxy_filter");
        boolean filtered = filter != null && !filter.isBlank();
        return fault != null
                        || !filtered
                        || !Fold.same(settings.get(AuthenticationParams.QUARANTINE), "hold")
                ? fault
                : "restriction "
                        + word.name()
                        + ": mail that passes smtpd_proxy_filter cannot be held: set "
                        + AuthenticationParams.QUARANTINE.name()
                        + " to header or reject";
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
        return common.afterContent(q, known -> ruling(q, known));
    }

    private Ruling ruling(Question q, Results known) {
        DmarcResult dmarc = known.dmarc();
        if (dmarc == null) {
            return Ruling.DUNNO;
        }
        return switch (dmarc.verdict()) {
            case PASS, NONE -> Ruling.DUNNO;
            case TEMPERROR -> common.later(q, POLICY, "DMARC");
            case PERMERROR ->
                    dmarc.author().isEmpty()
                            ? wanted(
                                    q,
                                    malformed,
                                    "nobody can say who the author is: " + dmarc.reason())
                            : Ruling.DUNNO;
            case FAIL ->
                    wanted(
                            q,
                            dmarc.policy(),
                            "not of "
                                    + dmarc.author()
                                    + " by its DMARC policy ("
                                    + dmarc.policy().word()
                                    + ")");
        };
    }

    private Ruling wanted(Question q, DmarcPolicy policy, String why) {
        return switch (policy) {
            case NONE -> Ruling.DUNNO;
            case REJECT -> Authentic.refused(q, POLICY, why);
            case QUARANTINE -> {
                if (q.warnsOnly() || Fold.same(quarantine, "reject")) {
                    yield Authentic.refused(q, POLICY, why);
                }
                if (Fold.same(quarantine, "header")) {
                    q.wants(new Effect.Quarantine());
                } else {
                    q.wants(
                            new LogLine.Held(
                                    "<" + Stage.END_OF_DATA.of(q.subject()) + ">: " + why));
                    q.wants(new Effect.Hold());
                }
                yield Ruling.DUNNO;
            }
        };
    }
}
