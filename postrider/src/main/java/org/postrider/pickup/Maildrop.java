package org.postrider.pickup;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.disk.ForeignFile;

/// What lies in maildrop and is not taken yet, for those who look after the queue: mailq, qshape
/// and postsuper. Any thread.
public final class Maildrop {
    /// Is shown a submission: once `message`, then each `recipient`.
    public interface Reader {
        /// @param size of the file, as Postfix shows it
        void message(String name, long arrivalSeconds, long size, String sender) throws IOException;

        void recipient(String address) throws IOException;
    }

    private static final int CHUNK = 16384;

    private final Disk disk;
    private final Path directory;

    public Maildrop(Disk disk, Path queueDirectory) {
        this.disk = disk;
        this.directory = queueDirectory.resolve("maildrop");
    }

    /// File names; those of unfinished submissions and of what is none, too.
    ///
    /// @throws IOException the directory cannot be read, as by users without rights
    public List<String> names() throws IOException {
        return disk.list(directory);
    }

    /// Shows the whole submissions. What is being written, damaged or taken meanwhile is passed
    /// over; nothing is kept in memory.
    ///
    /// @param warnings told of what cannot be read; the rest is shown
    /// @throws IOException the reader's
    public void each(Reader reader, Consumer<String> warnings) throws IOException {
        List<String> names;
        try {
            names = names();
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            warnings.accept("scan maildrop: " + e.getMessage());
            return;
        }
        for (String name : names) {
            try (ForeignFile found = open(name, warnings)) {
                if (found != null) {
                    show(name, found, reader, warnings);
                }
            }
        }
    }

    private @Nullable ForeignFile open(String name, Consumer<String> warnings) {
        try {
            return ForeignFile.open(disk, directory.resolve(name));
        } catch (NoSuchFileException | ForeignFile.NotRegularException e) {
            return null;
        } catch (IOException e) {
            warnings.accept("maildrop/" + name + ": " + e.getMessage());
            return null;
        }
    }

    private static void show(
            String name, ForeignFile found, Reader reader, Consumer<String> warnings)
            throws IOException {
        Submitted file;
        try {
            file = MaildropFile.of(found);
        } catch (MaildropFile.BadFileException e) {
            return;
        } catch (IOException e) {
            warnings.accept("maildrop/" + name + ": " + e.getMessage());
            return;
        }
        boolean begun = false;
        for (String line = next(file); line != null; line = next(file)) {
            if (line.startsWith("sender ") && !begun) {
                begun = true;
                reader.message(
                        name,
                        found.modifiedMillis() / 1000,
                        found.file().size(),
                        line.substring(7));
            } else if (begun && line.startsWith("recipient ")) {
                reader.recipient(line.substring(10));
            }
        }
    }

    /// Pickup will set aside what is malformed; here it only ends.
    private static @Nullable String next(@Nullable Submitted file) {
        try {
            return file == null ? null : file.line();
        } catch (IOException e) {
            return null;
        }
    }

    /// Is told a whole submission: each line of its head (docs/internals/maildrop.md), then its
    /// content, lines ended by LF.
    public interface Whole {
        void line(String line) throws IOException;

        void content(byte[] octets, int length) throws IOException;
    }

    /// Tells one submission.
    ///
    /// @return false where it is unfinished
    /// @throws IOException it is damaged, or no submission; what was told of it is of no use
    public boolean tell(ForeignFile found, Whole to) throws IOException {
        Submitted file = MaildropFile.of(found);
        if (file == null) {
            return false;
        }
        for (String line = file.line(); line != null; line = file.line()) {
            to.line(line);
        }
        byte[] octets = new byte[CHUNK];
        for (int n = file.content(octets, 0, CHUNK); n >= 0; n = file.content(octets, 0, CHUNK)) {
            to.content(octets, n);
        }
        return true;
    }

    /// Takes a submission away that pickup has not taken.
    ///
    /// @return false when there is none of this name
    public boolean delete(String name) throws IOException {
        return name.matches("[0-9A-Za-z]+") && disk.delete(directory.resolve(name));
    }
}
