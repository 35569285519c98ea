package org.postrider.pickup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.disk.ForeignFile;

/// Reads one file of maildrop, written by any local user: nothing in it is trusted. One thread.
final class MaildropFile implements Submitted {
    private static final int LINE = 1 << 16;

    private final Disk.File file;
    private final byte[] buffer = new byte[LINE];
    private int at;
    private int limit;
    private long position;
    private long contentEnd;
    private long declared;

    /// As postdrop wrote it.
    private boolean records;

    private MaildropFile(Disk.File file) {
        this.file = file;
    }

    /// Null when its end mark is missing: still being written, or never finished.
    ///
    /// @param found whose closing is the caller's
    /// @throws BadFileException it is no maildrop file
    static @Nullable Submitted of(ForeignFile found) throws IOException {
        Disk.File file = found.file();
        if (PostdropFile.begins(file)) {
            return found.executable() ? new PostdropFile(file, 0) : null;
        }
        MaildropFile m = new MaildropFile(file);
        return m.begun(file.size()) ? m.records ? m.ofRecords() : m : null;
    }

    private Submitted ofRecords() throws IOException {
        if (contentEnd - MaildropWriter.RECORDS.length() != declared) {
            throw new BadFileException("length mismatch");
        }
        return new PostdropFile(file, MaildropWriter.RECORDS.length());
    }

    private boolean begun(long size) throws IOException {
        if (size < MaildropWriter.MAGIC.length() + MaildropWriter.END) {
            return false;
        }
        String magic = line() + "\n";
        records = magic.equals(MaildropWriter.RECORDS);
        if (!records && !magic.equals(MaildropWriter.MAGIC)) {
            throw new BadFileException("not a maildrop file");
        }
        byte[] end = new byte[MaildropWriter.END];
        ByteBuffer to = ByteBuffer.wrap(end);
        while (to.hasRemaining()) {
            if (file.read(to, size - MaildropWriter.END + to.position()) < 0) {
                return false;
            }
        }
        String mark = new String(end, StandardCharsets.ISO_8859_1);
        if (!mark.startsWith("end ") || !mark.endsWith("\n")) {
            return false;
        }
        contentEnd = size - MaildropWriter.END;
        try {
            declared = Long.parseLong(mark, 4, MaildropWriter.END - 1, 10);
        } catch (NumberFormatException e) {
            return false;
        }
        return true;
    }

    /// The next line of the head without its end; null after the head.
    ///
    /// @throws BadFileException the head is malformed
    @Override
    public @Nullable String line() throws IOException {
        int from = at;
        while (true) {
            for (int i = from; i < limit; i++) {
                if (buffer[i] == '\n') {
                    String line = new String(buffer, at, i - at, StandardCharsets.ISO_8859_1);
                    at = i + 1;
                    return line.equals("content") ? endOfHead() : line;
                }
            }
            System.arraycopy(buffer, at, buffer, 0, limit - at);
            limit -= at;
            from = limit;
            at = 0;
            if (limit == buffer.length || !fill()) {
                throw new BadFileException("head without end");
            }
        }
    }

    private @Nullable String endOfHead() throws BadFileException {
        long start = position - (limit - at);
        if (contentEnd - start != declared) {
            throw new BadFileException("length mismatch");
        }
        return null;
    }

    private boolean fill() throws IOException {
        int n = file.read(ByteBuffer.wrap(buffer, limit, buffer.length - limit), position);
        if (n <= 0) {
            return false;
        }
        limit += n;
        position += n;
        return true;
    }

    /// Octets of the content into the array.
    ///
    /// @return how many, -1 at its end
    @Override
    public int content(byte[] into, int offset, int length) throws IOException {
        if (at == limit) {
            at = 0;
            limit = 0;
            if (!fill()) {
                return -1;
            }
        }
        long here = position - (limit - at);
        int n = (int) Math.min(Math.min(length, limit - at), contentEnd - here);
        if (n <= 0) {
            return -1;
        }
        System.arraycopy(buffer, at, into, offset, n);
        at += n;
        return n;
    }

    /// What is in the file is not what sendmail writes.
    static final class BadFileException extends IOException {
        private static final long serialVersionUID = 1;

        BadFileException(String why) {
            super(why);
        }
    }
}
