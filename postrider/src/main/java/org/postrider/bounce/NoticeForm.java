package org.postrider.bounce;

import org.jspecify.annotations.Nullable;
import org.postrider.queue.Encoding;
import org.postrider.queue.Envelope;

/// What a notice says of its encoding and types, after what is known of the mail that it is about.
/// With smtputf8_enable a notice is 8bit as a whole, as server replies in it may be UTF-8; without,
/// it is what the mail is. About mail with SMTPUTF8 it is of RFC 6533's types.
///
/// @param encoding null for unknown
/// @param international the mail has SMTPUTF8
/// @param utf8 foreign text keeps what is UTF-8 in it
record NoticeForm(@Nullable Encoding encoding, boolean international, boolean utf8) {
    private static final String FIELD = "Content-Transfer-Encoding: ";

    /// @param utf8 smtputf8_enable
    static NoticeForm about(Envelope mail, boolean utf8) {
        boolean international = mail.routing().smtputf8();
        Encoding known = utf8 || international ? Encoding.EIGHT_BIT : mail.attributes().encoding();
        return new NoticeForm(known, international, utf8 || international);
    }

    boolean eightBit() {
        return encoding == Encoding.EIGHT_BIT;
    }

    /// The field of the notice's own header, with its line end; empty for none.
    String header() {
        return encoding == null ? "" : FIELD + encoding.text() + "\r\n";
    }

    /// The field of a part that may have octets above 127.
    String part() {
        return eightBit() ? FIELD + "8bit\r\n" : "";
    }

    String charset(String ofTemplate) {
        return eightBit() && ofTemplate.equalsIgnoreCase("us-ascii") ? "utf-8" : ofTemplate;
    }

    /// The fields of the delivery report.
    String status() {
        return international
                ? "Content-Type: message/global-delivery-status\r\n" + part()
                : "Content-Type: message/delivery-status\r\n";
    }

    /// The fields of what is returned.
    String returned(boolean headersOnly) {
        String type =
                international
                        ? headersOnly ? "message/global-headers" : "message/global"
                        : headersOnly ? "text/rfc822-headers" : "message/rfc822";
        return "Content-Type: " + type + "\r\n" + part();
    }

    /// The address type of a final recipient.
    String addressType(String address) {
        return international && address.chars().anyMatch(c -> c > 127) ? "utf-8" : "rfc822";
    }

    String printable(String foreign) {
        return utf8 ? Printable.utf8(foreign) : Printable.of(foreign);
    }
}
