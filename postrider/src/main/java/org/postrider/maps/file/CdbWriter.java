package org.postrider.maps.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Builds a constant database in memory (at most 2 GB). One thread.
public final class CdbWriter {
    private record Slot(int hash, int position) {}

    private final ByteArrayOutputStream records = new ByteArrayOutputStream();
    private final List<List<Slot>> tables = new ArrayList<>();

    public CdbWriter() {
        for (int i = 0; i < 256; i++) {
            tables.add(new ArrayList<>());
        }
    }

    public void add(byte[] key, byte[] value) {
        int h = CdbFile.hash(key);
        tables.get(h & 0xff).add(new Slot(h, CdbFile.HEADER + records.size()));
        ByteBuffer lengths = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        records.writeBytes(lengths.putInt(key.length).putInt(value.length).array());
        records.writeBytes(key);
        records.writeBytes(value);
    }

    /// The whole file, in pieces: what was added is in memory once.
    public void writeTo(OutputStream out) throws IOException {
        long size = CdbFile.HEADER + (long) records.size();
        for (List<Slot> table : tables) {
            size += 16L * table.size();
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw new IOException("more than 2 GB do not fit into a cdb file");
        }
        ByteBuffer header = ByteBuffer.allocate(CdbFile.HEADER).order(ByteOrder.LITTLE_ENDIAN);
        int start = CdbFile.HEADER + records.size();
        for (List<Slot> table : tables) {
            header.putInt(start).putInt(2 * table.size());
            start += 16 * table.size();
        }
        out.write(header.array());
        records.writeTo(out);
        for (List<Slot> table : tables) {
            out.write(slots(table));
        }
    }

    private static byte[] slots(List<Slot> table) {
        int slots = 2 * table.size();
        ByteBuffer out = ByteBuffer.allocate(8 * slots).order(ByteOrder.LITTLE_ENDIAN);
        for (Slot slot : table) {
            int at = Integer.remainderUnsigned(slot.hash() >>> 8, slots);
            while (out.getInt(8 * at + 4) != 0) {
                at = at + 1 == slots ? 0 : at + 1;
            }
            out.putInt(8 * at, slot.hash()).putInt(8 * at + 4, slot.position());
        }
        return out.array();
    }
}
