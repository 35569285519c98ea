package org.postrider.rights.root;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import org.postrider.rights.Answer;
import org.postrider.rights.Content;
import org.postrider.rights.Request;
import org.postrider.rights.Wire;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Opened;
import org.postrider.rights.system.Reading;

/// One connection of the server's: its requests, one after another, on a thread of their own, which
/// is root's between them.
final class Session {
    private static final int BUFFER = 8 << 10;

    private final DataInputStream in;
    private final DataOutputStream out;
    private final Acts acts;
    private final Semaphore turns;

    /// @param turns of which each act takes one
    Session(SocketChannel channel, Acts acts, Semaphore turns) {
        in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER));
        out =
                new DataOutputStream(
                        new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
        this.acts = acts;
        this.turns = turns;
    }

    /// Until the server ends it.
    ///
    /// @throws IOException for what is no request
    void serve() throws IOException {
        while (true) {
            int version;
            try {
                version = in.readInt();
            } catch (EOFException e) {
                return;
            }
            Request request = Wire.request(in, version);
            turns.acquireUninterruptibly();
            try {
                one(request);
            } finally {
                turns.release();
            }
        }
    }

    private void one(Request request) throws IOException {
        Following content = new Following(request.fed());
        Answer<?> answer = acts.perform(request, content);
        content.drop();
        if (answer instanceof Answer.Done<?> d && d.value() instanceof Opened opened) {
            try (Reading file = opened.file()) {
                Wire.answer(out, Answer.done(opened.head()));
                send(file, opened.most());
            }
        } else {
            Wire.answer(out, answer);
        }
        out.flush();
    }

    /// Part after part: what a user writes there has no room here.
    private void send(Reading file, long most) throws IOException {
        boolean whole = false;
        try {
            long left = most;
            byte[] part = file.part();
            while (part.length > 0 && part.length <= left) {
                Wire.part(out, part, 0, part.length);
                left -= part.length;
                part = file.part();
            }
            whole = part.length == 0;
        } catch (Act e) {
            // The end says so.
        }
        Wire.end(out, whole);
    }

    /// The content that comes behind a request. What of it nobody took is dropped before the
    /// answer, so that the next request is found.
    private final class Following implements Content {
        /// Of which a part was taken whole or not at all: another one comes next, or the end.
        private boolean left;

        Following(boolean left) {
            this.left = left;
        }

        @Override
        public void writeTo(OutputStream to) throws IOException {
            boolean whole = Wire.content(in, to);
            left = false;
            if (!whole) {
                throw new IOException("it breaks off");
            }
        }

        void drop() throws IOException {
            if (left) {
                left = false;
                Wire.content(in, OutputStream.nullOutputStream());
            }
        }
    }
}
