package org.postrider.moving;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.postrider.disk.Disk;
import org.postrider.disk.ForeignFile;
import org.postrider.disk.Reading;
import org.postrider.disk.RealDisk;
import org.postrider.pickup.Maildrop;

/// A file of our maildrop as the records that Postfix's postdrop would have written, for
/// postcat(1).
public final class ShownSubmission {
    private static final byte[] OURS = "postrider ".getBytes(StandardCharsets.US_ASCII);

    private ShownSubmission() {}

    /// Whether a file begins as one of our maildrop does. What is no file is not looked into: a
    /// pipe says its first octets once.
    public static boolean is(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (ReadableByteChannel in = Reading.channel(file)) {
            ByteBuffer first = ByteBuffer.allocate(OURS.length);
            while (first.hasRemaining() && in.read(first) > 0) {
                // as far as there is more
            }
            return Arrays.equals(first.array(), OURS);
        }
    }

    /// A link is followed, as the rest of postcat(1) does.
    ///
    /// @return its records; the file that they lie in has no name
    /// @throws IOException it is not whole, or none
    public static ReadableByteChannel records(Path file) throws IOException {
        return records(new RealDisk(), file);
    }

    static ReadableByteChannel records(Disk disk, Path file) throws IOException {
        try (ForeignFile found = ForeignFile.open(disk, file.toRealPath())) {
            Path directory = Files.createTempDirectory("postcat");
            Path copy = directory.resolve("records");
            ReadableByteChannel in = null;
            boolean whole = false;
            try (Disk.File out = disk.create(copy, "rw-------")) {
                in = Reading.channel(copy);
                // Before there is mail in it: whatever ends this process leaves none behind.
                gone(copy, directory);
                whole = PostdropWriter.show(found, out, new Maildrop(disk, file));
                if (!whole) {
                    throw new IOException("not finished");
                }
                return in;
            } finally {
                gone(copy, directory);
                if (!whole && in != null) {
                    in.close();
                }
            }
        }
    }

    private static void gone(Path copy, Path directory) throws IOException {
        Files.deleteIfExists(copy);
        Files.deleteIfExists(directory);
    }
}
