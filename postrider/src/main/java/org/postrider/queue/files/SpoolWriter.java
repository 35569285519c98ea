package org.postrider.queue.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.memory.Budget;
import org.postrider.memory.NoMemoryException;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;

/// Collects a content in memory; a body over the threshold goes on in a file, which is forced, with
/// its directory, before the content is handed out. The memory is charged until it is closed: while
/// a content waits for its commit, nobody else has charged it.
public final class SpoolWriter implements ContentWriter {
    private static final int LEAST = 8192;

    /// Headers of this size always have room: sessions are limited, and most need no more.
    private static final int FREE_HEADER = 4096;

    private final Bodies bodies;
    private final Budget.Share memory;
    private final int threshold;
    private final ByteArrayOutputStream header = new ByteArrayOutputStream(512);
    private int headerRoom = FREE_HEADER;
    private byte[] body = new byte[0];
    private int filled;
    private long spilled;
    private long length;
    private Bodies.@Nullable Body taken;
    private Disk.@Nullable File file;

    /// @param budget of memory for contents that are being received
    public SpoolWriter(Bodies bodies, Budget budget, int threshold) {
        this.bodies = bodies;
        this.memory = budget.share();
        this.threshold = threshold;
    }

    @Override
    public void header(byte[] from, int offset, int count) throws IOException {
        int size = header.size() + count;
        if (size > headerRoom) {
            int more = Math.max(size, 2 * headerRoom) - headerRoom;
            // It grows by copying: old and new are there for a moment.
            if (!memory.take(2L * more)) {
                throw new NoMemoryException("headers being received");
            }
            headerRoom += more;
        }
        header.write(from, offset, count);
    }

    @Override
    public byte[] header() {
        return header.toByteArray();
    }

    @Override
    public void body(byte[] from, int offset, int count) throws IOException {
        length += count;
        if (file == null && (length > threshold || !fits(filled + count))) {
            Bodies.Body one = bodies.take();
            taken = one;
            file = bodies.openToWrite(one);
        }
        Disk.File out = file;
        if (out != null && filled + count > body.length) {
            spill(out);
            if (count >= body.length) {
                out.write(ByteBuffer.wrap(from, offset, count), spilled);
                spilled += count;
                return;
            }
        }
        System.arraycopy(from, offset, body, filled, count);
        filled += count;
    }

    /// Makes room in memory; false where the budget has none. The first octets always have some.
    private boolean fits(int octets) {
        if (octets <= body.length) {
            return true;
        }
        int wanted = Math.max(octets, Math.min(body.length * 2, threshold));
        int more = wanted - body.length;
        if (!memory.take(more) && wanted > LEAST) {
            return false;
        }
        body = Arrays.copyOf(body, wanted);
        return true;
    }

    private void spill(Disk.File out) throws IOException {
        if (filled > 0) {
            out.write(ByteBuffer.wrap(body, 0, filled), spilled);
            spilled += filled;
            filled = 0;
        }
    }

    @Override
    public Content finish(Facts facts) throws IOException {
        byte[] head = header.toByteArray();
        Bodies.Body one = taken;
        Disk.File out = file;
        if (out == null || one == null) {
            byte[] whole = filled == body.length ? body : Arrays.copyOf(body, filled);
            return new SpoolContent(bodies, head, whole, filled, null, facts);
        }
        try (out) {
            spill(out);
            out.force();
            bodies.written(one, length);
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
        return new SpoolContent(bodies, head, null, length, one, facts);
    }

    @Override
    public void close() {
        memory.close();
        Bodies.Body one = taken;
        if (one == null) {
            return;
        }
        bodies.abandon(one);
        try (Disk.File out = file) {
            // Only closed: nothing of it counts.
        } catch (IOException e) {
            // nothing is lost by it
        }
    }
}
