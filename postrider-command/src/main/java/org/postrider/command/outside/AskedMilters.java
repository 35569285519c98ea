package org.postrider.command.outside;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.cleanup.CleanupParams;
import org.postrider.command.heard.Where;
import org.postrider.config.ConfigException;
import org.postrider.config.ConfigParams;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.maps.Network;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.milter.Answer;
import org.postrider.milter.ClientFacts;
import org.postrider.milter.Macros;
import org.postrider.milter.MailFilter;
import org.postrider.milter.MilterParams;
import org.postrider.milter.MilterSockets;
import org.postrider.milter.Milters;
import org.postrider.peer.Client;

/// The milters of a listener, asked for real what they make of the client, its greeting, the sender
/// and a recipient, each by itself; the content they are not shown, and the mail is aborted.
public final class AskedMilters {
    private static final List<String> STAGES = List.of("connect", "helo", "mail", "rcpt");

    /// Who would send what.
    ///
    /// @param login empty for nobody
    /// @param sender as MAIL has it, with `<` and `>`
    /// @param recipient as RCPT has it
    public record Mail(Client client, String helo, String login, String sender, String recipient) {}

    private final ServiceSettings settings;
    private final Tables tables;
    private final MilterSockets sockets;
    private final Mail mail;
    private final List<String> lines = new ArrayList<>();
    private @Nullable String refusal;
    private String at = "";
    private int refusedAt = STAGES.size();

    private AskedMilters(
            ServiceSettings settings, Tables tables, MilterSockets sockets, Mail mail) {
        this.settings = settings;
        this.tables = tables;
        this.sockets = sockets;
        this.mail = mail;
    }

    /// @param ask false: they are named, and not asked
    /// @return null where none are configured
    public static @Nullable Section of(
            ServiceSettings settings,
            Tables tables,
            MilterSockets sockets,
            Mail mail,
            boolean ask) {
        return new AskedMilters(settings, tables, sockets, mail).section(ask);
    }

    private @Nullable Section section(boolean ask) {
        if (settings.get(CleanupParams.RECEIVE_OVERRIDE_OPTIONS).contains("no_milters")) {
            return null;
        }
        List<String> maps = settings.get(MilterParams.SMTPD_MILTER_MAPS);
        String parameter = MilterParams.SMTPD_MILTERS.name();
        List<String> words = settings.get(MilterParams.SMTPD_MILTERS);
        try {
            String found =
                    maps.isEmpty()
                            ? null
                            : tables.chain(MilterParams.SMTPD_MILTER_MAPS.name(), maps)
                                    .lookup(mail.client().ip());
            if (found != null) {
                parameter = MilterParams.SMTPD_MILTER_MAPS.name();
                words = Values.words(found);
            }
        } catch (TableException e) {
            parameter = MilterParams.SMTPD_MILTER_MAPS.name();
            lines.add("cannot answer: " + e.getMessage() + ": the client is told to come again");
            words = List.of();
        }
        boolean disabled = words.size() == 1 && words.getFirst().equalsIgnoreCase("DISABLE");
        if (disabled || words.isEmpty() && lines.isEmpty()) {
            return null;
        }
        for (String word : words) {
            if (ask) {
                asked(word);
            } else {
                lines.add(word + ": not asked");
            }
        }
        String set = parameter + " (" + new Where(settings).of(parameter) + ")";
        return new Section("milters", set, lines, refusal, at);
    }

    /// One milter: those behind one that refuses do not hear of that.
    private void asked(String word) {
        List<String> warnings = new ArrayList<>();
        try (MailFilter filter =
                Milters.of(settings, sockets, List.of(word)).open(macros(), warnings::add)) {
            List<Supplier<Answer>> events =
                    List.of(
                            () -> filter.connect(facts()),
                            () -> filter.helo(mail.helo()),
                            () -> filter.mail(List.of(mail.sender())),
                            () -> filter.rcpt(List.of(mail.recipient()), false));
            for (int i = 0; i < Math.min(events.size(), refusedAt); i++) {
                Answer answer = events.get(i).get();
                warnings.forEach(each -> lines.add("  warning: " + each));
                warnings.clear();
                lines.add(word + " at " + STAGES.get(i) + " -> " + shown(answer));
                if (!(answer instanceof Answer.GoOn)) {
                    settled(answer, i);
                    break;
                }
            }
            filter.abort();
        } catch (ConfigException e) {
            lines.add(word + " cannot be asked: " + e.getMessage());
        } catch (Exception e) {
            throw new IllegalStateException(word, e);
        }
    }

    private void settled(Answer answer, int stage) {
        String said =
                switch (answer) {
                    case Answer.Refused(var reply) -> reply.line();
                    case Answer.Shutdown _ ->
                            "421 "
                                    + settings.get(ConfigParams.MYHOSTNAME)
                                    + " Service unavailable - try again later";
                    case Answer.GoOn _, Answer.Hold _, Answer.Discard _ -> null;
                };
        if (said != null && stage < refusedAt) {
            refusedAt = stage;
            refusal = said;
            at = STAGES.get(stage);
        }
    }

    private static String shown(Answer answer) {
        return switch (answer) {
            case Answer.GoOn _ -> "continue";
            case Answer.Refused(var reply) -> reply.line();
            case Answer.Hold _ -> "quarantine: the mail is held";
            case Answer.Discard _ -> "the mail is accepted and dropped";
            case Answer.Shutdown _ -> "the session ends with 421";
        };
    }

    private ClientFacts facts() {
        Client peer = mail.client();
        boolean old = peer.address().getAddress().length == 4;
        return new ClientFacts(
                peer.name().equals("unknown") ? "[" + peer.ip() + "]" : peer.name(),
                Network.text(peer.address()),
                old ? ClientFacts.Family.INET : ClientFacts.Family.INET6,
                peer.port());
    }

    /// What can be known without a session.
    private Macros macros() {
        Client peer = mail.client();
        String ip = Network.text(peer.address());
        Map<String, String> values =
                Map.of(
                        "j", settings.get(ConfigParams.MYHOSTNAME),
                        "v", settings.get(MilterParams.MACRO_V),
                        "{daemon_name}", settings.get(MilterParams.MACRO_DAEMON_NAME),
                        "_", peer.reverseName() + " [" + peer.ip() + "]",
                        "{client_addr}", ip,
                        "{client_name}", peer.name(),
                        "{client_ptr}", peer.reverseName(),
                        "{auth_authen}", mail.login(),
                        "{mail_addr}", bare(mail.sender()),
                        "{rcpt_addr}", bare(mail.recipient()));
        return name -> {
            String value = values.get(name);
            return value == null || value.isEmpty() ? null : value;
        };
    }

    private static String bare(String path) {
        return path.substring(1, path.length() - 1);
    }
}
