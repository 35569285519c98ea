package org.postrider.rights.act;

import java.io.IOException;
import java.io.OutputStream;
import org.postrider.rights.Content;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.system.Act;

/// Octets of a content whose number is known before. Its thread's own.
final class Bodies extends OutputStream {
    private final byte[] octets;
    private int length;

    private Bodies(int most) {
        octets = new byte[most];
    }

    /// All of it.
    ///
    /// @throws Act if it has fewer or more
    static byte[] read(Content content, int octets) throws Act {
        Bodies all = new Bodies(octets);
        try {
            content.writeTo(all);
        } catch (IOException e) {
            throw new Act(Kind.CONTENT, 0, "error reading message: " + e.getMessage());
        }
        if (all.length < octets) {
            throw new Act(Kind.CONTENT, 0, "error reading message: it is shorter than was said");
        }
        return all.octets;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] from, int at, int many) throws IOException {
        if (many > octets.length - length) {
            throw new IOException("it is longer than was said");
        }
        System.arraycopy(from, at, octets, length, many);
        length += many;
    }
}
