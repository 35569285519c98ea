package org.postrider;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/// Keeps what the programs under test said, for the password ledger at the end of `bin/test`
/// (`src/test/secrets/look`): lines that test support collects ([#line]), and as the maker of every
/// `@TempDir` and an extension of every test the logs of the servers that wrote there. Scripts keep
/// theirs by `src/test/ledger.py`.
public final class Ledger implements TempDirFactory, AfterEachCallback, AfterAllCallback {
    private static final Path KEPT = Path.of("target/ledger/junit");
    private static final Pattern LOG = Pattern.compile("(.*[^a-zA-Z])?(mail)?log(\\.\\d+)?");

    /// The rest of what would fill a disk is left out, and the ledger's count shows it.
    private static final long LONGEST = 64L << 20;

    /// Keeps a line, or several.
    ///
    /// @param who what said it: `smtp.Hop`
    /// @param text octets as chars, or text
    public static void line(String who, String text) {
        boolean octets = text.chars().allMatch(c -> c < 256);
        byte[] line =
                (who + ": " + text + "\n")
                        .getBytes(octets ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        try (OutputStream out = file("lines")) {
            out.write(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OutputStream file(String name) throws IOException {
        Files.createDirectories(KEPT);
        return new FileOutputStream(KEPT.resolve(name).toFile(), true);
    }

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
            throws IOException {
        Path directory = Files.createTempDirectory("junit-");
        directories(context).add(directory);
        return directory;
    }

    /// Those made for a class or for a method.
    private static List<Path> directories(ExtensionContext context) {
        return Objects.requireNonNull(
                        (Directories)
                                context.getStore(ExtensionContext.Namespace.create(Ledger.class))
                                        .computeIfAbsent(
                                                context.getUniqueId(),
                                                id ->
                                                        new Directories(
                                                                new CopyOnWriteArrayList<>())))
                .all();
    }

    private record Directories(List<Path> all) {}

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        keepAll(context);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        keepAll(context);
    }

    /// Before the directories are removed.
    private static void keepAll(ExtensionContext context) throws IOException {
        for (Path directory : directories(context)) {
            keep(directory, context.getRequiredTestClass().getSimpleName() + ".log");
        }
    }

    /// Copies the logs below a directory.
    private static void keep(Path directory, String name) throws IOException {
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        String last = file.getFileName().toString();
                        if (attributes.isRegularFile()
                                && attributes.size() > 0
                                && attributes.size() <= LONGEST
                                && LOG.matcher(last).matches()) {
                            try (OutputStream out = file(name)) {
                                Files.copy(file, out);
                            }
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) {
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
