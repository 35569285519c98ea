package org.postrider.cleanup.milter;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.AddressList;
import org.postrider.maps.TableException;
import org.postrider.memory.NoMemoryException;
import org.postrider.message.Content;
import org.postrider.message.ContentAction;
import org.postrider.message.ContentWriter;
import org.postrider.message.HeaderList;
import org.postrider.milter.Answer;
import org.postrider.milter.Changes;
import org.postrider.milter.FilteredMail;
import org.postrider.queue.Dsn;
import org.postrider.wire.Reply;

/// A mail as milters see it, and what they change of it, one after the other: each change is done
/// at once, but for a body, which takes the place of the old one when the milter is done. One
/// thread.
public final class MailEdits implements FilteredMail, Changes {
    private static final Answer NOT_WRITTEN =
            new Answer.Refused(Reply.of(451, 4, 3, "Error: queue file write error"));

    /// The mail that is changed, and by whose settings.
    public interface Mail {
        HeaderList header();

        /// With the header as it is now.
        Content content();

        /// Another content takes its place.
        void content(Content other);

        /// For another content; closed with the mail.
        ContentWriter writer();

        /// Octets that a content may have; 0 for no limit.
        long sizeLimit();

        /// So many octets more are held in memory for it.
        ///
        /// @return false where there is no room for them
        boolean takes(long octets);

        /// What milter_header_checks want done with a field, folded lines parted by LF; the rest is
        /// noted.
        ContentAction checked(String field);

        Dsn dsn();

        /// Another sender, as the milter named it.
        void sender(Address sender, Dsn dsn);

        /// One recipient more, as the milter named it.
        ///
        /// @param original ORCPT; empty for none
        /// @throws IOException where there is no memory
        void recipient(Address recipient, int notify, String original) throws IOException;

        /// All that were given as this address get nothing.
        void remove(Address recipient);

        /// Is put on hold.
        void quarantine();

        /// For the log, with the mail's id.
        void warn(String text);

        /// For the log.
        void say(String text);
    }

    private final Mail mail;
    private final int tokenLimit;
    private final EditedHeader fields;
    private @Nullable NewBody body;
    private @Nullable IOException unwritten;
    private @Nullable TableException unanswered;
    private boolean tooLarge;

    /// @param tokenLimit of an address
    public MailEdits(Mail mail, int tokenLimit) {
        this.mail = mail;
        this.tokenLimit = tokenLimit;
        fields = new EditedHeader(mail.header());
    }

    // ---- what milters see

    @Override
    public List<Field> fields() {
        return fields.fields(mail.header());
    }

    @Override
    public InputStream body() throws IOException {
        InputStream in = mail.content().body();
        try {
            // The empty line is nobody's.
            in.skipNBytes(Math.min(2, mail.content().bodyLength()));
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    @Override
    public long bodyLength() {
        return Math.max(0, mail.content().bodyLength() - 2);
    }

    // ---- the header

    @Override
    public void addHeader(String name, String value) {
        if (fault() == null) {
            put(mail.header().size(), name, value);
        }
    }

    @Override
    public void insertHeader(long index, String name, String value) {
        if (fault() == null) {
            put(place(index), name, value);
        }
    }

    private int place(long index) {
        int size = mail.header().size();
        return index < 0 || index > size ? size : (int) index;
    }

    private void put(int place, String name, String value) {
        byte[] made = made(EditedHeader.field(name, value));
        if (made.length > 0 && fits(made.length)) {
            mail.header().insert(place, made);
        }
    }

    @Override
    public void changeHeader(long index, String name, String value) {
        if (fault() != null) {
            return;
        }
        int at = fields.find(mail.header(), name, index);
        if (at < 0) {
            addHeader(name, value);
            return;
        }
        byte[] made = made(EditedHeader.field(name, value));
        if (fits(made.length)) {
            mail.header().change(at, made);
        }
    }

    @Override
    public void deleteHeader(long index, String name) {
        int at = fault() == null ? fields.find(mail.header(), name, index) : -1;
        if (at >= 0) {
            mail.header().remove(at);
        }
    }

    /// A field as milter_header_checks leave it; empty where nothing comes of it.
    private byte[] made(String field) {
        return switch (mail.checked(field)) {
            case ContentAction.Keep() -> EditedHeader.octets(field);
            case ContentAction.Drop() -> new byte[0];
            // As in Postfix, where it is said in the log and nothing else.
            case ContentAction.Prepend(String _) -> EditedHeader.octets(field);
            case ContentAction.Replace(String other) -> EditedHeader.octets(other);
        };
    }

    /// A header is held in memory, and with it the mail stays within its limit.
    private boolean fits(int octets) {
        if (!mail.takes(octets)) {
            unwritten = new NoMemoryException("what milters add to a header");
            return false;
        }
        long limit = mail.sizeLimit();
        boolean fits =
                limit == 0
                        || mail.header().octets().length + octets + mail.content().bodyLength()
                                <= limit;
        tooLarge |= !fits;
        return fits;
    }

    // ---- the body

    @Override
    public void replaceBody(byte[] octets, int offset, int length) {
        if (fault() != null) {
            return;
        }
        try {
            NewBody to = body;
            if (to == null) {
                to = new NewBody(mail.writer(), mail.header().octets(), mail.sizeLimit());
                body = to;
            }
            to.write(octets, offset, length);
            tooLarge |= to.tooLarge();
        } catch (IOException e) {
            unwritten = e;
        }
    }

    @Override
    public void settled(String milter) {
        NewBody made = body;
        body = null;
        if (made == null || fault() != null) {
            return;
        }
        try {
            byte[] header = mail.header().octets();
            Content content = made.finish();
            mail.content(
                    content.withHeader(
                            header, content.facts().withHeader(content.header(), header)));
        } catch (IOException e) {
            unwritten = e;
        }
    }

    // ---- the envelope

    @Override
    public void changeFrom(String address, String arguments) {
        if (fault() != null) {
            return;
        }
        List<String> named = AddressList.parse(address, tokenLimit).addresses();
        try {
            mail.sender(
                    named.isEmpty() ? Address.NULL : new Address(named.getFirst()),
                    DsnArguments.ofSender(arguments, mail.dsn(), mail::say));
        } catch (TableException e) {
            unanswered = e;
        }
    }

    @Override
    public void addRecipient(String address, String arguments) {
        if (fault() != null) {
            return;
        }
        Address named = recipient(address, "add");
        if (named == null) {
            return;
        }
        DsnArguments.OfRecipient said = DsnArguments.ofRecipient(arguments, mail::warn, mail::say);
        try {
            mail.recipient(named, said.dsnNotify(), said.original());
        } catch (TableException e) {
            unanswered = e;
        } catch (IOException e) {
            unwritten = e;
        }
    }

    @Override
    public void deleteRecipient(String address) {
        Address named = fault() == null ? recipient(address, "drop") : null;
        if (named != null) {
            mail.remove(named);
        }
    }

    private @Nullable Address recipient(String text, String what) {
        List<String> named = AddressList.parse(text, tokenLimit).addresses();
        if (named.size() > 1) {
            mail.warn("Milter request to " + what + " multi-recipient: \"" + text + "\"");
        }
        if (named.isEmpty() || named.getFirst().isEmpty()) {
            mail.warn("ignoring attempt from Milter to " + what + " null recipient");
            return null;
        }
        return new Address(named.getFirst());
    }

    @Override
    public void quarantine(String reason) {
        mail.quarantine();
    }

    // ---- what became of it

    @Override
    public void complaint(String text) {
        mail.say(text);
    }

    @Override
    public @Nullable Answer fault() {
        return unwritten != null || unanswered != null || tooLarge ? NOT_WRITTEN : null;
    }

    /// Something could not be done at all: throws what it was.
    ///
    /// @throws IOException the content could not be written, or there was no memory
    public void check() throws IOException {
        if (unwritten != null) {
            throw unwritten;
        }
        if (unanswered != null) {
            throw unanswered;
        }
    }

    /// The mail would have become larger than a mail may be.
    public boolean tooLarge() {
        return tooLarge;
    }
}
