package org.postrider.smtpd.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.wire.Reply;

/// One mail on its way through the filter before the queue. Without speed_adjust each command goes
/// to the filter as it comes, and what it answers is the answer; with it commands and content are
/// kept, and the filter is asked once all is there. Its session's thread only. Closed with its mail
/// it says QUIT and leaves nothing open, whatever came before.
public final class ProxyMail implements AutoCloseable {
    private static final int PIECE = 16 << 10;

    private final ProxyFilter filter;
    private final String mailCommand;
    private final ClientFacts client;
    private final Consumer<String> warnings;
    private final List<String> kept = new ArrayList<>();
    private @Nullable ProxyDialogue dialogue;
    private @Nullable StuffedOutput output;
    private @Nullable ContentWriter store;
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
    public @Nullable Reply data(String command) {
        if (filter.late()) {
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
        if (d != null) {
            StuffedOutput made = new StuffedOutput(d);
            output = made;
            return made;
        }
        ContentWriter made = filter.means().keeper().content();
        store = made;
        return made;
    }

    /// The filter will not take the content, whatever comes of it.
    public boolean lost() {
        ProxyDialogue d = dialogue;
        return d != null && d.lost();
    }

    /// What the filter said last, or what stands for it; null if it has not been asked.
    public @Nullable Reply last() {
        return last;
    }

    /// The content is whole: the filter decides.
    ///
    /// @param writer that of [#writer]
    /// @return its reply; the mail is accepted if that is positive
    public Reply end(ContentWriter writer, Facts facts) {
        try {
            if (store != null) {
                replayed(writer.finish(facts));
            } else {
                StuffedOutput o = output;
                if (o != null) {
                    o.flush();
                }
                finished();
            }
        } catch (IOException e) {
            warnings.accept("proxy speed-adjust log I/O error: " + e.getMessage());
            last = Disk.full(e) ? SmtpdReplies.NO_SPACE : ProxyDialogue.BROKEN;
        }
        Reply said = last;
        return said == null ? ProxyDialogue.BROKEN : said;
    }

    private void finished() {
        ProxyDialogue d = dialogue;
        Reply said = d == null || d.lost() ? ProxyDialogue.BROKEN : d.command(".", (char) 0);
        inContent = false;
        last = said.code() / 100 == 3 ? ProxyDialogue.BROKEN : said;
    }

    /// All that was kept is said; the first refusal is the answer to the mail.
    private void replayed(Content content) throws IOException {
        if (connected() != null) {
            return;
        }
        for (int i = 0; i < kept.size(); i++) {
            boolean data = i + 1 == kept.size();
            if (said(kept.get(i), data ? '3' : '2') != null) {
                return;
            }
        }
        ProxyDialogue d = dialogue;
        if (d == null) {
            return;
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
        finished();
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
