package org.postrider.access.policy;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.PolicyLease;
import org.postrider.access.PolicyServices;
import org.postrider.access.Trace;
import org.postrider.access.restriction.Faulty;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Named;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Restriction;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.access.table.About;
import org.postrider.access.table.AccessResults;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.io.DeadlineException;

/// check_policy_service: a server outside answers with an action of access tables
/// (SMTPD_POLICY_README). Blocks while it is asked.
///
/// @param services null: nobody is to be asked, and it says nothing
/// @param utf8 an answer that is no UTF-8 is none (smtputf8_enable)
public record CheckPolicyService(
        String argument,
        PolicyService service,
        @Nullable PolicyServices services,
        PolicyRequest request,
        AccessResults results,
        boolean utf8)
        implements Rule {
    /// What a trace hears of a server that does not answer.
    private static final String SILENCE = "(no answer)";

    static final String NAME = "check_policy_service";

    /// What is wrong with an argument; null for nothing.
    public static @Nullable String fault(Word word, Settings settings) {
        return PolicyService.fault(word.argument(), settings);
    }

    /// The socket of this host's where one is asked; null for another, and for what is malformed.
    public static @Nullable Path socket(Word word, Settings settings, boolean chrooted) {
        PolicyService one = read(word, settings, chrooted);
        return one == null ? null : one.address().socket();
    }

    /// What is done where it does not answer; null for another restriction, and for what is
    /// malformed.
    public static @Nullable String defaultAction(Word word, Settings settings) {
        PolicyService one = read(word, settings, false);
        return one == null ? null : one.defaultAction();
    }

    private static @Nullable PolicyService read(Word word, Settings settings, boolean chrooted) {
        if (!word.name().equals(NAME)) {
            return null;
        }
        try {
            return PolicyService.of(word.argument(), settings, chrooted);
        } catch (ConfigException e) {
            return null;
        }
    }

    public static Restriction of(Word word, Means means) {
        Settings settings = means.settings();
        try {
            return new CheckPolicyService(
                    word.argument(),
                    PolicyService.of(word.argument(), settings, means.chrooted()),
                    means.policies(),
                    means.shared(PolicyRequest.class, m -> PolicyRequest.of(m.settings())),
                    AccessResults.of(means),
                    "yes".equals(settings.text("smtputf8_enable")));
        } catch (ConfigException e) {
            return new Faulty(word.name(), word.argument(), String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Ruling ask(Question q) {
        if (services == null) {
            told("", "(not asked)", q);
            return Ruling.DUNNO;
        }
        Named named = q.named();
        About about = new About(argument, named.subject(), named.what(), "policy query");
        byte[] octets = request.octets(q, service.context());
        String action = q.trace() == null ? action(services, octets, q) : told(octets, q);
        if (action != null) {
            return results.answered(action, about, q);
        }
        String other =
                q.instead()
                        ? AccessParams.POLICY_DEFAULT_ACTION.defaultText()
                        : service.defaultAction();
        Ruling ruling = results.answered(other, about, q);
        return ruling instanceof Ruling.Ask(String restrictions, Named by, _)
                ? new Ruling.Ask(restrictions, by, true)
                : ruling;
    }

    /// The same, explained: one that was asked already is not asked again.
    private @Nullable String told(byte[] octets, Question q) {
        Trace trace = q.trace();
        String asked = new String(octets, StandardCharsets.ISO_8859_1).strip();
        String known = trace == null ? null : trace.known(Trace.Kind.POLICY, argument, asked);
        String action = known == null && services != null ? action(services, octets, q) : known;
        if (SILENCE.equals(action)) {
            action = null;
        }
        told(asked, action == null ? SILENCE : action, q);
        return action;
    }

    private void told(String asked, String answer, Question q) {
        Trace trace = q.trace();
        if (trace != null) {
            trace.fact(new Trace.Fact(Trace.Kind.POLICY, argument, asked, answer));
        }
    }

    /// Null where there is no answer after all attempts.
    private @Nullable String action(PolicyServices services, byte[] octets, Question q) {
        for (int tried = 1; ; tried++) {
            switch (attempt(services, octets, q)) {
                case PolicyConnection.Answer.Action(String text) -> {
                    return wellFormed(text, q) ? text : null;
                }
                case PolicyConnection.Answer.Failure(String reason, boolean told) -> {
                    boolean last = tried >= service.tries();
                    if (last || told) {
                        q.warn("problem talking to server " + endpoint() + ": " + reason);
                    }
                    if (last) {
                        return null;
                    }
                    LockSupport.parkNanos(service.times().delay() * 1_000_000L);
                }
            }
        }
    }

    private PolicyConnection.Answer attempt(PolicyServices services, byte[] octets, Question q) {
        PolicyLease lease = q.subject().policies();
        PolicyConnection one;
        try {
            one = services.take(service, lease);
        } catch (IOException e) {
            return unreachable(e, q);
        }
        boolean well = false;
        try {
            PolicyConnection.Answer answer = one.ask(octets, q::warn);
            well = answer instanceof PolicyConnection.Answer.Action;
            return answer;
        } finally {
            if (well) {
                services.answered(one, lease);
            } else {
                one.close();
            }
        }
    }

    private PolicyConnection.Answer unreachable(IOException e, Question q) {
        String reason = e.getMessage();
        if (e instanceof UnknownHostException) {
            q.warn("host or service " + endpoint() + " not found: Name or service not known");
            reason = "Cannot assign requested address";
        } else if (e instanceof DeadlineException) {
            reason = "Connection timed out";
        } else if (reason == null) {
            reason = "Input/output error";
        }
        q.warn("connect to " + endpoint() + ": " + reason);
        return new PolicyConnection.Answer.Failure(
                reason, !reason.equals("No such file or directory"));
    }

    private String endpoint() {
        return service.address().endpoint();
    }

    private boolean wellFormed(String action, Question q) {
        if (!utf8) {
            return true;
        }
        try {
            byte[] octets = action.getBytes(StandardCharsets.ISO_8859_1);
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
            return true;
        } catch (CharacterCodingException e) {
            q.warn(
                    "malformed UTF-8 in policy server "
                            + argument
                            + " response: \""
                            + action
                            + "\"");
            return false;
        }
    }
}
