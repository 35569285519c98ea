package org.postrider.access;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.time.Clock;

/// What the templates of replies may name of a session (default_rbl_reply, smtpd_reject_footer),
/// and what of it may stand in a reply (smtpd_expansion_filter). Immutable; any thread.
public final class SessionMacros {
    private static final DateTimeFormatter LOCAL_TIME =
            DateTimeFormatter.ofPattern("MMM dd HH:mm:ss", Locale.ENGLISH);

    /// All that [#value] knows.
    public static final Set<String> NAMES =
            Set.of(
                    "client",
                    "client_address",
                    "client_name",
                    "client_port",
                    "reverse_client_name",
                    "helo_name",
                    "sender",
                    "sender_name",
                    "sender_domain",
                    "recipient",
                    "recipient_name",
                    "recipient_domain",
                    "server_name",
                    "localtime");

    private final String allowed;
    private final String hostname;
    private final Clock clock;

    private SessionMacros(String allowed, String hostname, Clock clock) {
        this.allowed = allowed;
        this.hostname = hostname;
        this.clock = clock;
    }

    public static SessionMacros of(Settings settings, Clock clock) {
        return new SessionMacros(
                unescaped(settings.get(AccessParams.EXPANSION_FILTER)),
                settings.get(ConfigParams.MYHOSTNAME),
                clock);
    }

    /// Null for a name that nobody knows.
    public @Nullable String value(String name, Subject s) {
        Address sender = s.inMail() ? s.sender() : null;
        return switch (name) {
            case "client" -> s.client().nameAndAddress();
            case "client_address" -> s.client().ip();
            case "client_name" -> s.client().name();
            case "client_port" -> Integer.toString(s.client().port());
            case "reverse_client_name" -> s.client().reverseName();
            case "helo_name" -> s.helo();
            case "sender" -> whole(sender);
            case "sender_name" -> local(sender);
            case "sender_domain" -> domain(sender);
            case "recipient" -> whole(s.recipient());
            case "recipient_name" -> local(s.recipient());
            case "recipient_domain" -> domain(s.recipient());
            case "server_name" -> hostname;
            case "localtime" ->
                    LOCAL_TIME.format(
                            Instant.ofEpochMilli(clock.wallMillis()).atZone(Clock.zone()));
            default -> null;
        };
    }

    private static String whole(@Nullable Address address) {
        return address == null ? "" : address.isNull() ? "<>" : address.text();
    }

    private static String local(@Nullable Address address) {
        String text = whole(address);
        int at = text.lastIndexOf('@');
        return at < 0 ? text : text.substring(0, at);
    }

    private static String domain(@Nullable Address address) {
        String text = whole(address);
        int at = text.lastIndexOf('@');
        return at < 0 ? "" : text.substring(at + 1);
    }

    /// With `_` for what may not stand in a reply, and as no template.
    public String cleaned(String value) {
        StringBuilder out = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            char shown = allowed.indexOf(c) < 0 ? '_' : c;
            out.append(shown == '$' ? "$$" : String.valueOf(shown));
        }
        return out.toString();
    }

    /// `\t`, `\40` and `\\` become what they stand for.
    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                out.append(c);
                continue;
            }
            char next = text.charAt(++i);
            int value = 0;
            int digits = 0;
            while (digits < 3
                    && i + digits < text.length()
                    && text.charAt(i + digits) >= '0'
                    && text.charAt(i + digits) <= '7') {
                value = value * 8 + text.charAt(i + digits++) - '0';
            }
            if (digits > 0) {
                i += digits - 1;
                out.append((char) value);
            } else {
                out.append(next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next);
            }
        }
        return out.toString();
    }
}
