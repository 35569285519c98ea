package org.postrider.smtpd.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// One mail on its way through the filter before the queue. Without speed_adjust each command goes
/// to the filter as it comes, and what it answers is the answer; with it commands and content are
/// kept, and the filter is asked once all is there. A content that is judged before the filter has
/// it (authentication_checks) is kept in either case, with DATA. Its session's thread only. Closed
/// with its mail it says QUIT and leaves nothing open, whatever came before.
public final class ProxyMail implements AutoCloseable {
    private static final int PIECE = 16 << 10;

    private final ProxyFilter filter;
    private final String mailCommand;
    private final ClientFacts client;
    private final Consumer<String> warnings;
    private final List<String> kept = new ArrayList<>();
    private @Nullable ProxyDialogue dialogue;
    private @Nullable StuffedOutput output;
    private boolean keeps;
    private boolean inContent;
    private @Nullable Reply last;

    ProxyMail(
            ProxyFilter filter, String mailCommand, ClientFacts client, Consumer<String> warnings) {
        this.filter = filter;
        this.mailCommand = mailCommand;
        this.client = client;
        this.warnings = warnings;
    }

    /// The filter hears of the mail, or will.
    ///
    /// @return null if it may go on; else what the client is told
    public @Nullable Reply begin() {
        return filter.late() ? null : connected();
    }

    private @Nullable Reply connected() {
        ProxyDialogue made = ProxyDialogue.open(filter, warnings);
        if (made == null) {
            last = ProxyDialogue.BROKEN;
            return ProxyDialogue.BROKEN;
        }
        dialogue = made;
        Reply refused = made.begin(client);
        if (refused != null) {
            last = refused;
            return refused;
        }
        return said(mailCommand, '2');
    }

    /// Null if the filter says what is wanted.
    private @Nullable Reply said(String command, char wanted) {
        ProxyDialogue d = dialogue;
        Reply reply = d == null ? ProxyDialogue.BROKEN : d.command(command, wanted);
        last = reply;
        return reply.code() / 100 == wanted - '0' ? null : reply;
    }

    /// @param command RCPT as the client wrote it
    /// @return null if the filter takes it, or will be asked later
    public @Nullable Reply recipient(String command) {
        if (filter.late()) {
            kept.add(command);
            return null;
        }
        return said(command, '2');
    }

    /// Content comes next.
    ///
    /// @param command `DATA` as the client wrote it
    /// @param judged the filter is to have the content once it is whole, with DATA
    public @Nullable Reply data(String command, boolean judged) {
        keeps = filter.late() || judged;
        if (keeps) {
            kept.add(command);
            return null;
        }
        Reply refused = said(command, '3');
        inContent |= refused == null;
        return refused;
    }

    /// Where its content goes.
    ///
    /// @throws IOException where it cannot be kept
    public ContentWriter writer() throws IOException {
        ProxyDialogue d = dialogue;
        if (d != null && !keeps) {
            StuffedOutput made = new StuffedOutput(d);
            output = made;
            return made;
        }
        return filter.means().keeper().content();
    }

    /// The filter will not take the content, whatever comes of it.
    public boolean lost() {
        ProxyDialogue d = dialogue;
        return d != null && d.lost();
    }

    /// What its refusal is about: nobody is told of the filter's rules, but where it could not be
    /// asked.
    public static NotifyClass about(Reply refusal) {
        return refusal == ProxyDialogue.BROKEN ? NotifyClass.SOFTWARE : NotifyClass.NONE;
    }

    /// What the filter said last, or what stands for it; null if it has not been asked.
    public @Nullable Reply last() {
        return last;
    }

    /// Whether the filter gets the content once it is whole, by [#end(Content)].
    public boolean keeps() {
        return keeps;
    }

    /// The content is whole, and the filter has heard it: it decides.
    ///
    /// @return its reply; the mail is accepted if that is positive
    public Reply end() {
        StuffedOutput o = output;
        if (o != null) {
            o.flush();
        }
        return finished();
    }

    /// The content is whole: the filter hears it, and decides.
    ///
    /// @return its reply; the mail is accepted if that is positive
    /// @throws IOException where the content cannot be read
    public Reply end(Content content) throws IOException {
        Reply refused = dialogue == null ? connected() : null;
        return refused != null ? refused : replayed(content);
    }

    private Reply finished() {
        ProxyDialogue d = dialogue;
        Reply said = d == null || d.lost() ? ProxyDialogue.BROKEN : d.command(".", (char) 0);
        inContent = false;
        Reply decided = said.code() / 100 == 3 ? ProxyDialogue.BROKEN : said;
        last = decided;
        return decided;
    }

    /// All that was kept is said; the first refusal is the answer to the mail.
    private Reply replayed(Content content) throws IOException {
        for (int i = 0; i < kept.size(); i++) {
            boolean data = i + 1 == kept.size();
            Reply refused = said(kept.get(i), data ? '3' : '2');
            if (refused != null) {
                return refused;
            }
        }
        ProxyDialogue d = dialogue;
        if (d == null) {
            return ProxyDialogue.BROKEN;
        }
        inContent = true;
        StuffedOutput out = new StuffedOutput(d);
        byte[] head = content.header();
        out.body(head, 0, head.length);
        byte[] piece = new byte[PIECE];
        try (InputStream body = content.body()) {
            for (int n = body.read(piece); n >= 0 && !d.broken(); n = body.read(piece)) {
                out.body(piece, 0, n);
            }
        }
        out.flush();
        return finished();
    }

    @Override
    public void close() {
        ProxyDialogue d = dialogue;
        dialogue = null;
        if (d != null) {
            d.quit(inContent);
        }
    }
}
