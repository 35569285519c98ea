package org.postrider.access.listed;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.SessionMacros;
import org.postrider.access.Subject;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.table.ResultText;
import org.postrider.config.Expansion;
import org.postrider.config.MacroException;
import org.postrider.config.Settings;
import org.postrider.dnsbl.DnsList;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.time.Clock;
import org.postrider.wire.Reply;

/// What the listed are told: a template of rbl_reply_maps, or default_rbl_reply. Immutable; any
/// thread.
public final class ListReplies {
    private static final String UNAVAILABLE = "Service unavailable";
    private static final Set<String> OWN =
            Set.of("rbl_code", "rbl_domain", "rbl_reason", "rbl_txt", "rbl_what", "rbl_class");

    private final @Nullable Table templates;
    private final String otherwise;
    private final int code;
    private final SessionMacros macros;

    /// What is wrong with a template, whoever is listed; null for nothing.
    public static @Nullable String fault(String template, Settings settings) {
        String malformed = "bad rbl reply template: " + template;
        Set<String> unknown = new LinkedHashSet<>();
        String text;
        try {
            text =
                    new Expansion(
                                    name -> {
                                        if (OWN.contains(name)) {
                                            return name.equals("rbl_code")
                                                    ? Integer.toString(
                                                            settings.get(
                                                                    AccessParams.MAPS_RBL_CODE))
                                                    : "x";
                                        }
                                        if (!SessionMacros.NAMES.contains(name)) {
                                            unknown.add(name);
                                        }
                                        return "x";
                                    })
                            .expand(template);
        } catch (MacroException e) {
            return malformed + ": " + e.getMessage();
        }
        if (!unknown.isEmpty()) {
            return malformed + ": unknown macro name " + String.join(", ", unknown);
        }
        return refuses(text) ? null : "rbl response code configuration error: " + text;
    }

    static ListReplies of(Means means) {
        return means.shared(ListReplies.class, m -> new ListReplies(m.settings(), m.tables()));
    }

    private ListReplies(Settings settings, Tables tables) {
        List<String> names = settings.get(AccessParams.RBL_REPLY_MAPS);
        templates = names.isEmpty() ? null : tables.chain(names);
        otherwise = settings.get(AccessParams.DEFAULT_RBL_REPLY);
        code = settings.get(AccessParams.MAPS_RBL_CODE);
        macros = SessionMacros.of(settings, Clock.system());
    }

    /// @param reason why it is listed; empty for no reason
    Ruling refusal(DnsList list, Entry entry, String reason, Question q) {
        Attributes all = new Attributes(list, entry, reason, q);
        String text;
        try {
            String template = templates == null ? null : AddressMaps.one(templates, list.text());
            text = template == null ? null : expanded(template, all);
            if (template != null && text == null) {
                bad("bad rbl reply template for domain " + list.text(), template, q);
            }
        } catch (TableException e) {
            q.warn(e);
            return Ruling.MISCONFIGURED;
        }
        if (text == null) {
            text = expanded(otherwise, all);
        }
        if (text == null) {
            // There it ends the process that serves the client.
            bad("bad default rbl reply template", otherwise, q);
            return Ruling.MISCONFIGURED;
        }
        return new Ruling.Reject(reply(text, entry, q));
    }

    private static void bad(String what, String template, Question q) {
        q.warn("rbl_reject_reply: " + what + ": " + template);
    }

    /// Null if the template is malformed or names what is not known.
    private @Nullable String expanded(String template, Attributes all) {
        all.unknown = false;
        try {
            String text = new Expansion(all).expand(template);
            return all.unknown ? null : text;
        } catch (MacroException e) {
            all.q.warn(String.valueOf(e.getMessage()));
            return null;
        }
    }

    /// `554 5.7.1 text`: whatever is no refusal becomes one.
    private static Reply reply(String text, Entry entry, Question q) {
        if (!refuses(text)) {
            q.warn("rbl response code configuration error: " + text);
            return Reply.of(450, 7, 1, UNAVAILABLE);
        }
        int code = Integer.parseInt(text, 0, 3, 10);
        DsnSplit split = DsnSplit.of(new Status(4, 7, 1), text.substring(4));
        Status status = ResultText.fitted(split.status(), entry.what(), q).as(code / 100);
        return Reply.of(code, status, split.text().isEmpty() ? UNAVAILABLE : split.text());
    }

    private static boolean refuses(String text) {
        return text.length() > 3
                && (text.charAt(0) == '4' || text.charAt(0) == '5')
                && digit(text.charAt(1))
                && digit(text.charAt(2))
                && text.charAt(3) == ' ';
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    /// What a template may name. What strangers say of themselves is filtered, and is no template.
    private final class Attributes implements Expansion.Names {
        private final DnsList list;
        private final Entry entry;
        private final String reason;
        private final Question q;

        /// A value has been asked for that nobody knows.
        private boolean unknown;

        Attributes(DnsList list, Entry entry, String reason, Question q) {
            this.list = list;
            this.entry = entry;
            this.reason = reason;
            this.q = q;
        }

        @Override
        public @Nullable String unexpanded(String name) {
            String value = tested(name);
            unknown |= value == null;
            return value == null ? null : macros.cleaned(value);
        }

        @Override
        public @Nullable String tested(String name) {
            String value = value(name);
            if (value == null) {
                q.warn("unknown macro name \"" + name + "\" in expansion request");
            }
            return value;
        }

        private @Nullable String value(String name) {
            Subject s = q.subject();
            return switch (name) {
                case "rbl_code" -> Integer.toString(code);
                case "rbl_domain" -> list.domain();
                case "rbl_reason", "rbl_txt" -> reason;
                case "rbl_what" -> Objects.requireNonNullElse(entry.of(s), "");
                case "rbl_class" -> entry.what();
                default -> macros.value(name, s);
            };
        }
    }
}
