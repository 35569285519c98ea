package org.postrider.smtp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.config.ConfigException;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.maps.Fold;
import org.postrider.message.DeliveredTo;
import org.postrider.queue.Envelope;
import org.postrider.queue.Recipient;

/// `flags=DORX` of a client's line in master.cf (smtp(8), COMMAND ATTRIBUTE SYNTAX): fields that go
/// before the mail, and what its delivery is taken for. Immutable.
///
/// @param deliveredTo D: `Delivered-To`, and mail that has it for its recipient goes in a circle
/// @param originalTo O: `X-Original-To`
/// @param returnPath R: `Return-Path`
/// @param last X: no other server follows
public record DeliveryFlags(
        boolean deliveredTo, boolean originalTo, boolean returnPath, boolean last) {
    public static final DeliveryFlags NONE = new DeliveryFlags(false, false, false, false);

    private static final String NAME = "flags=";
    private static final Status LOOPS = new Status(5, 4, 6);
    private static final Status MISTAKE = new Status(4, 3, 5);

    /// Of the words after a client's name in master.cf, `-o` and `-v` passed over.
    ///
    /// @throws ConfigException for a word or a flag that is none
    public static DeliveryFlags of(List<String> arguments) {
        DeliveryFlags out = NONE;
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (word.equals("-o")) {
                i++;
            } else if (word.regionMatches(true, 0, NAME, 0, NAME.length())) {
                out = named(word.substring(NAME.length()));
            } else if (!word.startsWith("-")) {
                throw new ConfigException("unknown attribute name: " + word);
            }
        }
        return out;
    }

    private static DeliveryFlags named(String flags) {
        for (int i = 0; i < flags.length(); i++) {
            if ("DORX".indexOf(flags.charAt(i)) < 0) {
                throw new ConfigException(
                        "unknown flags="
                                + flags
                                + " value \""
                                + flags.charAt(i)
                                + "\" in \""
                                + flags
                                + "\"");
            }
        }
        return new DeliveryFlags(
                flags.contains("D"), flags.contains("O"), flags.contains("R"), flags.contains("X"));
    }

    /// A field of the mail names one recipient, so that it can go to one only: what is wrong with a
    /// transport that has more; null for nothing.
    @Nullable String mistake(DeliveryRequest request) {
        return (deliveredTo || originalTo) && request.recipients().size() > 1
                ? "flag `"
                        + (deliveredTo ? 'D' : 'O')
                        + "' requires "
                        + request.transport()
                        + "_destination_recipient_limit = 1"
                : null;
    }

    /// What becomes of each recipient before any server is asked; null where they are.
    @Nullable Outcome before(DeliveryRequest request) {
        if (mistake(request) != null) {
            return new Outcome.Deferred(
                    Outcome.Detail.local(
                            MISTAKE, request.transport(), "mail system configuration error"));
        }
        if (deliveredTo) {
            Envelope envelope = request.message().envelope();
            Address to = envelope.recipients().get(request.recipients().getFirst()).address();
            String shown = Quoting.rfc5322(to);
            byte[] header = request.message().content().header();
            if (DeliveredTo.of(header, Fold::lower).contains(Fold.lower(shown))) {
                return new Outcome.Bounced(
                        Outcome.Detail.local(
                                LOOPS,
                                request.transport(),
                                "mail forwarding loop for " + to.text()));
            }
        }
        return null;
    }

    /// The fields that go before a mail, with their line ends.
    ///
    /// @param to the one whom those name that name one
    public byte[] fields(Envelope envelope, Recipient to) {
        StringBuilder out = new StringBuilder();
        if (returnPath) {
            field(out, "Return-Path: <", envelope.senderFor(to));
            out.insert(out.length() - 2, '>');
        }
        if (originalTo) {
            Address original = to.original();
            field(out, "X-Original-To: ", original == null ? to.address() : original);
        }
        if (deliveredTo) {
            field(out, "Delivered-To: ", to.address());
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void field(StringBuilder out, String begin, Address address) {
        out.append(begin).append(Quoting.visible(Quoting.rfc5322(address))).append("\r\n");
    }
}
