package org.postrider.maps;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.postrider.maps.file.BerkeleyFile;
import org.postrider.maps.file.BerkeleyWriter;

/// A small Berkeley DB file that other programs write as well, read and made as a whole: Cyrus's
/// user database.
public final class BerkeleyDb {
    private BerkeleyDb() {}

    /// @param each gets each key and value, the octet 0 at the end taken off
    public static void read(Path file, BiConsumer<byte[], byte[]> each) throws IOException {
        BerkeleyFile.read(file, each);
    }

    /// @return the octets of a hash file with these entries
    /// @throws IllegalArgumentException for what does not fit into one, see [BerkeleyWriter#hash]
    public static byte[] hash(List<Map.Entry<byte[], byte[]>> entries) {
        return BerkeleyWriter.hash(entries);
    }
}
