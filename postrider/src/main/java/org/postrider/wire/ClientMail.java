package org.postrider.wire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;

/// One mail as a [ClientDialogue] sends it: what is said in its commands, and who is told what the
/// server made of it. Recipients are numbered from 0. Called on the dialogue's thread, in the order
/// of the replies; what it throws ends the mail and passes through.
public interface ClientMail {
    /// How many recipients there are.
    int recipients();

    /// This one is still to be asked for.
    boolean open(int recipient);

    /// What is said of where the mail came from, before MAIL; null for nothing.
    default @Nullable Forwarding forwards() {
        return null;
    }

    /// One of the commands of [#forwards] was refused; the mail goes on.
    default void forwardRefused(ClientStage stage, ServerReply reply) {
        throw new IllegalStateException("nothing is forwarded");
    }

    /// XFORWARD commands without their line ends.
    ///
    /// @param client of the client; empty for none
    /// @param mail of the mail; empty for none
    /// @param timeoutMillis for each
    record Forwarding(String client, String mail, long timeoutMillis) {}

    /// Adds the MAIL command, without its line end. Line ends within it are made harmless.
    void mailFrom(StringBuilder out);

    /// Adds the RCPT command of one recipient, without its line end.
    void rcptTo(StringBuilder out, int recipient);

    void accepted(int recipient);

    void recipientRefused(int recipient, ServerReply reply);

    /// How far a mail goes of which nothing is to be sent (`sendmail -bv`, a probe of an address).
    enum Reach {
        /// It is mail, and is sent.
        CONTENT,
        /// Its recipients are asked for: those that the server takes are [#taken] with its reply to
        /// RCPT.
        RCPT,
        /// DATA is asked for, too: they are taken with its reply to that, and the connection ends.
        DATA
    }

    /// How far it goes.
    default Reach reach() {
        return Reach.CONTENT;
    }

    /// Of LMTP: each recipient that was accepted has a reply of its own after the content (RFC 2033
    /// 4.2).
    default boolean answeredEach() {
        return false;
    }

    /// The content goes in chunks to a server that takes them (RFC 3030), instead of behind DATA.
    default boolean chunked() {
        return false;
    }

    /// Writes the content in chunks, the last of which is said to be.
    default void content(Chunks to) throws IOException {
        throw new IllegalStateException("not in chunks");
    }

    /// The server does not know chunks after all: nothing of the mail is there.
    default void chunksUnknown(ServerReply reply) {
        throw new IllegalStateException("not in chunks");
    }

    /// Told of each chunk before its octets are written.
    interface Chunks {
        /// @throws IOException where the server has refused one before it, too
        void begins(int octets, boolean last) throws IOException;
    }

    /// The mail as a whole, at MAIL, DATA or its end.
    void refused(ClientStage stage, ServerReply reply);

    /// Success at DATA where only 354 can be: replies are out of step, and nothing was sent.
    void outOfStep(ServerReply reply);

    /// 354 was said: writes the content with the final dot.
    void content(Connection to) throws IOException;

    /// The server has it.
    void taken(ServerReply reply);

    /// Where each is answered: the server has it for this recipient.
    default void taken(int recipient, ServerReply reply) {
        throw new IllegalStateException("answered as one");
    }

    /// Where each is answered: the server has it not for this recipient.
    default void refusedAtEnd(int recipient, ServerReply reply) {
        throw new IllegalStateException("answered as one");
    }

    /// What the connection is good for afterwards.
    enum End {
        /// Nothing is left open: the next mail may follow at once.
        CLEAN,
        /// A transaction lies open: RSET first.
        RESET,
        /// Only QUIT is left to say.
        QUIT,
        /// A content is owed that nobody is to get: nothing can be said any more.
        HANG_UP,
        /// A kept connection had ended before it was asked anything: no verdict on this mail.
        STALE
    }
}
