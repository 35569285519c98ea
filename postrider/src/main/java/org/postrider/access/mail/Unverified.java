package org.postrider.access.mail;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.Stage;
import org.postrider.access.Trace;
import org.postrider.access.name.Tempfail;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.address.Address;
import org.postrider.config.Settings;
import org.postrider.maps.Fold;
import org.postrider.time.Clock;
import org.postrider.verify.AddressStatus;
import org.postrider.verify.Verify;
import org.postrider.verify.VerifyParams;
import org.postrider.verify.VerifyService;
import org.postrider.wire.Reply;

/// reject_unverified_sender, reject_unverified_recipient: mail for the address could be delivered
/// (ADDRESS_VERIFICATION_README). The client waits some seconds for what is not known yet.
///
/// @param whose SENDER or RECIPIENT
/// @param verify null where no line of master.cf verifies
public record Unverified(
        String name,
        Stage whose,
        @Nullable VerifyService verify,
        VerifyService.Patience patience,
        Codes codes,
        String service)
        implements Rule {
    private static final int LONGEST = 250;
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    /// @param reject of an address that mail is refused for; a 2xx one lets it pass
    /// @param defer of one of which nobody can say now
    /// @param reason stands for what the next hop said; empty: that is told
    public record Codes(int reject, int defer, String reason, Tempfail tempfail) {}

    public static Unverified sender(Word word, Means means) {
        Settings settings = means.settings();
        return of(
                word,
                Stage.SENDER,
                means,
                new Codes(
                        settings.get(AccessParams.UNVERIFIED_SENDER_REJECT_CODE),
                        settings.get(AccessParams.UNVERIFIED_SENDER_DEFER_CODE),
                        settings.get(AccessParams.UNVERIFIED_SENDER_REASON),
                        Tempfail.of(settings, AccessParams.UNVERIFIED_SENDER_TEMPFAIL)));
    }

    public static Unverified recipient(Word word, Means means) {
        Settings settings = means.settings();
        return of(
                word,
                Stage.RECIPIENT,
                means,
                new Codes(
                        settings.get(AccessParams.UNVERIFIED_RECIPIENT_REJECT_CODE),
                        settings.get(AccessParams.UNVERIFIED_RECIPIENT_DEFER_CODE),
                        settings.get(AccessParams.UNVERIFIED_RECIPIENT_REASON),
                        Tempfail.of(settings, AccessParams.UNVERIFIED_RECIPIENT_TEMPFAIL)));
    }

    private static Unverified of(Word word, Stage whose, Means means, Codes codes) {
        String service = means.settings().get(VerifyParams.SERVICE_NAME);
        return new Unverified(
                word.name(),
                whose,
                means.verifiers().verify(service),
                Verify.patience(means.settings()),
                codes,
                service);
    }

    @Override
    public Stage about(Stage list) {
        return whose;
    }

    @Override
    public Ruling ask(Question q) {
        Address address = whose == Stage.SENDER ? q.subject().sender() : q.subject().recipient();
        if (address == null || address.isNull()) {
            return Ruling.DUNNO;
        }
        VerifyService asked = verify;
        if (asked == null) {
            q.warn(name + ": no service " + service + " with program verify in master.cf");
            return Ruling.MISCONFIGURED;
        }
        VerifyService.Answer answer = asked.ask(address, patience);
        Trace trace = q.trace();
        if (trace != null) {
            String known = answer.until() == 0 ? "" : ", known until " + local(answer.until());
            String said = Fold.lower(answer.status().name()) + known + ": " + answer.text();
            trace.fact(new Trace.Fact(Trace.Kind.VERIFY, service, address.text(), said));
        }
        return ruling(address, answer);
    }

    private Ruling ruling(Address address, VerifyService.Answer answer) {
        if (answer.status() == AddressStatus.DELIVERABLE) {
            return Ruling.DUNNO;
        }
        boolean refused = answer.status() == AddressStatus.UNDELIVERABLE;
        int code = refused ? codes.reject() : codes.defer();
        if (code / 100 < 4) {
            return Ruling.DUNNO;
        }
        String why = codes.reason().isEmpty() ? shortened(answer.text()) : codes.reason();
        String text =
                "<"
                        + address.text()
                        + ">: "
                        + whose.what()
                        + " rejected: "
                        + (code / 100 == 5 ? "undeliverable" : "unverified")
                        + " address: "
                        + why;
        Reply reply = Reply.of(code, 1, whose == Stage.SENDER ? 7 : 1, text);
        return code / 100 == 5 ? new Ruling.Reject(reply) : codes.tempfail().ruling(reply);
    }

    /// @param seconds since 1970
    private static String local(long seconds) {
        return LOCAL.format(Instant.ofEpochSecond(seconds).atZone(Clock.zone()));
    }

    private static String shortened(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    }
}
