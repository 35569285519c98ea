package org.postrider.command.submit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.postrider.address.AddressList;
import org.postrider.message.HeaderKind;
import org.postrider.message.Headers;
import org.postrider.pickup.MaildropWriter;

/// Reads a message on standard input as sendmail(1) does: `.` alone ends it unless told otherwise,
/// mailbox `From ` lines before the header are dropped, CRLF becomes LF. The header is kept until
/// it is whole, so that `-t` can take recipients from it.
final class Submission {
    private static final int HEADER_MAX = 1 << 20;
    private static final int TOKENS = 10240;

    private final InputStream in;
    private final boolean dotEnds;
    private final byte[] buffer = new byte[1 << 15];
    private int at;
    private int limit;
    private boolean lineBegins = true;
    private boolean ended;

    private byte[] header = new byte[4096];
    private int headerLength;
    private int bodyFrom = -1;

    private final List<String> recipients = new ArrayList<>();
    private final List<String> resentRecipients = new ArrayList<>();

    Submission(InputStream in, boolean dotEnds) {
        this.in = in;
        this.dotEnds = dotEnds;
    }

    /// What `-bv` has to be sent: nothing that anybody wrote.
    ///
    /// @param recipients as the command line has them
    static Submission probe(String sender, List<String> recipients) {
        StringBuilder text = new StringBuilder("From: ").append(oneLine(sender));
        text.append("\nSubject: probe\nTo:");
        String before = "\t";
        for (String each : recipients) {
            text.append(before).append(oneLine(each));
            before = ",\n\t";
        }
        byte[] octets = text.append('\n').toString().getBytes(StandardCharsets.ISO_8859_1);
        return new Submission(new ByteArrayInputStream(octets), false);
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ').replace('\r', ' ');
    }

    /// Reads up to the end of the header.
    void readHeader() throws IOException {
        boolean mailbox = true;
        while (bodyFrom < 0 && headerLength < HEADER_MAX) {
            int from = headerLength;
            if (!line()) {
                break;
            }
            if (mailbox && mailboxLine(from)) {
                headerLength = from;
                continue;
            }
            mailbox = false;
            if (!headerLine(from)) {
                bodyFrom = from;
            }
        }
        if (bodyFrom < 0) {
            bodyFrom = headerLength;
        }
    }

    private boolean mailboxLine(int from) {
        int i = from;
        while (i < headerLength && header[i] == '>') {
            i++;
        }
        return headerLength - i >= 5
                && header[i] == 'F'
                && header[i + 1] == 'r'
                && header[i + 2] == 'o'
                && header[i + 3] == 'm'
                && header[i + 4] == ' ';
    }

    private boolean headerLine(int from) {
        if (header[from] == ' ' || header[from] == '\t') {
            return from > 0;
        }
        int i = from;
        while (i < headerLength && header[i] > ' ' && header[i] != ':') {
            i++;
        }
        int name = i;
        while (i < headerLength && (header[i] == ' ' || header[i] == '\t')) {
            i++;
        }
        return name > from && i < headerLength && header[i] == ':';
    }

    /// Appends the next line to the header; false at the end.
    private boolean line() throws IOException {
        int from = headerLength;
        while (more()) {
            byte b = buffer[at++];
            room(1);
            header[headerLength++] = b;
            if (b == '\n' || headerLength - from > HEADER_MAX) {
                break;
            }
        }
        int n = headerLength - from;
        if (n >= 2 && header[headerLength - 1] == '\n' && header[headerLength - 2] == '\r') {
            headerLength--;
            header[headerLength - 1] = '\n';
            n--;
        }
        if (dotEnds && n == 2 && header[from] == '.') {
            ended = true;
            headerLength = from;
            return false;
        }
        return n > 0;
    }

    private void room(int more) {
        if (headerLength + more > header.length) {
            header = java.util.Arrays.copyOf(header, header.length * 2);
        }
    }

    private boolean more() throws IOException {
        if (at < limit) {
            return true;
        }
        if (ended) {
            return false;
        }
        at = 0;
        limit = in.read(buffer, 0, buffer.length);
        if (limit <= 0) {
            limit = 0;
            ended = true;
            return false;
        }
        return true;
    }

    /// The addresses of To:, Cc: and Bcc:, or where there are any of their Resent- kin, of those.
    List<String> headerRecipients() {
        byte[] block = java.util.Arrays.copyOf(header, bodyFrom);
        int from = 0;
        while (from < block.length) {
            int end = Headers.headerEnd(block, from);
            int name = from;
            while (name < end && block[name] > ' ' && block[name] != ':') {
                name++;
            }
            HeaderKind kind = HeaderKind.of(block, from, name);
            if (kind.extracted()) {
                String value =
                        new String(block, name, end - name, StandardCharsets.ISO_8859_1).strip();
                int colon = value.indexOf(':');
                (kind.resent() ? resentRecipients : recipients)
                        .addAll(AddressList.parse(value.substring(colon + 1), TOKENS).addresses());
            }
            from = end;
        }
        return resentRecipients.isEmpty() ? recipients : resentRecipients;
    }

    /// Writes header and the rest of the input.
    ///
    /// @param sizeLimit octets, 0 for none
    /// @return false where the message is larger
    boolean copy(MaildropWriter to, long sizeLimit) throws IOException {
        long written = headerLength;
        to.content(header, 0, headerLength);
        byte[] line = new byte[1 << 15];
        int n = 0;
        while (more()) {
            byte b = buffer[at++];
            line[n++] = b;
            if (b != '\n' && n < line.length) {
                continue;
            }
            if (b == '\n' && n >= 2 && line[n - 2] == '\r') {
                line[--n - 1] = '\n';
            }
            if (dotEnds && lineBegins && n == 2 && line[0] == '.') {
                n = 0;
                break;
            }
            to.content(line, 0, n);
            written += n;
            lineBegins = b == '\n';
            n = 0;
            if (sizeLimit > 0 && written > sizeLimit) {
                return false;
            }
        }
        if (n == 1 && dotEnds && lineBegins && line[0] == '.') {
            n = 0;
        }
        if (n > 0) {
            line[n] = '\n';
            to.content(line, 0, n < line.length ? n + 1 : n);
            written += n;
        }
        return sizeLimit == 0 || written <= sizeLimit;
    }
}
