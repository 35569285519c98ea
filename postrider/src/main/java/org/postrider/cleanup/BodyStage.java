package org.postrider.cleanup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import org.postrider.config.Settings;
import org.postrider.dsn.Status;
import org.postrider.message.Content;
import org.postrider.message.ContentAction;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.message.HeaderKind;
import org.postrider.message.Headers;
import org.postrider.message.MimeState;
import org.postrider.queue.Encoding;

/// body_checks, header checks of parts, strict MIME, message_reject_characters and
/// message_strip_characters. Where none is configured, or concerns this mail, the body is not
/// looked at.
final class BodyStage implements Stage {
    private static final int LINE = 2048;
    private static final Status MIME_FAULT = new Status(5, 6, 0);

    private final Supplier<ContentWriter> contents;
    private final PartPolicy policy;
    private final ContentChecks checks;
    private final boolean[] rejected;
    private final boolean[] stripped;
    private final boolean rejects;
    private final boolean strips;

    BodyStage(Settings settings, ContentChecks checks, Supplier<ContentWriter> contents) {
        this.contents = contents;
        this.checks = checks;
        policy = new PartPolicy(settings, checks);
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

    /// Mail that is refused already is not looked at.
    @Override
    public boolean concerns(Run run) {
        return run.failure() == null;
    }

    @Override
    public void pass(Run run) throws IOException {
        Content content = run.content();
        boolean filter = run.has(CleanupService.Option.FILTER);
        if (filter && rejects && rejectedIn(run, content)) {
            return;
        }
        Content came = run.submission.content();
        boolean open =
                filter
                        && policy.refuses(MimeState.Fault.OPEN_HEADER)
                        && came.facts().mime().fields().open();
        if (open) {
            byte[] line = firstLine(came);
            CheckTables.mimeFault(run, MimeState.Fault.OPEN_HEADER, line, line.length);
        }
        boolean header = run.declaredEightBit;
        run.declaredEightBit = header || policy.declared(content.facts());
        if (filter && (strips || checks.ofBodies()) || policy.concerns(content.facts(), filter)) {
            run.content(rewritten(run, content, came.header(), header));
        }
        if (open) {
            // The least grave of all faults.
            run.fail(Problem.CONTENT, MIME_FAULT, MimeState.Fault.OPEN_HEADER.text());
        }
        if (policy.detects() && run.declaredEightBit) {
            run.attributes = run.attributes.withEncoding(Encoding.EIGHT_BIT);
        }
    }

    /// As much of what follows the header as a log line may show, without the empty line that is
    /// ours.
    private static byte[] firstLine(Content content) throws IOException {
        try (InputStream in = content.body()) {
            byte[] start = in.readNBytes(LINE);
            int from = Math.min(2, start.length);
            return Arrays.copyOfRange(start, from, textEnd(start, from, lineEnd(start, from)));
        }
    }

    private static int lineEnd(byte[] b, int from) {
        return from < b.length ? Headers.lineEnd(b, from) : from;
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
    ///
    /// @param header declares 8-bit octets
    private Content rewritten(Run run, Content content, byte[] original, boolean header)
            throws IOException {
        ContentWriter writer = run.copy(contents.get());
        try (InputStream in = new BufferedInputStream(content.body(), 1 << 16)) {
            ContentReceiver receiver = new ContentReceiver(writer, false, false, 0);
            boolean changed = feed(receiver, content.header());
            Pass pass = new Pass(run, receiver);
            MimeState mime = policy.over(pass);
            header(mime, original);
            byte[] line = new byte[LINE + 2];
            int n = 0;
            boolean first = true;
            for (int c = in.read(); ; c = in.read()) {
                if (c >= 0) {
                    line[n++] = (byte) c;
                }
                // A line end belongs to the piece before it.
                boolean cut = n == LINE + 2 || c < 0;
                if (n > 0 && (c == '\n' || cut)) {
                    n = piece(mime, pass, line, n, c == '\n', first);
                    first = false;
                }
                if (c < 0) {
                    if (n > 0) {
                        mime.line(line, 0, n, true);
                    }
                    break;
                }
            }
            mime.finish();
            pass.refuse(mime);
            run.declaredEightBit = header || mime.declaredInPart();
            changed |= pass.changed || mime.oddField();
            if (changed) {
                return writer.finish(receiver.finish());
            }
            writer.close();
            return mime.faults().contains(MimeState.Fault.NESTING)
                    ? content.withHeader(content.header(), content.facts().withUnknownParts())
                    : content;
        }
    }

    private boolean feed(ContentReceiver receiver, byte[] header) throws IOException {
        byte[] kept = strips ? stripped(header, header.length) : header;
        receiver.lines(kept, 0, kept.length);
        return kept.length != header.length;
    }

    /// The message's own header as it came says where its parts are.
    private static void header(MimeState mime, byte[] block) throws IOException {
        for (int at = 0; at < block.length; ) {
            int next = Headers.lineEnd(block, at);
            int end = textEnd(block, at, next);
            for (int from = at; ; from += LINE) {
                int to = Math.min(from + LINE, end);
                mime.line(block, from, to, to == end);
                if (to == end) {
                    break;
                }
            }
            at = next;
        }
    }

    private static int textEnd(byte[] b, int from, int to) {
        int end = to;
        if (end > from && b[end - 1] == '\n') {
            end--;
            if (end > from && b[end - 1] == '\r') {
                end--;
            }
        }
        return end;
    }

    /// @return how many octets of the line stay for the next piece
    private int piece(MimeState mime, Pass pass, byte[] line, int n, boolean ends, boolean first)
            throws IOException {
        int end = ends ? textEnd(line, 0, n) : Math.min(n, LINE);
        byte[] kept = strips ? stripped(line, end) : line;
        int length = strips ? kept.length : end;
        pass.changed |= length != end;
        pass.first = first;
        mime.line(kept, 0, length, ends);
        if (ends) {
            return 0;
        }
        System.arraycopy(line, end, line, 0, n - end);
        return n - end;
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

    /// What comes out of one content, on its way into its copy.
    private final class Pass implements MimeState.Output {
        private final Run run;
        private final ContentReceiver receiver;
        private final Set<MimeState.Fault> faults = EnumSet.noneOf(MimeState.Fault.class);
        private boolean changed;
        private boolean first;

        Pass(Run run, ContentReceiver receiver) {
            this.run = run;
            this.receiver = receiver;
        }

        @Override
        public void field(MimeState.Block block, byte[] field, int length) throws IOException {
            if (block == MimeState.Block.PRIMARY) {
                return;
            }
            int name = Headers.nameLength(field, 0, length);
            boolean mime = HeaderKind.of(field, 0, name).mime();
            String text = CheckTables.text(field, 0, length);
            if (!checks.hearsHeader(run, block, mime)) {
                write(text);
                return;
            }
            switch (checks.header(run, block, mime, text)) {
                case ContentAction.Keep() -> write(text);
                case ContentAction.Drop() -> changed = true;
                case ContentAction.Prepend(String before) -> {
                    changed = true;
                    write(before);
                    write(text);
                }
                case ContentAction.Replace(String other) -> {
                    changed = true;
                    write(other);
                }
            }
        }

        @Override
        public void body(byte[] b, int start, int end, boolean ends, long offset)
                throws IOException {
            if (!first && checks.hearsBody(run, offset)) {
                switch (checks.body(run, CheckTables.text(b, start, end))) {
                    case ContentAction.Keep() -> {}
                    case ContentAction.Drop() -> {
                        changed = true;
                        return;
                    }
                    case ContentAction.Prepend(String before) -> {
                        changed = true;
                        write(before);
                    }
                    case ContentAction.Replace(String other) -> {
                        changed = true;
                        write(other);
                        return;
                    }
                }
            }
            if (ends) {
                byte[] line = java.util.Arrays.copyOfRange(b, start, end + 2);
                line[end - start] = '\r';
                line[end - start + 1] = '\n';
                receiver.lines(line, 0, line.length);
            } else {
                receiver.part(b, start, end);
            }
        }

        @Override
        public void fault(MimeState.Fault fault, byte[] text, int length) {
            changed |= fault == MimeState.Fault.TRUNCATED;
            if (policy.refuses(fault) && run.has(CleanupService.Option.FILTER)) {
                faults.add(fault);
                CheckTables.mimeFault(run, fault, text, length);
            }
        }

        private void write(String text) throws IOException {
            byte[] octets = CheckTables.lines(text);
            receiver.lines(octets, 0, octets.length);
        }

        /// The gravest of several faults is the one that is told.
        private void refuse(MimeState mime) {
            for (MimeState.Fault each : faults) {
                run.fail(Problem.CONTENT, MIME_FAULT, each.text());
                return;
            }
        }
    }
}
