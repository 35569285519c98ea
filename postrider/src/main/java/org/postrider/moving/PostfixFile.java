package org.postrider.moving;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.disk.Disk;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.NamedAttributes;
import org.postrider.queue.Recipient;

/// Reads one message in Postfix's queue file format. The envelope is `C size, T time, A attributes,
/// L filter, S sender, … , O R (recipients; D where done)`, then `M`, the text in `N` (a line) and
/// `L` (a part of one), then `X`, what was extracted from the header, and `E`. One thread.
final class PostfixFile {
    private static final int WHOLE = 64 << 10;

    /// The flags of `C` that say SMTPUTF8: asked for, header, sender, recipients.
    private static final long UTF8_FLAGS = 15;

    private final Records records;
    private final String id;
    private final Recipient.Writer recipients;
    private final Consumer<String> warnings;
    private final NamedAttributes.Reader attributes = new NamedAttributes.Reader();
    private final BitSet done = new BitSet();
    private final List<Long> offsets = new ArrayList<>();
    private @Nullable String sender;
    private long arrivalMillis = -1;
    private boolean warned;
    private boolean utf8;
    private long contentFrom;

    /// Of the text, as Postfix counts it: with what its records take.
    private long size;

    // ---- of the next recipient
    private @Nullable String original;
    private @Nullable String originalDsn;
    private int notify;

    /// @param id its name: `log_ident` is left out where it says the same
    /// @param recipients takes them in their order
    /// @param warnings told of what is not known and kept as it is
    PostfixFile(Disk.File file, String id, Recipient.Writer recipients, Consumer<String> warnings)
            throws IOException {
        records = new Records(file);
        this.id = id;
        this.recipients = recipients;
        this.warnings = warnings;
        envelope();
        text();
        extracted();
        if (sender == null || arrivalMillis < 0) {
            throw new Records.DamagedException(sender == null ? "no sender" : "no arrival time");
        }
        if (recipients.size() == 0) {
            throw new Records.DamagedException("no recipients");
        }
    }

    private void envelope() throws IOException {
        if (records.next() != 'C') {
            throw new Records.DamagedException("not a queue file");
        }
        sizes(records.text());
        while (records.next() != 'M') {
            one();
        }
        contentFrom = records.end();
    }

    private void sizes(String text) throws IOException {
        String[] fields = text.strip().split(" +");
        long flags = fields.length > 5 ? Records.number(fields[5]) : 0;
        size = Records.number(fields[fields.length > 4 ? 4 : 0]);
        utf8 = (flags & UTF8_FLAGS) != 0;
        if ((flags & ~UTF8_FLAGS) != 0) {
            warnings.accept("send options " + flags + " are not known in part");
        }
    }

    /// The record that was just read.
    private void one() throws IOException {
        int type = records.type();
        switch (type) {
            case 'T' -> arrival(records.text());
            case 'S' -> sender = records.text();
            case 'F' -> attributes.attribute("sender_fullname", records.text());
            case 'L' -> attributes.attribute("content_filter", records.text());
            case '>' -> attributes.attribute("redirect_to", records.text());
            case 'V' -> attributes.attribute("verp_delims", records.text());
            case 'W' -> warned = Records.number(records.text()) == 0;
            case 'A' -> attribute(records.text());
            case 'i' -> attributes.attribute("envelope_id", records.text());
            case '<' -> returned(records.text());
            case 'O' -> original = records.text();
            case 'o' -> originalDsn = records.text();
            case 'n' -> notify = flags(records.text());
            case 'R', 'D', '/' -> recipient(type, records.text());
            // killed; inspection, priority, flags, delay, old addresses of notices, milters, time
            case 'K', 'I', 'P', 'f', 'd', 'r', 'e', 'm', 'c' -> {}
            default -> throw Records.unexpected(type);
        }
    }

    private void arrival(String text) throws IOException {
        String[] parts = text.strip().split(" +");
        long micros = parts.length > 1 ? Records.number(parts[1]) : 0;
        arrivalMillis = Records.number(parts[0]) * 1000 + micros / 1000;
    }

    private void attribute(String text) throws IOException {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        String value = equals < 0 ? "" : text.substring(equals + 1);
        switch (name) {
            case "dsn_orig_rcpt" -> originalDsn = value;
            case "notify_flags" -> notify = flags(value);
            case "ret_flags" -> returned(value);
            case "log_ident" -> {
                if (!value.equals(id)) {
                    attributes.attribute(name, value);
                }
            }
            case "trace_flags" -> {
                if (!value.equals("0")) {
                    attributes.attribute(name, value);
                }
            }
            case "client_address_type" -> attributes.attribute(name, Families.ours(value));
            // the arrival time in seconds once more
            case "create_time" -> {}
            default -> attributes.attribute(name, value);
        }
    }

    private void returned(String value) throws IOException {
        switch ((int) Records.number(value)) {
            case 1 -> attributes.attribute("ret_flags", "FULL");
            case 2 -> attributes.attribute("ret_flags", "HDRS");
            case 0 -> {}
            default -> warnings.accept("ret_flags " + value + " is not known");
        }
    }

    private static int flags(String value) throws IOException {
        long n = Records.number(value);
        if (n < 0 || n > 15) {
            throw new Records.DamagedException("notify_flags " + value);
        }
        return (int) n;
    }

    private void recipient(int type, String text) throws IOException {
        Address address = new Address(text);
        String first = original == null || original.isEmpty() ? text : original;
        Address before = first.equals(text) ? null : new Address(first);
        String asked = originalDsn;
        if (asked != null
                && (asked.isEmpty()
                        || asked.equals("rfc822;" + Quoting.rfc5322(new Address(first))))) {
            asked = null;
        }
        if (type != 'R') {
            done.set(recipients.size());
        }
        offsets.add(records.start());
        recipients.add(new Recipient(address, before, notify, asked));
        original = null;
        originalDsn = null;
        notify = 0;
    }

    private void text() throws IOException {
        for (int type = records.next(); type != 'X'; type = records.next()) {
            if (type != 'N' && type != 'L') {
                throw Records.unexpected(type);
            }
        }
    }

    private void extracted() throws IOException {
        while (records.next() != 'E') {
            one();
        }
    }

    /// What stands before the text.
    Envelope envelope(List<Recipient> all) {
        if (utf8) {
            attributes.attribute("smtputf8", "yes");
        }
        Attributes said = attributes.read();
        return new Envelope(new Address(String.valueOf(sender)), all, arrivalMillis, said);
    }

    BitSet done() {
        return done;
    }

    /// Where the record of each recipient stands.
    List<Long> offsets() {
        return offsets;
    }

    /// The sender was told that it takes longer.
    boolean warned() {
        return warned;
    }

    /// The text. Line ends are CRLF, header and body parted.
    Content content(ContentWriter writer) throws IOException {
        ContentReceiver receiver = new ContentReceiver(writer, false, false, 0);
        byte[] buffer = new byte[WHOLE];
        int filled = 0;
        records.again(contentFrom);
        for (int type = records.next(); type != 'X'; type = records.next()) {
            int length = records.octets();
            if (filled + length + 2 > buffer.length || type == 'L') {
                receiver.lines(buffer, 0, filled);
                filled = 0;
            }
            if (length + 2 > buffer.length) {
                buffer = new byte[length + 2];
            }
            records.read(buffer, filled);
            filled += length;
            if (type == 'N') {
                buffer[filled++] = '\r';
                buffer[filled++] = '\n';
            } else {
                receiver.part(buffer, 0, filled);
                filled = 0;
            }
        }
        receiver.lines(buffer, 0, filled);
        Facts f = receiver.finish();
        return writer.finish(size > 0 ? f.withSize(size) : f);
    }
}
