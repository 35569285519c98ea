package org.postrider.command.dkim;

import java.util.Arrays;
import java.util.List;
import org.postrider.dkim.KeyRecord;
import org.postrider.dkim.SigningKey;
import org.postrider.dns.Resolver;

/// What DNS says of a key of ours.
///
/// @param status [#RIGHT], [#WRONG] or [#LATER]
/// @param text in words for people
record Looked(int status, String text) {
    static final int RIGHT = 0;
    static final int WRONG = 1;

    /// As EX_TEMPFAIL of sysexits.h.
    static final int LATER = 75;

    static Looked at(SigningKey key, Resolver dns) {
        return switch (dns.texts(key.recordName())) {
            case Resolver.Answer.Found<String> found -> compared(key, found.records());
            case Resolver.Answer.NoName<String> n -> wrong("there is no such name in DNS");
            case Resolver.Answer.NoData<String> n -> wrong("the name has no TXT record");
            case Resolver.Answer.TryAgain<String> t ->
                    new Looked(LATER, "no answer from the name server, try again");
        };
    }

    private static Looked wrong(String text) {
        return new Looked(WRONG, text);
    }

    private static Looked compared(SigningKey key, List<String> found) {
        List<String> records = found.stream().distinct().toList();
        if (records.size() > 1) {
            return wrong(
                    records.size()
                            + " TXT records; verifiers may take any of them (RFC 6376 3.6.2.2)");
        }
        KeyRecord record;
        try {
            record = KeyRecord.of(records.getFirst());
        } catch (IllegalArgumentException e) {
            return wrong("the record cannot be used: " + e.getMessage());
        }
        KeyRecord own = KeyRecord.of(KeyRecord.text(key.publicKey(), false));
        if (record.revoked()) {
            return wrong("the record says that the key is revoked (p= is empty)");
        }
        if (!record.type().equals(own.type())) {
            return wrong(
                    "the record is of a key of the kind "
                            + record.type()
                            + ", ours is "
                            + own.type());
        }
        if (!Arrays.equals(record.octets(), own.octets())) {
            return wrong("the record is of another key");
        }
        if (!record.signs()) {
            return wrong(
                    "the record forbids what is signed: h= without sha256, or s= without email");
        }
        return new Looked(
                RIGHT,
                record.testing()
                        ? "right, but the record says that DKIM is on test (t=y): verifiers may"
                                + " ignore its signatures"
                        : "right");
    }
}
