package org.postrider.queue.record;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.postrider.address.Address;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.NamedAttributes;
import org.postrider.queue.Recipient;

/// Envelopes as tagged fields: `tag, length, octets`. A tag that this version does not know is kept
/// with its octets, and written back as it was. What is new about an envelope gets a tag or a name
/// of its own; the fields here do not grow.
public final class EnvelopeCodec {
    private static final int SENDER = 1;
    private static final int ARRIVAL = 2;
    private static final int ATTRIBUTE = 3;
    private static final int RECIPIENT = 4;

    /// All of them, behind the body.
    private static final int FILED = 5;

    private EnvelopeCodec() {}

    public static void write(Envelope e, Octets out) {
        int at = begin(out, SENDER);
        out.string(e.sender().text());
        end(out, at);
        at = begin(out, ARRIVAL);
        out.i64(e.arrivalMillis());
        end(out, at);
        NamedAttributes.each(e.attributes(), (name, value) -> attribute(out, name, value));
        for (Attributes.Unknown u : e.attributes().unknown()) {
            switch (u) {
                case Attributes.Unknown.Named(String name, String value) ->
                        attribute(out, name, value);
                case Attributes.Unknown.Tagged(int tag, String octets) -> {
                    at = begin(out, tag);
                    byte[] all = octets.getBytes(StandardCharsets.ISO_8859_1);
                    out.bytes(all, 0, all.length);
                    end(out, at);
                }
            }
        }
        if (e.recipients() instanceof RecipientBlocks blocks) {
            at = begin(out, FILED);
            blocks.index(out);
            end(out, at);
            return;
        }
        for (Recipient r : e.recipients()) {
            at = begin(out, RECIPIENT);
            recipient(r, out);
            end(out, at);
        }
    }

    static void recipient(Recipient r, Octets out) {
        out.string(r.address().text())
                .string(r.original() == null ? null : r.original().text())
                .u8(r.dsnNotify())
                .string(r.originalDsn());
    }

    private static void attribute(Octets out, String name, String value) {
        int at = begin(out, ATTRIBUTE);
        out.string(name).string(value);
        end(out, at);
    }

    private static int begin(Octets out, int tag) {
        out.u8(tag).i32(0);
        return out.length();
    }

    private static void end(Octets out, int at) {
        out.patch(at - 4, out.length() - at);
    }

    public static Envelope read(OctetReader in) {
        Address sender = Address.NULL;
        long arrival = 0;
        List<Recipient> recipients = new ArrayList<>();
        RecipientBlocks filed = null;
        NamedAttributes.Reader attributes = new NamedAttributes.Reader();
        while (in.left() > 0) {
            int tag = in.u8();
            OctetReader field = in.part(in.i32());
            switch (tag) {
                case SENDER -> sender = new Address(field.string());
                case ARRIVAL -> arrival = field.i64();
                case ATTRIBUTE -> attributes.attribute(field.string(), field.string());
                case FILED -> filed = RecipientBlocks.index(field);
                case RECIPIENT -> recipients.add(recipient(field));
                default ->
                        attributes.field(
                                tag,
                                new String(field.bytes(field.left()), StandardCharsets.ISO_8859_1));
            }
        }
        return new Envelope(sender, filed != null ? filed : recipients, arrival, attributes.read());
    }

    static Recipient recipient(OctetReader in) {
        Address address = new Address(in.string());
        String original = in.stringOrNull();
        return new Recipient(
                address,
                original == null ? null : new Address(original),
                in.u8(),
                in.stringOrNull());
    }
}
