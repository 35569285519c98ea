package org.postrider.moving;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.disk.Reading;
import org.postrider.dsn.Status;
import org.postrider.queue.Mark;
import org.postrider.queue.Recipient;

/// The files in which Postfix keeps why recipients wait (`defer`) or were given up (`bounce`): for
/// each a line to be read (`<recipient>: reason`, all that there was in old ones), then
/// `name=value` lines, then an empty one. One thread.
final class ReasonLog {
    private static final long MOST = 256L << 20;
    private static final String NOBODY = "somebody whom it does not name";

    private ReasonLog() {}

    /// Reads who is named and why.
    ///
    /// @param offsets where each recipient's record stands in the queue file: this is how Postfix
    ///   tells them apart
    /// @param strangers gets who a record is about that fits no recipient
    /// @return by recipient; of several about one the last
    static Map<Integer, Mark.Reason> read(
            Path file, List<Recipient> recipients, List<Long> offsets, Consumer<String> strangers)
            throws IOException {
        Map<Long, Integer> places = new HashMap<>();
        for (int i = 0; i < offsets.size(); i++) {
            places.put(offsets.get(i), i);
        }
        Map<Integer, Mark.Reason> out = new HashMap<>();
        Map<String, String> fields = new HashMap<>();
        Reading.each(
                file,
                MOST,
                line -> {
                    int equals = line.indexOf('=');
                    int colon = line.indexOf(">: ");
                    if (line.isEmpty()) {
                        add(fields, recipients, places, out, strangers);
                        fields.clear();
                    } else if (line.startsWith("<")) {
                        fields.put("", line);
                        if (colon > 0) {
                            fields.putIfAbsent("recipient", line.substring(1, colon));
                            fields.putIfAbsent("reason", line.substring(colon + 3));
                        }
                    } else {
                        fields.put(
                                line.substring(0, Math.max(0, equals)), line.substring(equals + 1));
                    }
                    return true;
                });
        add(fields, recipients, places, out, strangers);
        return out;
    }

    private static void add(
            Map<String, String> fields,
            List<Recipient> recipients,
            Map<Long, Integer> places,
            Map<Integer, Mark.Reason> out,
            Consumer<String> strangers) {
        if (fields.isEmpty()) {
            return;
        }
        String address = fields.get("recipient");
        Integer at = address == null ? null : place(address, fields, recipients, places);
        if (at == null) {
            strangers.accept(address == null ? NOBODY : address);
            return;
        }
        String diagnostic = fields.get("diag_text");
        out.put(
                at,
                new Mark.Reason(
                        at,
                        status(fields.getOrDefault("status", "")),
                        fields.getOrDefault("reason", ""),
                        "none",
                        "dns".equals(fields.get("mta_type")) ? fields.get("mta_mname") : null,
                        diagnostic == null || diagnostic.isEmpty() ? null : diagnostic,
                        fields.getOrDefault("action", "delayed")));
    }

    private static @Nullable Integer place(
            String address,
            Map<String, String> fields,
            List<Recipient> recipients,
            Map<Long, Integer> places) {
        try {
            Integer at = places.get(Long.parseLong(fields.getOrDefault("offset", "0")));
            if (at != null) {
                // Of a message that is redirected the address is another one.
                return at;
            }
        } catch (NumberFormatException e) {
            // told by its address then
        }
        for (int i = 0; i < recipients.size(); i++) {
            Address one = recipients.get(i).address();
            if (one.text().equals(address) || Quoting.rfc5322(one).equals(address)) {
                return i;
            }
        }
        return null;
    }

    private static Status status(String text) {
        String[] parts = text.split("\\.");
        try {
            if (parts.length == 3) {
                return new Status(
                        Integer.parseInt(parts[0]),
                        Integer.parseInt(parts[1]),
                        Integer.parseInt(parts[2]));
            }
        } catch (IllegalArgumentException e) {
            // no status
        }
        return new Status(4, 0, 0);
    }

    /// The same as Postfix's bounce(8) writes it.
    ///
    /// @param reasons those that there are
    /// @param offsets of the records in the queue file
    static String text(List<Recipient> recipients, List<Mark.Reason> reasons, long[] offsets) {
        StringBuilder out = new StringBuilder();
        for (Mark.Reason r : reasons) {
            Recipient to = recipients.get(r.recipient());
            String address = Quoting.rfc5322(to.address());
            out.append("\n<").append(address).append(">: ");
            out.append(line(r.text())).append('\n');
            field(out, "recipient", address);
            Address original = to.original();
            field(out, "original_recipient", original == null ? null : Quoting.rfc5322(original));
            field(out, "offset", Long.toString(offsets[r.recipient()]));
            field(out, "dsn_orig_rcpt", PostfixWriter.originalDsn(to));
            field(out, "notify_flags", to.dsnNotify() == 0 ? null : "" + to.dsnNotify());
            field(out, "status", r.status().toString());
            field(out, "action", r.action());
            field(out, "diag_type", r.diagnostic() == null ? null : "smtp");
            field(out, "diag_text", r.diagnostic());
            field(out, "mta_type", r.remoteMta() == null ? null : "dns");
            field(out, "mta_mname", r.remoteMta());
            field(out, "reason", r.text());
            out.append('\n');
        }
        return out.toString();
    }

    private static void field(StringBuilder out, String name, @Nullable String value) {
        if (value != null) {
            out.append(name).append('=').append(line(value)).append('\n');
        }
    }

    private static String line(String text) {
        return text.replace('\n', ' ').replace('\r', ' ');
    }

    /// Those of a message's recipients that wait with a reason.
    static List<Mark.Reason> of(org.postrider.queue.QueuedMessage message, int recipients) {
        List<Mark.Reason> out = new ArrayList<>();
        for (int i = 0; i < recipients; i++) {
            Mark.Reason r = message.done(i) ? null : message.reason(i);
            if (r != null) {
                out.add(r);
            }
        }
        return out;
    }
}
