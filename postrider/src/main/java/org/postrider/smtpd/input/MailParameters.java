package org.postrider.smtpd.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.Recipient;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.wire.Reply;
import org.postrider.wire.Xtext;

/// The `NAME=VALUE` words behind a path in MAIL and RCPT.
public final class MailParameters {
    /// @param size 0 where not given
    /// @param body 7BIT, 8BITMIME or null
    /// @param auth AUTH= as it came, null where it was not given
    public record Mail(
            long size,
            @Nullable String body,
            @Nullable String ret,
            @Nullable String envid,
            boolean smtputf8,
            @Nullable String auth,
            @Nullable String verp,
            boolean requireTls,
            @Nullable Reply refusal) {
        static Mail refused(Reply reply) {
            return new Mail(0, null, null, null, false, null, null, false, reply);
        }
    }

    /// What a client may ask for.
    ///
    /// @param discarded EHLO keywords, upper case, that are not offered
    /// @param verp XVERP's delimiters where it names none; null where it may not be asked for
    /// @param verpCharacters those that may be delimiters
    /// @param requireTls REQUIRETLS; null where it is not known, false where the session has no TLS
    public record Offer(
            Set<String> discarded,
            boolean smtputf8,
            @Nullable String verp,
            String verpCharacters,
            @Nullable Boolean requireTls) {}

    /// @param unknownNotify a NOTIFY value nobody knows, for the log
    public record Rcpt(
            int dsnNotify,
            @Nullable String orcpt,
            @Nullable Reply refusal,
            @Nullable String unknownNotify) {
        static Rcpt refused(Reply reply) {
            return new Rcpt(0, null, reply, null);
        }
    }

    private MailParameters() {}

    /// The texts of words from the index on.
    public static List<String> texts(List<org.postrider.address.Word> words, int from) {
        List<String> out = new ArrayList<>();
        for (int i = from; i < words.size(); i++) {
            out.add(words.get(i).text());
        }
        return out;
    }

    /// @param nullSender the path is `<>`
    public static Mail mail(List<String> words, boolean nullSender, Offer offer) {
        long size = 0;
        String body = null;
        String ret = null;
        String envid = null;
        boolean utf8 = false;
        String auth = null;
        String verp = null;
        boolean requireTls = false;
        for (String word : words) {
            String upper = word.toUpperCase(Locale.ROOT);
            String value = word.substring(word.indexOf('=') + 1);
            if (upper.equals("BODY=8BITMIME") || upper.equals("BODY=7BIT")) {
                body = upper.substring(5);
            } else if (upper.startsWith("SIZE=")) {
                size = number(value);
                if (size < 0) {
                    return Mail.refused(
                            size == OVERFLOW ? SmtpdReplies.SIZE_OVERFLOW : SmtpdReplies.BAD_SIZE);
                }
            } else if (upper.startsWith("AUTH=")) {
                // RFC 4954 5: on whose behalf; counts where the client has authenticated
                auth = value.isEmpty() || value.equals("<>") ? null : value;
            } else if (upper.equals("SMTPUTF8") && offer.smtputf8()) {
                utf8 = true;
            } else if (upper.equals("REQUIRETLS") && offer.requireTls() != null) {
                if (!offer.requireTls()) {
                    return Mail.refused(SmtpdReplies.STARTTLS_FIRST);
                }
                requireTls = true;
            } else if (upper.equals("XVERP") && offer.verp() != null) {
                verp = offer.verp();
            } else if (upper.startsWith("XVERP=") && offer.verp() != null) {
                if (!delimiters(value, offer.verpCharacters())) {
                    return Mail.refused(SmtpdReplies.verpDelimiters(offer.verpCharacters()));
                }
                verp = value;
            } else if (upper.startsWith("RET=") || upper.startsWith("ENVID=")) {
                if (offer.discarded().contains("DSN")) {
                    return Mail.refused(SmtpdReplies.DSN_DISABLED);
                }
                if (upper.startsWith("RET=")) {
                    if (ret != null || !(upper.equals("RET=FULL") || upper.equals("RET=HDRS"))) {
                        return Mail.refused(SmtpdReplies.BAD_RET);
                    }
                    ret = upper.substring(4);
                } else {
                    String decoded = Xtext.decoded(value);
                    if (envid != null
                            || decoded == null
                            || decoded.isEmpty()
                            || !printable(decoded)) {
                        return Mail.refused(SmtpdReplies.BAD_ENVID);
                    }
                    envid = decoded;
                }
            } else {
                return Mail.refused(SmtpdReplies.unsupported(word));
            }
        }
        if (verp != null && nullSender) {
            return Mail.refused(SmtpdReplies.VERP_SENDER);
        }
        return new Mail(size, body, ret, envid, utf8, auth, verp, requireTls, null);
    }

    private static boolean delimiters(String text, String allowed) {
        return text.length() == 2
                && allowed.indexOf(text.charAt(0)) >= 0
                && allowed.indexOf(text.charAt(1)) >= 0;
    }

    private static final long OVERFLOW = -2;

    /// -1 where it is no decimal number, OVERFLOW where it is too large to hold.
    private static long number(String text) {
        if (text.isEmpty()) {
            return -1;
        }
        long n = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            if (n >= 0) {
                n = n > (Long.MAX_VALUE - (c - '0')) / 10 ? OVERFLOW : n * 10 + (c - '0');
            }
        }
        return n;
    }

    public static Rcpt rcpt(List<String> words, Set<String> discarded) {
        int flags = 0;
        String orcpt = null;
        for (String word : words) {
            String upper = word.toUpperCase(Locale.ROOT);
            boolean isNotify = upper.startsWith("NOTIFY=");
            if (!isNotify && !upper.startsWith("ORCPT=")) {
                return Rcpt.refused(SmtpdReplies.unsupported(word));
            }
            if (discarded.contains("DSN")) {
                return Rcpt.refused(SmtpdReplies.DSN_DISABLED);
            }
            if (isNotify) {
                String unknown = unknown(word.substring(7));
                int more = unknown == null ? flags(upper.substring(7)) : 0;
                if (flags != 0 || more == 0) {
                    return new Rcpt(0, null, SmtpdReplies.BAD_NOTIFY, unknown);
                }
                flags = more;
            } else {
                if (orcpt != null) {
                    return Rcpt.refused(SmtpdReplies.BAD_ORCPT);
                }
                orcpt = word.substring(6);
                int semicolon = orcpt.indexOf(';');
                String decoded =
                        semicolon <= 0 ? null : Xtext.decoded(orcpt.substring(semicolon + 1));
                if (decoded == null) {
                    return Rcpt.refused(SmtpdReplies.BAD_ORCPT);
                }
                orcpt = orcpt.substring(0, semicolon + 1) + decoded;
            }
        }
        return new Rcpt(flags, orcpt, null, null);
    }

    private static @Nullable String unknown(String list) {
        for (String word : list.split(",", -1)) {
            if (!word.isEmpty() && flags(word.toUpperCase(Locale.ROOT)) == 0) {
                return word;
            }
        }
        return null;
    }

    /// The sum of the named flags; 0 for none, or for NEVER with another.
    private static int flags(String list) {
        int out = 0;
        for (String word : list.split(",", -1)) {
            int flag =
                    switch (word) {
                        case "NEVER" -> Recipient.NEVER;
                        case "SUCCESS" -> Recipient.SUCCESS;
                        case "FAILURE" -> Recipient.FAILURE;
                        case "DELAY" -> Recipient.DELAY;
                        default -> 0;
                    };
            out |= flag;
        }
        return (out & Recipient.NEVER) != 0 && out != Recipient.NEVER ? 0 : out;
    }

    private static boolean printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > 126) {
                return false;
            }
        }
        return true;
    }
}
