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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Content;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileText;
import org.postrider.rights.Identity;
import org.postrider.rights.MailboxRules.Place;
import org.postrider.rights.Request;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.Wire;
import org.postrider.rights.act.Act;
import org.postrider.rights.act.Mailbox;
import org.postrider.rights.act.Maildir;
import org.postrider.rights.act.Reading;
import org.postrider.rights.act.Run;
import org.postrider.rights.act.Trusted;
import org.postrider.rights.act.UserFile;
import org.postrider.rights.root.Permits.RefusedException;

/// One connection of the server's: its requests, one after another, on a thread of their own, which
/// is root's between them.
final class Session {
    private static final int BUFFER = 8 << 10;

    private final DataInputStream in;
    private final DataOutputStream out;
    private final Permits permits;
    private final Accounts accounts;
    private final AtomicLong serial;
    private final Semaphore acts;

    /// @param acts of which each takes one
    Session(
            SocketChannel channel,
            Permits permits,
            Accounts accounts,
            AtomicLong serial,
            Semaphore acts) {
        in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER));
        out =
                new DataOutputStream(
                        new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
        this.permits = permits;
        this.accounts = accounts;
        this.serial = serial;
        this.acts = acts;
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
            acts.acquireUninterruptibly();
            try {
                one(request);
            } finally {
                acts.release();
            }
        }
    }

    private void one(Request request) throws IOException {
        Following content = new Following(request.fed());
        Answer<?> answer;
        @Nullable Reading file = null;
        try {
            if (request instanceof Request.Configured c) {
                permits.configured(c.path());
                file = Trusted.open(c.path());
                answer = Answer.done(new byte[0]);
            } else {
                answer = Answer.done(act(request, content));
            }
        } catch (Act e) {
            answer = Answer.refused(e.trouble());
        } catch (RefusedException e) {
            answer = Answer.refused(e.trouble());
        } catch (Accounts.LookupException e) {
            answer =
                    Answer.refused(
                            new Trouble(
                                    Kind.UNAVAILABLE,
                                    e.errno(),
                                    "user lookup error: " + e.getMessage()));
        } finally {
            Switch.root();
        }
        content.drop();
        Wire.answer(out, answer);
        if (file != null) {
            send(file);
        }
        out.flush();
    }

    private Object act(Request request, Content content) throws Act, RefusedException, IOException {
        return switch (request) {
            case Request.Read r -> {
                as(r.who()).user();
                yield UserFile.read(r.path(), r.rules(), r.who().uid());
            }
            case Request.ReadOwned r -> owned(r);
            case Request.Look l -> {
                as(l.who()).user();
                yield UserFile.look(l.path(), l.follow());
            }
            case Request.Append a -> append(a, content);
            case Request.Maildir m -> {
                as(m.who()).user();
                yield new Maildir(m.path(), m.host(), serial).deliver(content);
            }
            case Request.Run r -> {
                permits.identity(r.who());
                Switch user = new Switch(r.who(), Switch.Opener.ROOT, 0);
                yield Run.run(r.command(), content, user, Commands.starter(r.who(), user));
            }
            case Request.Configured c -> throw new IllegalStateException("asked elsewhere");
        };
    }

    /// The rights of a user for whom anything is done; they end with the request.
    private Switch as(Identity who) throws RefusedException {
        permits.identity(who);
        return new Switch(who);
    }

    private Object append(Request.Append a, Content content) throws Act, RefusedException {
        Identity who = a.who();
        permits.identity(who);
        boolean spool = a.rules().place() == Place.SPOOL;
        Switch user = spool ? permits.spool(who, a.path()) : new Switch(who);
        return new Mailbox(a.path(), a.rules(), who.uid(), who.gid(), user).append(content);
    }

    /// Root sees whose file it is, whom it is then read as, if it is still the same file.
    private Rights.Owned owned(Request.ReadOwned r) throws Act, RefusedException {
        FileFacts facts = UserFile.look(r.path(), r.rules().follow());
        Account owner = accounts.numbered(facts.uid());
        if (owner == null) {
            throw new RefusedException(
                    "cannot find username for uid " + Integer.toUnsignedString(facts.uid()));
        }
        as(owner.identity()).user();
        FileText text = UserFile.read(r.path(), r.rules(), owner.uid());
        if (text.facts().uid() != owner.uid()) {
            throw new RefusedException(r.path() + " was exchanged");
        }
        return new Rights.Owned(owner, text);
    }

    private void send(Reading file) throws IOException {
        boolean whole = false;
        try (file) {
            for (byte[] part = file.part(); part.length > 0; part = file.part()) {
                Wire.part(out, part, 0, part.length);
            }
            whole = true;
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
