package org.postrider.command.table;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.postrider.maps.Fold;

/// Standard input as a message, for `postmap -q -`: the logical headers (`-h`) and body lines
/// (`-b`) that header_checks and body_checks would see. With `-m` the headers of its parts and of
/// attached messages are headers, not body (RFC 2045).
final class MessageKeys {
    private final boolean headers;
    private final boolean body;
    private final boolean mime;
    private final List<String> out = new ArrayList<>();
    private final Deque<String> boundaries = new ArrayDeque<>();
    private final StringBuilder header = new StringBuilder();
    private boolean inHeader = true;
    private String contentType = "";

    private MessageKeys(boolean headers, boolean body, boolean mime) {
        this.headers = headers;
        this.body = body;
        this.mime = mime;
    }

    static List<String> of(List<String> lines, boolean headers, boolean body, boolean mime) {
        MessageKeys keys = new MessageKeys(headers, body, mime);
        lines.forEach(keys::line);
        keys.endHeader();
        return keys.out;
    }

    private void line(String line) {
        if (inHeader) {
            headerLine(line);
        } else {
            bodyLine(line);
        }
    }

    private void headerLine(String line) {
        boolean continues = line.startsWith(" ") || line.startsWith("\t");
        if (continues && !header.isEmpty()) {
            header.append('\n').append(line);
            return;
        }
        endHeader();
        if (line.isEmpty()) {
            endBlock();
        } else if (isHeader(line)) {
            header.append(line);
        } else {
            endBlock();
            bodyLine(line);
        }
    }

    private static boolean isHeader(String line) {
        int colon = line.indexOf(':');
        for (int i = 0; i < colon; i++) {
            if (line.charAt(i) <= ' ') {
                return line.substring(i, colon).isBlank() && i > 0;
            }
        }
        return colon > 0;
    }

    private void endHeader() {
        if (header.isEmpty()) {
            return;
        }
        String text = header.toString();
        header.setLength(0);
        if (headers) {
            out.add(text);
        }
        if (text.regionMatches(true, 0, "content-type:", 0, "content-type:".length())) {
            contentType = text.substring("content-type:".length()).replace('\n', ' ').strip();
        }
    }

    private void endBlock() {
        String type = contentType;
        contentType = "";
        String folded = Fold.lower(type);
        if (mime && folded.startsWith("multipart/")) {
            String boundary = boundary(type);
            if (!boundary.isEmpty()) {
                boundaries.push(boundary);
            }
        }
        inHeader = mime && folded.startsWith("message/rfc822");
    }

    /// The value of the parameter `boundary`, of a Content-Type value.
    private static String boundary(String type) {
        for (String parameter : type.split(";", -1)) {
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase("boundary")) {
                String value = parameter.substring(equals + 1).strip();
                boolean quoted = value.length() > 1 && value.startsWith("\"");
                return quoted && value.endsWith("\"")
                        ? value.substring(1, value.length() - 1)
                        : value;
            }
        }
        return "";
    }

    private void bodyLine(String line) {
        if (body) {
            out.add(line);
        }
        if (!line.startsWith("--")) {
            return;
        }
        for (String boundary : boundaries) {
            String rest = line.substring(2);
            if (rest.startsWith(boundary)) {
                while (!boundary.equals(boundaries.peek())) {
                    boundaries.pop();
                }
                boolean last = rest.startsWith("--", boundary.length());
                if (last) {
                    boundaries.pop();
                }
                inHeader = !last;
                return;
            }
        }
    }
}
