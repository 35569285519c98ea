package org.postrider.pickup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.postrider.disk.Disk;

/// Writes one submission into maildrop (docs/internals/maildrop.md): a head of lines, the content,
/// an end mark; forced before [#commit] returns. What is closed without it is deleted. Used by the
/// submitting user's own process, which should touch few classes: no lambdas, no formatter.
public final class MaildropWriter implements AutoCloseable {
    static final String MAGIC = "postrider maildrop 1\n";

    /// Of a file that holds records as postdrop takes them.
    static final String RECORDS = "postrider postdrop 1\n";

    static final String CONTENT = "content\n";
    static final int END = 25;

    private final Disk disk;
    private final Path path;
    private final Disk.File file;
    private final byte[] buffer = new byte[16384];
    private int filled;
    private long written;
    private long contentFrom;
    private boolean done;

    private MaildropWriter(Disk disk, Path path, Disk.File file) {
        this.disk = disk;
        this.path = path;
        this.file = file;
    }

    /// @param name unguessable: other users may read a file whose name they know
    /// @param permissions `rw-------` if the server runs as this user, else `rw-r--r--`
    public static MaildropWriter create(Disk disk, Path maildrop, String name, String permissions)
            throws IOException {
        return begun(disk, maildrop.resolve(name), permissions, MAGIC);
    }

    /// For [Postdrop], which has no head.
    static MaildropWriter ofRecords(Disk disk, Path maildrop, String name, String permissions)
            throws IOException {
        return begun(disk, maildrop.resolve(name), permissions, RECORDS);
    }

    private static MaildropWriter begun(Disk disk, Path path, String permissions, String magic)
            throws IOException {
        MaildropWriter writer = new MaildropWriter(disk, path, disk.create(path, permissions));
        writer.text(magic);
        writer.contentFrom = magic.length();
        return writer;
    }

    /// A line of the head. Line ends in the value become spaces.
    public void line(String name, String value) throws IOException {
        text(name);
        text(" ");
        text(value.replace('\n', ' ').replace('\r', ' '));
        text("\n");
    }

    /// Ends the head.
    public void beginContent() throws IOException {
        text(CONTENT);
        contentFrom = written + filled;
    }

    private void text(String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        content(octets, 0, octets.length);
    }

    /// Octets of the message, lines ended by LF.
    public void content(byte[] from, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            int n = Math.min(left, buffer.length - filled);
            System.arraycopy(from, at, buffer, filled, n);
            filled += n;
            at += n;
            left -= n;
            if (filled == buffer.length) {
                flush();
            }
        }
    }

    private void flush() throws IOException {
        file.write(ByteBuffer.wrap(buffer, 0, filled), written);
        written += filled;
        filled = 0;
    }

    /// Returns when the submission is durable.
    public void commit() throws IOException {
        String n = Long.toString(written + filled - contentFrom);
        text("end ");
        text("00000000000000000000".substring(n.length()));
        text(n);
        text("\n");
        flush();
        file.force();
        try {
            disk.forceDirectory(path.getParent() == null ? path : path.getParent());
        } catch (java.nio.file.AccessDeniedException e) {
            // Other users may not open the directory; on Linux the forced file's name is there.
        }
        done = true;
    }

    @Override
    public void close() throws IOException {
        file.close();
        if (!done) {
            disk.delete(path);
        }
    }
}
