package org.postrider.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The machine's filesystem.
public final class RealDisk implements Disk {
    private static final FileAttribute<?> FILE = mode("rw-------");
    private static final FileAttribute<?> DIRECTORY = mode("rwx------");

    private static FileAttribute<?> mode(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    @Override
    public boolean narrow(Path path) throws IOException {
        Set<PosixFilePermission> has = Files.getPosixFilePermissions(path);
        Set<PosixFilePermission> may = EnumSet.copyOf(has);
        may.removeIf(p -> !p.name().startsWith("OWNER_"));
        if (may.equals(has)) {
            return false;
        }
        Files.setPosixFilePermissions(path, may);
        return true;
    }

    @Override
    public File open(Path path) throws IOException {
        return new Channel(
                FileChannel.open(
                        path,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE),
                        FILE));
    }

    @Override
    public File create(Path path, String permissions) throws IOException {
        FileChannel made =
                FileChannel.open(
                        path,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        mode(permissions));
        try {
            // A user's umask may have taken what the server needs to read it.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        } catch (UnsupportedOperationException e) {
            // a filesystem without modes
        } catch (IOException | RuntimeException e) {
            made.close();
            throw e;
        }
        return new Channel(made);
    }

    @Override
    public File openToRead(Path path) throws IOException {
        return new Channel(FileChannel.open(path, StandardOpenOption.READ));
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path above = directory.toAbsolutePath().getParent();
            if (above != null) {
                Files.createDirectories(above);
            }
            Files.createDirectory(directory, DIRECTORY);
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public boolean delete(Path path) throws IOException {
        return Files.deleteIfExists(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (var entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    names.add(String.valueOf(entry.getFileName()));
                }
            }
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public long freeBytes(Path path) throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    @Override
    public @Nullable AutoCloseable tryLock(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), FILE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // held by another server in this JVM
        }
        channel.close();
        return null;
    }

    /// A file, by its channel.
    private record Channel(FileChannel channel) implements File {
        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            long at = position;
            while (from.hasRemaining()) {
                at += channel.write(from, at);
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return channel.read(into, position);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel to)
                throws IOException {
            return channel.transferTo(position, count, to);
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
