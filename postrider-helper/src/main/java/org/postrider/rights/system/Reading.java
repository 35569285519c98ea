package org.postrider.rights.system;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.postrider.rights.Errno;

/// An open file's octets, one part after another. Its thread's own.
public final class Reading implements AutoCloseable {
    private static final int PART = 32 << 10;

    private final int descriptor;

    Reading(int descriptor) {
        this.descriptor = descriptor;
    }

    /// Its next octets, none at its end.
    public byte[] part() throws Act {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment part = arena.allocate(PART);
            int got = Posix.read(descriptor, part);
            if (got < 0) {
                throw Act.failed("cannot read", got);
            }
            return part.asSlice(0, got).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /// All that is left of it.
    ///
    /// @throws Act if that is more than so many octets, or cannot be read
    public byte[] all(long most) throws Act {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part = part(); part.length > 0; part = part()) {
            if (part.length > most - out.size()) {
                throw Act.failed("cannot read", -Errno.EFBIG);
            }
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        Posix.close(descriptor);
    }
}
