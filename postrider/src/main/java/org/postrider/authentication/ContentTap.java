package org.postrider.authentication;

import java.io.IOException;
import java.util.Arrays;
import org.postrider.memory.NoMemoryException;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.Headers;

/// A content on its way to who keeps it, heard by the checks. One thread.
public final class ContentTap implements ContentWriter {
    /// Three numbers a field, in an array that doubles.
    private static final int PLACE_OCTETS = 24;

    /// A text of one octet and its place in a list, twice.
    private static final int NAME_OCTETS = 64;

    private final ContentWriter to;
    private final Memory memory;
    private final MailAuthentication mail;
    private int own;
    private boolean begun;
    private boolean ended;

    /// Cleared once all that came went on.
    private boolean spoiled;

    /// Charges octets to whoever has to pay for them.
    public interface Memory {
        /// @return false where there is no room
        boolean takes(long octets);
    }

    ContentTap(ContentWriter to, Memory memory, MailAuthentication mail) {
        this.to = to;
        this.memory = memory;
        this.mail = mail;
    }

    /// What comes now is the client's.
    ///
    /// @param octets of the header that are our own
    public void clientBegins(int octets) {
        own = octets;
    }

    /// Something could not be kept, or not be heard: nothing is known of the mail, which is not
    /// taken either.
    public boolean spoiled() {
        return spoiled;
    }

    @Override
    public void header(byte[] from, int offset, int length) throws IOException {
        spoiled = true;
        to.header(from, offset, length);
        spoiled = false;
    }

    @Override
    public byte[] header() {
        return to.header();
    }

    @Override
    public void body(byte[] from, int offset, int length) throws IOException {
        spoiled = true;
        headerEnds();
        to.body(from, offset, length);
        if (!ended) {
            mail.body(from, offset, length);
        }
        spoiled = false;
    }

    private void headerEnds() throws IOException {
        if (begun) {
            return;
        }
        begun = true;
        byte[] header = to.header();
        if (!memory.takes(cost(header, own))) {
            throw new NoMemoryException("a header that is checked");
        }
        mail.header(Arrays.copyOfRange(header, own, header.length));
    }

    /// Of a copy of the header, the canonical form of one signature, the places of its fields, and
    /// what signatures are read into: their text, and each name that they sign, which may be one
    /// octet.
    private static long cost(byte[] header, int own) {
        long out = 2L * (header.length - own);
        for (int at = own; at < header.length; ) {
            int end = Headers.headerEnd(header, at);
            boolean signature =
                    Headers.named(header, at, end, "dkim-signature")
                            || Headers.named(header, at, end, "arc-message-signature");
            for (int i = at; i < end; i++) {
                out += header[i] == '\n' ? PLACE_OCTETS : 0;
                out += !signature ? 0 : header[i] == ':' ? NAME_OCTETS : 1;
            }
            at = end;
        }
        return out;
    }

    /// The content is whole: what is known of it is known now.
    ///
    /// What comes after it (a last line end) is not heard.
    ///
    /// @throws IOException where there is no memory
    public void ends() throws IOException {
        headerEnds();
        ended = true;
        mail.end();
    }

    @Override
    public Content finish(Facts facts) throws IOException {
        return to.finish(facts);
    }

    @Override
    public void close() {
        to.close();
    }
}
