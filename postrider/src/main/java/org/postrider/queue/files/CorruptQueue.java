package org.postrider.queue.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.disk.Disk;
import org.postrider.message.Content;
import org.postrider.message.Facts;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.Listing;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.record.MessageRecord;
import org.postrider.queue.record.OctetReader;
import org.postrider.queue.record.QueueIds;
import org.postrider.queue.record.RecipientBlocks;

/// What was found damaged, in files below `corrupt/`: a message's record under its queue id, with
/// its large body beside it as `ID.body`; a stretch of the journal under its place; a maildrop file
/// under `maildrop-NAME`. Nothing here is delivered; the administrator looks at it and deletes it.
/// Any thread.
public final class CorruptQueue {
    private static final String BODY = ".body";
    private static final String WHY = "damaged: set aside in corrupt";

    /// How much of a file is looked at for an envelope.
    private static final int LOOK_OCTETS = 256 << 10;

    private final Disk disk;
    private final Path directory;

    public CorruptQueue(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /// Durable on return; replaces what stands under the name.
    public void put(String name, byte[] octets) throws IOException {
        Path to = directory.resolve(name);
        disk.delete(to);
        try (Disk.File file = disk.open(to)) {
            file.write(ByteBuffer.wrap(octets), 0);
            file.force();
        }
        disk.forceDirectory(directory);
    }

    /// Takes over a whole file. Durable on return.
    public void take(Path file, String name) throws IOException {
        disk.rename(file, directory.resolve(name));
        disk.forceDirectory(directory);
    }

    /// The large body of a message; none where its file is gone.
    public void takeBody(Path file, String id) throws IOException {
        try {
            take(file, id + BODY);
        } catch (java.nio.file.NoSuchFileException e) {
            // the record is all there is
        }
    }

    /// What lies here, sorted; a body goes with its message.
    public List<String> names() {
        List<String> all;
        try {
            all = disk.list(directory);
        } catch (IOException e) {
            return List.of();
        }
        List<String> out = new ArrayList<>(all);
        out.removeIf(
                n -> n.endsWith(BODY) && all.contains(n.substring(0, n.length() - BODY.length())));
        return out;
    }

    /// @return false where there is no such thing
    /// @throws QueueException where it stays
    public boolean remove(String name) {
        if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0) {
            return false;
        }
        try {
            boolean was = disk.delete(directory.resolve(name));
            if (was) {
                disk.delete(directory.resolve(name + BODY));
                disk.forceDirectory(directory);
            }
            return was;
        } catch (IOException e) {
            throw QueueException.of(e);
        }
    }

    /// Shows each with as much of its envelope as can be read.
    public void list(Consumer<Listing> to) {
        for (String name : names()) {
            to.accept(new Listing("corrupt", message(name)));
        }
    }

    /// A message with its content; null where that cannot be read whole.
    public @Nullable QueuedMessage find(QueueId id) {
        String name = id.text();
        if (QueueIds.number(name) == null) {
            return null;
        }
        try (Disk.File file = disk.openToRead(directory.resolve(name))) {
            byte[] octets = new byte[(int) Math.min(Integer.MAX_VALUE - 8, file.size())];
            ByteBuffer b = ByteBuffer.wrap(octets);
            while (b.hasRemaining() && file.read(b, b.position()) >= 0) {
                // until it is full or the file ends
            }
            MessageRecord r = MessageRecord.read(new OctetReader(octets, 0, octets.length), true);
            return new Found(
                    id,
                    envelope(r, name),
                    r.content().facts().size(),
                    r.state().done(),
                    new Kept(disk, directory.resolve(name + BODY), r.content()));
        } catch (IOException | OctetReader.BadRecordException | IllegalArgumentException e) {
            return null;
        }
    }

    private Envelope envelope(MessageRecord r, String name) {
        String reference = r.content().bodyFile();
        if (reference == null || !(r.envelope().recipients() instanceof RecipientBlocks filed)) {
            return r.envelope();
        }
        Path path = directory.resolve(name + BODY);
        return r.envelope()
                .withRecipients(
                        filed.from((at, length) -> recipients(path, reference, r, at, length)));
    }

    private byte[] recipients(Path path, String reference, MessageRecord r, long at, int length)
            throws IOException {
        try (Disk.File file = Bodies.headless(disk.openToRead(path), reference)) {
            return RecipientFile.read(file, r.content().bodyLength() + at, length);
        }
    }

    /// A content that was set aside with its record.
    private record Kept(Disk disk, Path file, MessageRecord.Stored stored) implements Content {
        @Override
        public byte[] header() {
            return stored.header();
        }

        @Override
        public byte @Nullable [] inlineBody() {
            return stored.body();
        }

        @Override
        public long bodyLength() {
            return stored.bodyLength();
        }

        @Override
        public Facts facts() {
            return stored.facts();
        }

        @Override
        public InputStream body() throws IOException {
            byte[] inline = stored.body();
            String reference = stored.bodyFile();
            if (inline != null || reference == null) {
                return new ByteArrayInputStream(inline == null ? new byte[0] : inline);
            }
            return new SpoolContent.FileBody(
                    Bodies.headless(disk.openToRead(file), reference), stored.bodyLength());
        }
    }

    private Found message(String name) {
        long size = 0;
        try (Disk.File file = disk.openToRead(directory.resolve(name))) {
            size = file.size();
            if (QueueIds.number(name) != null) {
                byte[] head = new byte[(int) Math.min(LOOK_OCTETS, size)];
                ByteBuffer b = ByteBuffer.wrap(head);
                while (b.hasRemaining() && file.read(b, b.position()) >= 0) {
                    // until it is full or the file ends
                }
                return damaged(name, head, size);
            }
        } catch (IOException e) {
            // its name is all that can be told
        }
        return damaged(name, new byte[0], size);
    }

    /// What will lie here under this name once somebody may write, with as much of its envelope as
    /// can be read.
    ///
    /// @param octets of its record, as far as there are any
    /// @param size that is shown where nothing of it can be read
    public QueuedMessage found(String name, byte[] octets, long size) {
        return damaged(name, octets, size);
    }

    private Found damaged(String name, byte[] octets, long size) {
        QueueId id = new QueueId(name);
        try {
            if (octets.length > 0 && QueueIds.number(name) != null) {
                MessageRecord r =
                        MessageRecord.read(new OctetReader(octets, 0, octets.length), false);
                return new Found(
                        id, envelope(r, name), r.content().facts().size(), r.state().done(), null);
            }
        } catch (OctetReader.BadRecordException | IllegalArgumentException e) {
            // its name is all that can be told
        }
        Address nobody = new Address("unreadable");
        Envelope unreadable =
                new Envelope(nobody, List.of(Recipient.of(nobody)), 0, Attributes.NONE);
        return new Found(id, unreadable, size, new BitSet(), null);
    }

    /// One of them.
    ///
    /// @param kept its content; null where it is only listed
    private record Found(
            QueueId id, Envelope envelope, long size, BitSet settled, @Nullable Content kept)
            implements QueuedMessage {
        @Override
        public Content content() {
            if (kept != null) {
                return kept;
            }
            throw new QueueException(
                    QueueException.Kind.FAULT, "queue: " + id + ": " + WHY, new IOException(WHY));
        }

        @Override
        public boolean done(int recipient) {
            return settled.get(recipient);
        }

        @Override
        public Mark.@Nullable Reason reason(int recipient) {
            return new Mark.Reason(
                    recipient,
                    new org.postrider.dsn.Status(4, 3, 0),
                    WHY,
                    "none",
                    null,
                    null,
                    "delayed");
        }

        @Override
        public boolean held() {
            return true;
        }

        @Override
        public boolean forcedToExpire() {
            return false;
        }

        @Override
        public boolean delayWarned() {
            return false;
        }
    }
}
