package org.postrider.cleanup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.maps.Tables;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.queue.Queue;

/// body_checks, message_reject_characters and message_strip_characters. Where none is configured
/// the body is not looked at.
final class BodyStage {
    private static final int LINE = 2048;

    private final Queue queue;
    private final @Nullable CheckTables checks;
    private final int checkedOctets;
    private final boolean[] rejected;
    private final boolean[] stripped;
    private final boolean rejects;
    private final boolean strips;

    BodyStage(Settings settings, Tables tables, Queue queue) {
        this.queue = queue;
        List<String> words = settings.get(CleanupParams.BODY_CHECKS);
        checks =
                words.isEmpty()
                        ? null
                        : new CheckTables("body_checks", "body", tables.chain(words));
        checkedOctets = settings.get(CleanupParams.BODY_CHECKS_SIZE_LIMIT);
        rejected = set(settings.get(CleanupParams.MESSAGE_REJECT_CHARACTERS));
        stripped = set(settings.get(CleanupParams.MESSAGE_STRIP_CHARACTERS));
        rejects = any(rejected);
        strips = any(stripped);
    }

    private static boolean any(boolean[] set) {
        for (boolean b : set) {
            if (b) {
                return true;
            }
        }
        return false;
    }

    /// C escapes: `\n`, `\0`, `\134`.
    private static boolean[] set(String text) {
        boolean[] out = new boolean[256];
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (c != '\\' || i == text.length()) {
                out[c & 0xff] = true;
                continue;
            }
            char e = text.charAt(i++);
            int at = "abfnrtv\\".indexOf(e);
            if (at >= 0) {
                out["\u0007\b\f\n\r\t\u000b\\".charAt(at)] = true;
            } else if (e >= '0' && e <= '7') {
                int n = e - '0';
                for (int k = 0; k < 2 && i < text.length(); k++) {
                    char d = text.charAt(i);
                    if (d < '0' || d > '7') {
                        break;
                    }
                    n = n * 8 + d - '0';
                    i++;
                }
                out[n & 0xff] = true;
            } else {
                out[e & 0xff] = true;
            }
        }
        return out;
    }

    boolean active(Run run) {
        return run.has(CleanupService.Option.FILTER) && (checks != null || rejects || strips);
    }

    /// @return the content itself where nothing changed
    Content process(Run run, Content content) throws IOException {
        if (rejects && rejectedIn(run, content)) {
            return content;
        }
        if (strips || checks != null) {
            return rewritten(run, content);
        }
        return content;
    }

    private boolean rejectedIn(Run run, Content content) throws IOException {
        for (byte b : content.header()) {
            if (rejected[b & 0xff]) {
                CheckTables.reject(run, "content", "", "disallowed character");
                return true;
            }
        }
        try (InputStream in = new BufferedInputStream(content.body(), 1 << 16)) {
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (rejected[c]) {
                    CheckTables.reject(run, "content", "", "disallowed character");
                    return true;
                }
            }
        }
        return false;
    }

    /// Copies line by line; the copy is thrown away where it is the same.
    private Content rewritten(Run run, Content content) throws IOException {
        try (ContentWriter writer = queue.content();
                InputStream in = new BufferedInputStream(content.body(), 1 << 16)) {
            ContentReceiver receiver = new ContentReceiver(writer, false, false, 0);
            boolean changed = feed(receiver, content.header());
            byte[] line = new byte[LINE + 2];
            int n = 0;
            long seen = 0;
            boolean first = true;
            for (int c = in.read(); ; c = in.read()) {
                if (c >= 0) {
                    line[n++] = (byte) c;
                }
                if (n > 0 && (c < 0 || c == '\n' || n == LINE)) {
                    boolean look = !first && seen < checkedOctets && run.checking;
                    changed |= line(run, receiver, line, n, look);
                    first = false;
                    seen += n;
                    n = 0;
                }
                if (c < 0) {
                    break;
                }
            }
            return changed ? writer.finish(receiver.finish()) : content;
        }
    }

    private boolean feed(ContentReceiver receiver, byte[] header) throws IOException {
        byte[] kept = header;
        if (strips) {
            kept = stripped(header, header.length);
        }
        receiver.lines(kept, 0, kept.length);
        return kept.length != header.length;
    }

    private byte[] stripped(byte[] from, int n) {
        byte[] out = new byte[n];
        int k = 0;
        for (int i = 0; i < n; i++) {
            byte b = from[i];
            if (b == '\n' || b == '\r' || !stripped[b & 0xff]) {
                out[k++] = b;
            }
        }
        return java.util.Arrays.copyOf(out, k);
    }

    private boolean line(Run run, ContentReceiver receiver, byte[] line, int n, boolean look)
            throws IOException {
        byte[] kept = strips ? stripped(line, n) : line;
        int length = strips ? kept.length : n;
        boolean changed = length != n;
        CheckTables tables = checks;
        if (look && tables != null) {
            int end = length;
            while (end > 0 && (kept[end - 1] == '\n' || kept[end - 1] == '\r')) {
                end--;
            }
            switch (tables.check(run, CheckTables.text(kept, 0, end))) {
                case CheckTables.Action.Keep() -> {}
                case CheckTables.Action.Drop() -> {
                    return true;
                }
                case CheckTables.Action.Prepend(String text) -> {
                    write(receiver, text);
                    changed = true;
                }
                case CheckTables.Action.Replace(String text) -> {
                    write(receiver, text);
                    return true;
                }
            }
        }
        if (length > 0 && kept[length - 1] == '\n') {
            receiver.lines(kept, 0, length);
        } else {
            receiver.part(kept, 0, length);
        }
        return changed;
    }

    private static void write(ContentReceiver receiver, String text) throws IOException {
        byte[] octets = CheckTables.lines(text);
        receiver.lines(octets, 0, octets.length);
    }
}
