package org.postrider.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A disk in memory that crashes at a chosen call. What was not forced is then lost, kept, torn at
/// 512-octet blocks or kept in part, as the seed says; a file whose name was not forced is gone or
/// there. It can fail calls with EIO or ENOSPC, and it can lie about forces (to test the tests).
public final class FaultyDisk implements Disk {
    private volatile long free = 1L << 40;

    /// The power is gone.
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        Crash() {
            super("crash", null, false, false);
        }
    }

    /// What becomes of unforced octets and names.
    public enum Fate {
        NONE,
        ALL,
        TORN,
        SOME
    }

    private static final int BLOCK = 512;

    private record Write(long at, byte[] octets) {}

    private static final class Node {
        byte[] now = new byte[0];
        byte[] durable = new byte[0];
        final List<Write> unforced = new ArrayList<>();
    }

    private record Rename(Path name, @Nullable Node node) {}

    private final Map<Path, Node> names = new TreeMap<>();
    private final Map<Path, Node> durableNames = new TreeMap<>();
    private final Map<Path, List<Rename>> unforcedNames = new HashMap<>();
    private final Set<Path> locked = new HashSet<>();

    private long calls;
    private long crashAt = Long.MAX_VALUE;
    private long failAt = Long.MAX_VALUE;
    private long failUntil = Long.MAX_VALUE;
    private String failure = "";
    private int failingForces;
    private boolean crashed;
    private @Nullable Node badNode;
    private long badReads;
    private long badFrom;
    private long badTo;
    private @Nullable Error bug;
    private long bugAfter;
    private @Nullable Runnable beforeRead;
    private @Nullable Error forceBug;
    private boolean liesAboutData;
    private boolean liesAboutNames;
    private int openFiles;

    public void crashAt(long call) {
        crashAt = call;
    }

    /// Calls from `first` to before `until` fail with this message.
    public void failAt(long first, long until, String message) {
        failAt = first;
        failUntil = until;
        failure = message;
    }

    /// From the nth call from now on there is no room; with [Long#MAX_VALUE] there is again.
    public synchronized void fullFromCall(long nth) {
        failAt = nth == Long.MAX_VALUE ? nth : calls + nth;
        failUntil = Long.MAX_VALUE;
        failure = "No space left on device";
    }

    /// The next forces of files fail, but of such as are being made; what was written is on its way
    /// to the disk all the same.
    public synchronized void failForces(int count) {
        failingForces = count;
    }

    /// The next force of a file throws this, which is no IOException; what was written is on its
    /// way to the disk all the same.
    public synchronized void forceThrows(Error error) {
        forceBug = error;
    }

    public void lieAboutData() {
        liesAboutData = true;
    }

    public void lieAboutNames() {
        liesAboutNames = true;
    }

    public synchronized long calls() {
        return calls;
    }

    /// Files that were opened and not closed.
    public synchronized int openFiles() {
        return openFiles;
    }

    private void call(boolean takesRoom) throws IOException {
        if (crashed) {
            throw new Crash();
        }
        calls++;
        if (calls >= crashAt) {
            crashed = true;
            throw new Crash();
        }
        boolean failing = calls >= failAt && calls < failUntil;
        if (failing && (takesRoom || !failure.contains("No space"))) {
            throw new IOException(failure);
        }
    }

    /// The disk as the next start finds it.
    public synchronized FaultyDisk afterCrash(Fate fate, long seed) {
        Random random = new Random(seed);
        FaultyDisk out = new FaultyDisk();
        Map<Path, Node> left = new TreeMap<>(durableNames);
        for (List<Rename> each : unforcedNames.values()) {
            int kept =
                    switch (fate) {
                        case NONE -> 0;
                        case ALL -> each.size();
                        case TORN, SOME -> random.nextInt(each.size() + 1);
                    };
            for (Rename r : each.subList(0, kept)) {
                if (r.node() == null) {
                    left.remove(r.name());
                } else {
                    left.put(r.name(), r.node());
                }
            }
        }
        Map<Node, Node> copies = new HashMap<>();
        for (Map.Entry<Path, Node> e : left.entrySet()) {
            Node n = copies.computeIfAbsent(e.getValue(), k -> survived(k, fate, random));
            out.names.put(e.getKey(), n);
            out.durableNames.put(e.getKey(), n);
        }
        return out;
    }

    private static Node survived(Node from, Fate fate, Random random) {
        Node to = new Node();
        byte[] data = from.durable;
        for (Write w : from.unforced) {
            switch (fate) {
                case NONE -> {
                    // lost
                }
                case ALL -> data = written(data, w.at(), w.octets());
                case SOME -> {
                    if (random.nextBoolean()) {
                        data = written(data, w.at(), w.octets());
                    }
                }
                case TORN -> {
                    for (int at = 0; at < w.octets().length; at += BLOCK) {
                        if (random.nextInt(3) > 0) {
                            int end = Math.min(w.octets().length, at + BLOCK);
                            data =
                                    written(
                                            data,
                                            w.at() + at,
                                            Arrays.copyOfRange(w.octets(), at, end));
                        }
                    }
                }
            }
        }
        to.now = data;
        to.durable = data;
        return to;
    }

    private static byte[] written(byte[] data, long at, byte[] octets) {
        int end = (int) at + octets.length;
        byte[] out = Arrays.copyOf(data, Math.max(data.length, end));
        System.arraycopy(octets, 0, out, (int) at, octets.length);
        return out;
    }

    private void named(Path path, @Nullable Node node) {
        if (node == null) {
            names.remove(path);
        } else {
            names.put(path, node);
        }
        unforcedNames
                .computeIfAbsent(path.getParent(), _ -> new ArrayList<>())
                .add(new Rename(path, node));
    }

    @Override
    public synchronized File open(Path path) throws IOException {
        Node node = names.get(path);
        if (node == null) {
            call(true);
            node = new Node();
            named(path, node);
        }
        return new Handle(node);
    }

    @Override
    public synchronized File openToRead(Path path) throws IOException {
        Node node = names.get(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        return new Handle(node);
    }

    @Override
    public void makeDirectory(Path directory) {
        // directories are there
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        call(false);
        if (liesAboutNames) {
            return;
        }
        List<Rename> pending = unforcedNames.remove(directory);
        if (pending != null) {
            for (Rename r : pending) {
                if (r.node() == null) {
                    durableNames.remove(r.name());
                } else {
                    durableNames.put(r.name(), r.node());
                }
            }
        }
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        call(false);
        Node node = names.get(from);
        if (node == null) {
            throw new NoSuchFileException(from.toString());
        }
        // One step: both names change or neither does.
        names.remove(from);
        names.put(to, node);
        List<Rename> list = unforcedNames.computeIfAbsent(to.getParent(), _ -> new ArrayList<>());
        list.add(new Rename(to, node));
    }

    @Override
    public synchronized boolean delete(Path path) throws IOException {
        if (!names.containsKey(path)) {
            return false;
        }
        call(false);
        named(path, null);
        return true;
    }

    @Override
    public synchronized List<String> list(Path directory) {
        List<String> out = new ArrayList<>();
        for (Path p : names.keySet()) {
            if (directory.equals(p.getParent())) {
                out.add(p.getFileName().toString());
            }
        }
        return out;
    }

    @Override
    public long freeBytes(Path path) {
        return free;
    }

    /// How much room it says that it has.
    public void free(long octets) {
        free = octets;
    }

    @Override
    public synchronized @Nullable AutoCloseable tryLock(Path path) {
        return locked.add(path) ? () -> locked.remove(path) : null;
    }

    /// Flips a bit of a file, as a failing medium does.
    public synchronized void flip(Path path, long bit) {
        Node n = names.get(path);
        if (n != null && bit / 8 < n.now.length) {
            byte[] data = n.now.clone();
            data[(int) (bit / 8)] ^= (byte) (1 << (bit % 8));
            n.now = data;
            n.durable = data;
            n.unforced.clear();
        }
    }

    /// Flips a bit of each of these octets.
    public synchronized void flip(Path path, int from, int to) {
        Node n = names.get(path);
        if (n != null) {
            byte[] data = n.now.clone();
            for (int i = from; i < Math.min(to, data.length); i++) {
                data[i] ^= 2;
            }
            n.now = data;
            n.durable = data;
            n.unforced.clear();
        }
    }

    /// So many reads of these octets fail.
    public synchronized void unreadable(Path path, long from, long to, long times) {
        unreadable(path, from, to);
        badReads = times;
    }

    /// From now on these octets of a file cannot be read.
    public synchronized void unreadable(Path path, long from, long to) {
        badReads = Long.MAX_VALUE;
        badNode = names.get(path);
        badFrom = from;
        badTo = to;
    }

    /// Reads throw this, as a bug in the midst of them would; null for no more.
    public synchronized void readsThrow(@Nullable Error error) {
        readsThrow(error, 0);
    }

    /// The same after so many reads.
    public synchronized void readsThrow(@Nullable Error error, long after) {
        bug = error;
        bugAfter = after;
    }

    /// Done once, by whoever reads next, before it reads.
    public synchronized void beforeRead(Runnable work) {
        beforeRead = work;
    }

    private synchronized Runnable beforeRead() {
        Runnable work = beforeRead;
        beforeRead = null;
        return work == null ? () -> {} : work;
    }

    /// The octets of a file; none where there is no such file.
    public synchronized byte[] octets(Path path) {
        Node n = names.get(path);
        return n == null ? new byte[0] : n.now.clone();
    }

    public synchronized long length(Path path) {
        Node n = names.get(path);
        return n == null ? 0 : n.now.length;
    }

    private final class Handle implements File {
        private final Node node;
        private boolean open = true;

        Handle(Node node) {
            this.node = node;
            openFiles++;
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            synchronized (FaultyDisk.this) {
                byte[] octets = new byte[from.remaining()];
                from.get(octets);
                boolean off = crashed;
                try {
                    call(true);
                } catch (Crash e) {
                    // the write may have begun, unless the power was gone before
                    if (!off) {
                        node.unforced.add(new Write(position, octets));
                    }
                    throw e;
                }
                int end = (int) position + octets.length;
                if (end > node.now.length || node.now == node.durable) {
                    node.now = Arrays.copyOf(node.now, Math.max(end, node.now.length));
                }
                System.arraycopy(octets, 0, node.now, (int) position, octets.length);
                node.unforced.add(new Write(position, octets));
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            beforeRead().run();
            synchronized (FaultyDisk.this) {
                if (bug != null && bugAfter-- <= 0) {
                    throw bug;
                }
                boolean bad = position < badTo && position + into.remaining() > badFrom;
                if (node == badNode && bad && badReads-- > 0) {
                    throw new IOException("Input/output error");
                }
                if (position >= node.now.length) {
                    return -1;
                }
                int n = (int) Math.min(into.remaining(), node.now.length - position);
                into.put(node.now, (int) position, n);
                return n;
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (FaultyDisk.this) {
                call(false);
                Error thrown = forceBug;
                if (thrown != null) {
                    forceBug = null;
                    throw thrown;
                }
                if (failingForces > 0 && node.durable.length == node.now.length) {
                    failingForces--;
                    throw new IOException("Input/output error");
                }
                if (!liesAboutData) {
                    node.durable = node.now.clone();
                    node.unforced.clear();
                }
            }
        }

        @Override
        public long size() {
            synchronized (FaultyDisk.this) {
                return node.now.length;
            }
        }

        @Override
        public void close() {
            synchronized (FaultyDisk.this) {
                openFiles -= open ? 1 : 0;
                open = false;
            }
        }
    }
}
