package org.postrider.smtpd.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.SessionMacros;
import org.postrider.config.Expansion;
import org.postrider.config.MacroException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.time.Clock;
import org.postrider.wire.Reply;

/// What a refusal becomes before it is sent: another one (smtpd_reject_filter_maps), or one with
/// more behind it (smtpd_reject_footer, smtpd_reject_footer_maps). The log has it as it was.
/// Immutable; any thread.
public final class RejectTexts {
    private final @Nullable Table filters;
    private final @Nullable Table footers;
    private final String footer;
    private final SessionMacros macros;
    private final String mailName;

    RejectTexts(Settings settings, Tables tables, Clock clock) {
        mailName = settings.get(SmtpdParams.MAIL_NAME);
        filters = chain(settings, SmtpdParams.REJECT_FILTER_MAPS, tables);
        footers = chain(settings, SmtpdParams.REJECT_FOOTER_MAPS, tables);
        footer = settings.get(SmtpdParams.REJECT_FOOTER);
        macros = SessionMacros.of(settings, clock);
    }

    private static @Nullable Table chain(
            Settings settings, Param<List<String>> parameter, Tables tables) {
        List<String> names = settings.get(parameter);
        return names.isEmpty() ? null : tables.chain(parameter.name(), names);
    }

    Reply shaped(Reply reply, Session s) {
        if (filters == null && footers == null && footer.isEmpty()) {
            return reply;
        }
        Reply said = reply;
        String other = found(filters, reply, s);
        if (other != null) {
            Reply parsed = parsed(other);
            if (parsed == null) {
                s.warn("smtpd_reject_filter_maps: bad reject response \"" + other + "\"");
            } else {
                said = parsed;
            }
        }
        String template = found(footers, said, s);
        String more = template == null ? footer : template;
        return more.isEmpty() ? said : with(said, more, s);
    }

    private static @Nullable String found(@Nullable Table table, Reply reply, Session s) {
        if (table == null) {
            return null;
        }
        try {
            return table.lookup(reply.line());
        } catch (TableException e) {
            s.warn(e);
            return null;
        }
    }

    /// `554 5.7.1 text`; null for what is no refusal.
    private static @Nullable Reply parsed(String text) {
        boolean coded =
                text.length() > 3
                        && (text.charAt(0) == '4' || text.charAt(0) == '5')
                        && Character.isDigit(text.charAt(1))
                        && Character.isDigit(text.charAt(2))
                        && text.charAt(3) == ' ';
        if (!coded) {
            return null;
        }
        int code = Integer.parseInt(text.substring(0, 3));
        String rest = text.substring(4);
        Status status = DsnSplit.status(rest);
        if (status == null || status.kind() != code / 100) {
            return Reply.plain(code, rest);
        }
        return Reply.of(code, status, DsnSplit.rest(rest));
    }

    private Reply with(Reply reply, String template, Session s) {
        boolean sameLine = template.startsWith("\\c");
        String text;
        try {
            text = expanded(sameLine ? template.substring(2) : template, s);
        } catch (MacroException e) {
            s.warn("reject footer: " + e.getMessage());
            return reply;
        }
        List<String> lines = new ArrayList<>(reply.lines());
        String[] parts = text.split("\\\\n", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i == 0 && sameLine) {
                lines.set(lines.size() - 1, lines.getLast() + parts[0]);
            } else {
                lines.add(parts[i]);
            }
        }
        return new Reply(reply.code(), reply.status(), lines);
    }

    private String expanded(String template, Session s) {
        return new Expansion(
                        name -> {
                            String value = value(name, s);
                            if (value == null) {
                                s.warn("unknown macro name \"" + name + "\" in expansion request");
                                return "";
                            }
                            // What the client said is not expanded again.
                            return macros.cleaned(value);
                        })
                .expand(template);
    }

    private @Nullable String value(String name, Session s) {
        return switch (name) {
            case "protocol_name" -> s.party().protocol();
            case "mail_name" -> mailName;
            default -> macros.value(name, s.judge.subject());
        };
    }
}
