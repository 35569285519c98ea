package org.postrider.access.authentic;

import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.Stage;
import org.postrider.access.Trace;
import org.postrider.access.name.Tempfail;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.authentication.AuthenticationParams;
import org.postrider.authentication.Check;
import org.postrider.authentication.MailAuthentication;
import org.postrider.authentication.Results;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.wire.Reply;

/// What these restrictions have in common.
///
/// @param name of the restriction
/// @param check what it needs
/// @param tempfail what is done where nobody can say now
public record Authentic(String name, Check check, Tempfail tempfail) {
    static Authentic of(Word word, Check check, Means means) {
        return new Authentic(
                word.name(), check, Tempfail.of(means.settings(), AuthenticationParams.TEMPFAIL));
    }

    /// What keeps a restriction from knowing anything where it stands; null for nothing.
    ///
    /// @param content it looks at the content
    public static @Nullable String fault(
            Word word, Settings settings, Check check, boolean content) {
        Set<Check> checks;
        try {
            checks = Check.of(settings);
        } catch (ConfigException e) {
            return e.getMessage();
        }
        if (!checks.contains(check)) {
            return "restriction "
                    + word.name()
                    + ": "
                    + AuthenticationParams.CHECKS.name()
                    + " does not name "
                    + check.word();
        }
        String list = word.parameter();
        boolean early =
                Stream.of(
                                AccessParams.CLIENT_RESTRICTIONS,
                                AccessParams.HELO_RESTRICTIONS,
                                AccessParams.SENDER_RESTRICTIONS,
                                AccessParams.RELAY_RESTRICTIONS,
                                AccessParams.RECIPIENT_RESTRICTIONS,
                                AccessParams.DATA_RESTRICTIONS)
                        .anyMatch(p -> p.name().equals(list));
        if (content && early) {
            return "restriction " + word.name() + ": the content is not there yet in " + list;
        }
        boolean first =
                list.equals(AccessParams.CLIENT_RESTRICTIONS.name())
                        || list.equals(AccessParams.HELO_RESTRICTIONS.name());
        return (first && !settings.get(AccessParams.DELAY_REJECT)
                        || list.equals(AccessParams.ETRN_RESTRICTIONS.name()))
                ? "restriction " + word.name() + ": there is no mail yet in " + list
                : null;
    }

    /// What is known of the mail; null where there is nothing to say: it is not checked, or the
    /// client asks for no mail at all.
    @Nullable MailAuthentication mail(Question q) {
        MailAuthentication mail = q.subject().authentication();
        Trace trace = q.trace();
        if (mail == null && trace != null) {
            // An exempt client, or nobody is asked.
            trace.fact(
                    new Trace.Fact(
                            Trace.Kind.DNS,
                            check.word(),
                            q.subject().sender().text(),
                            "(not checked)"));
        }
        return mail;
    }

    /// There is no mail yet of which anything could be known.
    boolean tooEarly(Question q) {
        return (q.asked() == Stage.CLIENT || q.asked() == Stage.HELO) && !q.subject().inMail();
    }

    /// What a restriction says that looks at the content.
    ///
    /// @param judge what is known after it
    Ruling afterContent(Question q, Function<Results, Ruling> judge) {
        MailAuthentication mail = mail(q);
        if (mail == null && !tooEarly(q)) {
            return Ruling.DUNNO;
        }
        Results known = mail == null ? null : mail.results();
        if (known != null) {
            return judge.apply(known);
        }
        return explained(q) ? Ruling.DUNNO : misplaced(q);
    }

    /// Whoever explains has no content: then it says nothing.
    private boolean explained(Question q) {
        Trace trace = q.trace();
        if (trace == null || q.asked() != Stage.END_OF_DATA) {
            return false;
        }
        String what = "(nothing is known of a content that is not there)";
        trace.fact(new Trace.Fact(Trace.Kind.DNS, check.word(), "content", what));
        return true;
    }

    /// It stands where it cannot know: a class that is used at another command than was meant.
    Ruling misplaced(Question q) {
        q.warn("restriction " + name + ": nothing can be known at " + q.asked().what());
        return new Ruling.Reject(
                Reply.of(451, 3, 5, "Server configuration problem - try again later"));
    }

    /// Nobody can say now.
    ///
    /// @param detail of the status X.7.detail
    Ruling later(Question q, int detail, String what) {
        return tempfail.ruling(
                Reply.of(451, 7, detail, about(q) + what + " cannot be checked now, try again"));
    }

    /// Refused for good.
    static Ruling refused(Question q, int detail, String why) {
        return new Ruling.Reject(Reply.of(550, 7, detail, about(q) + why));
    }

    /// How a reply begins: the list that it stands in is about a command that is long over.
    private static String about(Question q) {
        return q.asked() == Stage.END_OF_DATA
                ? "<" + Stage.END_OF_DATA.of(q.subject()) + ">: Message rejected: "
                : "<" + q.subject().sender().text() + ">: Sender address rejected: ";
    }
}
