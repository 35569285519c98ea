package org.postrider.tlsrpt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import org.postrider.address.Address;
import org.postrider.message.MailDate;

/// A report, as mail (RFC 8460 5.3) and as it goes over HTTPS (5.4). Immutable.
///
/// @param zipped the JSON in gzip's format
public record Letter(
        String domain, String submitter, String id, String from, long day, byte[] zipped) {
    private static final int LINE = 76;

    static Letter of(Due due, Reporter.House by) {
        byte[] json = Json.of(due, by).getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length / 2 + 64);
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Letter(
                due.domain, by.submitter(), due.id, by.from(), due.day, out.toByteArray());
    }

    /// The whole mail, lines with CR LF.
    ///
    /// @param hostname this host's
    /// @param mailName mail_name
    public byte[] mail(String queueId, Address to, String hostname, String mailName, long now) {
        String date = MailDate.of(now);
        String boundary = queueId + "." + now / 1000 + "/" + hostname;
        String text =
                ("Received: by " + hostname + " (" + mailName + ")\n\tid " + queueId + "; " + date)
                        + ("\nDate: " + date)
                        + ("\nFrom: " + from)
                        + ("\nTo: " + to.text())
                        + ("\nSubject: Report Domain: " + domain)
                        + ("\n Submitter: " + submitter)
                        + ("\n Report-ID: <" + id + "@" + submitter + ">")
                        + ("\nMessage-Id: <" + id + "." + queueId + "@" + hostname + ">")
                        + "\nAuto-Submitted: auto-generated"
                        + ("\nTLS-Report-Domain: " + domain)
                        + ("\nTLS-Report-Submitter: " + submitter)
                        // The very fault that it tells of must not keep it (RFC 8460 3).
                        + "\nTLS-Required: No"
                        + "\nMIME-Version: 1.0"
                        + "\nContent-Type: multipart/report; report-type=\"tlsrpt\";"
                        + ("\n\tboundary=\"" + boundary + "\"")
                        + "\n\nThis is a MIME-encapsulated message.\n"
                        + ("\n--" + boundary)
                        + "\nContent-Type: text/plain; charset=us-ascii\n"
                        + ("\nThis is a report on the TLS of mail from " + submitter)
                        + (" to\n" + domain + ", of the day that began at ")
                        + (Json.time(day * Json.DAY_MILLIS) + " (RFC 8460).\n")
                        + ("\n--" + boundary)
                        + "\nContent-Type: application/tlsrpt+gzip"
                        + "\nContent-Transfer-Encoding: base64"
                        + ("\nContent-Disposition: attachment;\n\tfilename=\"" + file() + "\"\n\n")
                        + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(zipped)
                        + ("\n\n--" + boundary + "--\n");
        return text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /// RFC 8460 5.1.
    private String file() {
        long begin = day * Json.DAY_MILLIS / 1000;
        return submitter
                + "!"
                + domain
                + "!"
                + begin
                + "!"
                + (begin + Json.DAY_MILLIS / 1000 - 1)
                + "!"
                + id
                + ".json.gz";
    }
}
