package org.postrider.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.postrider.address.Address;
import org.postrider.message.MailDate;

/// A report as mail: RFC 8460 5.3, RFC 9990 (email). Immutable.
///
/// @param day of which it tells
/// @param zipped what it tells, in gzip's format
public record Letter(House by, String domain, String id, long day, byte[] zipped, Form form) {
    private static final int LINE = 76;

    /// What differs from kind to kind.
    ///
    /// @param header lines besides those that all have
    /// @param type of the whole, `multipart/…` and its parameters
    /// @param part the media type of what is zipped
    /// @param extension of the file's name
    /// @param text for people: lines that end with LF
    /// @param tlsOptional it goes even where TLS cannot be had (RFC 8460 3)
    public record Form(
            List<String> header,
            String type,
            String part,
            String extension,
            String text,
            boolean tlsOptional) {
        public Form {
            header = List.copyOf(header);
        }
    }

    /// A report of this day and domain.
    ///
    /// @param octets what it tells
    public static Letter of(Due<?> due, House by, byte[] octets, Form form) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(octets.length / 2 + 64);
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(octets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Letter(by, due.domain(), due.id(), due.day(), out.toByteArray(), form);
    }

    /// Octets of what is zipped as it goes by mail (RFC 9990: after compression and encoding).
    public long encoded() {
        long quanta = (zipped.length + 2L) / 3 * 4;
        return quanta + quanta / LINE * 2;
    }

    /// The whole mail, lines with CR LF.
    ///
    /// @param hostname this host's
    /// @param mailName mail_name
    public byte[] mail(String queueId, Address to, String hostname, String mailName, long now) {
        String submitter = by.submitter();
        String date = MailDate.of(now);
        String boundary = queueId + "." + now / 1000 + "/" + hostname;
        StringBuilder more = new StringBuilder();
        form.header().forEach(line -> more.append('\n').append(line));
        String text =
                ("Received: by " + hostname + " (" + mailName + ")\n\tid " + queueId + "; " + date)
                        + ("\nDate: " + date)
                        + ("\nFrom: " + by.from())
                        + ("\nTo: " + to.text())
                        + ("\nSubject: Report Domain: " + domain)
                        + ("\n Submitter: " + submitter)
                        + ("\n Report-ID: <" + id + "@" + submitter + ">")
                        + ("\nMessage-Id: <" + id + "." + queueId + "@" + hostname + ">")
                        + "\nAuto-Submitted: auto-generated"
                        + more
                        + "\nMIME-Version: 1.0"
                        + ("\nContent-Type: " + form.type() + ";")
                        + ("\n\tboundary=\"" + boundary + "\"")
                        + "\n\nThis is a MIME-encapsulated message.\n"
                        + ("\n--" + boundary)
                        + "\nContent-Type: text/plain; charset=us-ascii\n"
                        + ("\n" + form.text())
                        + ("\n--" + boundary)
                        + ("\nContent-Type: " + form.part())
                        + "\nContent-Transfer-Encoding: base64"
                        + ("\nContent-Disposition: attachment;\n\tfilename=\"" + file() + "\"\n\n")
                        + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(zipped)
                        + ("\n\n--" + boundary + "--\n");
        return text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /// RFC 8460 5.1 and RFC 9990 have the same.
    private String file() {
        return String.join(
                        "!",
                        by.submitter(),
                        domain,
                        String.valueOf(Day.begin(day)),
                        String.valueOf(Day.end(day)),
                        id)
                + form.extension();
    }
}
