package org.postrider.cleanup.milter;

import java.util.function.Consumer;
import org.postrider.maps.Fold;
import org.postrider.queue.Dsn;
import org.postrider.queue.Recipient;
import org.postrider.wire.Xtext;

/// What milters may say of notices (RFC 3461) where they change the sender, or add a recipient, as
/// clients do at MAIL and RCPT. What cannot be used is left out, with a word for the log.
final class DsnArguments {
    private DsnArguments() {}

    /// RET and ENVID, each in the place of what was there before.
    static Dsn ofSender(String arguments, Dsn before, Consumer<String> warnings) {
        Dsn.Return returned = before.returned();
        String id = before.envelopeId();
        for (String word : words(arguments)) {
            String lower = Fold.lower(word);
            String decoded = lower.startsWith("envid=") ? Xtext.decoded(word.substring(6)) : null;
            if (lower.equals("ret=full")) {
                returned = Dsn.Return.FULL;
            } else if (lower.equals("ret=hdrs")) {
                returned = Dsn.Return.HDRS;
            } else if (decoded != null && printable(decoded)) {
                id = decoded;
            } else {
                warnings.accept(
                        "Ignoring bad ESMTP parameter \"" + word + "\" in SMFI_CHGFROM request");
            }
        }
        return new Dsn(returned, id, before.report());
    }

    /// Of one recipient.
    ///
    /// @param dsnNotify as [Recipient] has it
    /// @param original ORCPT, decoded; empty for none
    record OfRecipient(int dsnNotify, String original) {}

    /// NOTIFY and ORCPT.
    ///
    /// @param warnings of this mail
    /// @param others of nobody's
    static OfRecipient ofRecipient(
            String arguments, Consumer<String> warnings, Consumer<String> others) {
        int notify = 0;
        String original = "";
        for (String word : words(arguments)) {
            String lower = Fold.lower(word);
            if (lower.startsWith("notify=")) {
                int flags = notify(word.substring(7), others);
                if (flags == 0) {
                    bad("NOTIFY", word, warnings);
                } else {
                    notify = flags;
                }
            } else if (lower.startsWith("orcpt=")) {
                int semicolon = word.indexOf(';');
                String decoded =
                        semicolon <= 6 ? null : Xtext.decoded(word.substring(semicolon + 1));
                if (decoded == null || decoded.isEmpty()) {
                    bad("ORCPT", word, warnings);
                } else {
                    original = word.substring(6, semicolon + 1) + decoded;
                }
            } else {
                warnings.accept(
                        "ignoring ESMTP argument from Milter or header/body_checks: \""
                                + word
                                + "\"");
            }
        }
        return new OfRecipient(notify, original);
    }

    private static void bad(String name, String word, Consumer<String> warnings) {
        warnings.accept(
                "Bad " + name + " parameter from Milter or header/body_checks: \"" + word + "\"");
    }

    /// The sum of the named flags; 0 for none, or for NEVER with another.
    private static int notify(String list, Consumer<String> warnings) {
        int out = 0;
        for (String word : list.split(",", -1)) {
            int flag =
                    switch (Fold.lower(word)) {
                        case "never" -> Recipient.NEVER;
                        case "success" -> Recipient.SUCCESS;
                        case "failure" -> Recipient.FAILURE;
                        case "delay" -> Recipient.DELAY;
                        default -> 0;
                    };
            if (flag == 0) {
                warnings.accept(
                        "unknown DSN NOTIFY command value \"" + word + "\" in \"" + list + "\"");
                return 0;
            }
            out |= flag;
        }
        return (out & Recipient.NEVER) != 0 && out != Recipient.NEVER ? 0 : out;
    }

    private static String[] words(String arguments) {
        String text = arguments.strip();
        return text.isEmpty() ? new String[0] : text.split("[ \t]+");
    }

    private static boolean printable(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= ' ' && c <= 126);
    }
}
