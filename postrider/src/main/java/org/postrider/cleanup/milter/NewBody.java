package org.postrider.cleanup.milter;

import java.io.IOException;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;

/// A body that takes the place of another, as a milter sends it: octets whose lines end in CRLF or
/// LF, wherever they are cut. What else there is of CR becomes white space, as in mail of clients.
/// One thread.
final class NewBody {
    private static final byte[] LINE_END = {'\r', '\n'};

    private final ContentWriter writer;
    private final ContentReceiver receiver;
    private boolean afterCr;

    /// @param header that it comes under
    /// @param limit message_size_limit, 0 for none
    NewBody(ContentWriter writer, byte[] header, long limit) throws IOException {
        this.writer = writer;
        receiver = new ContentReceiver(writer, false, false, limit);
        receiver.lines(header, 0, header.length);
        receiver.lines(LINE_END, 0, LINE_END.length);
    }

    /// The next ones.
    void write(byte[] from, int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        if (at == end) {
            return;
        }
        if (afterCr) {
            afterCr = false;
            if (from[at] == '\n') {
                receiver.lines(LINE_END, 0, LINE_END.length);
                at++;
            } else {
                receiver.part(LINE_END, 0, 1);
            }
        }
        at += receiver.lines(from, at, end);
        if (at < end && from[end - 1] == '\r') {
            // Its LF may come with the next ones.
            afterCr = true;
            end--;
        }
        if (at < end) {
            receiver.part(from, at, end);
        }
    }

    /// More came than the limit allows; what was over it is dropped.
    boolean tooLarge() {
        return receiver.tooLarge();
    }

    Content finish() throws IOException {
        if (afterCr) {
            receiver.part(LINE_END, 0, 1);
        }
        return writer.finish(receiver.finish());
    }
}
