package org.postrider.queue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.address.Address;

/// Envelopes as tagged fields: `tag, length, octets`. A tag that this version does not know is kept
/// as an attribute named `?tag` with its octets, and written back as it was.
final class EnvelopeCodec {
    private static final int SENDER = 1;
    private static final int ARRIVAL = 2;
    private static final int ATTRIBUTE = 3;
    private static final int RECIPIENT = 4;
    private static final String UNKNOWN = "?";

    private EnvelopeCodec() {}

    static void write(Envelope e, Octets out) {
        int at = begin(out, SENDER);
        out.string(e.sender().text());
        end(out, at);
        at = begin(out, ARRIVAL);
        out.i64(e.arrivalMillis());
        end(out, at);
        for (Map.Entry<String, String> a : e.attributes().entrySet()) {
            attribute(out, a.getKey(), a.getValue());
        }
        for (Recipient r : e.recipients()) {
            at = begin(out, RECIPIENT);
            out.string(r.address().text())
                    .string(r.original() == null ? null : r.original().text())
                    .u8(r.dsnNotify())
                    .string(r.originalDsn());
            end(out, at);
        }
    }

    private static void attribute(Octets out, String name, String value) {
        boolean unknown = name.startsWith(UNKNOWN);
        int at = begin(out, unknown ? Integer.parseInt(name, 1, name.length(), 10) : ATTRIBUTE);
        if (unknown) {
            byte[] octets = value.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            out.bytes(octets, 0, octets.length);
        } else {
            out.string(name).string(value);
        }
        end(out, at);
    }

    private static int begin(Octets out, int tag) {
        out.u8(tag).i32(0);
        return out.length();
    }

    private static void end(Octets out, int at) {
        out.patch(at - 4, out.length() - at);
    }

    static Envelope read(OctetReader in) {
        Address sender = Address.NULL;
        long arrival = 0;
        List<Recipient> recipients = new ArrayList<>();
        Map<String, String> attributes = new LinkedHashMap<>();
        while (in.left() > 0) {
            int tag = in.u8();
            OctetReader field = in.part(in.i32());
            switch (tag) {
                case SENDER -> sender = new Address(field.string());
                case ARRIVAL -> arrival = field.i64();
                case ATTRIBUTE -> attributes.put(field.string(), field.string());
                case RECIPIENT -> recipients.add(recipient(field));
                default ->
                        attributes.put(
                                UNKNOWN + tag,
                                new String(
                                        field.bytes(field.left()),
                                        java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return new Envelope(sender, recipients, arrival, attributes);
    }

    private static Recipient recipient(OctetReader in) {
        Address address = new Address(in.string());
        String original = in.stringOrNull();
        return new Recipient(
                address,
                original == null ? null : new Address(original),
                in.u8(),
                in.stringOrNull());
    }
}
