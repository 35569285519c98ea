package org.postrider.command.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.Terminal;

/// What `postqueue -s` says while the mail system is down; the rest are command lines with 3.12's
/// answers.
class PostqueueTest {
    @TempDir Path directory;

    private List<String> site(String flushed) throws IOException {
        Files.writeString(
                directory.resolve("main.cf"),
                "queue_directory = %s\nfast_flush_domains = %s\n"
                        .formatted(Files.createDirectories(directory.resolve("q")), flushed));
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal =
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(OutputStream.nullOutputStream()),
                        new PrintStream(err, true, StandardCharsets.ISO_8859_1),
                        null);
        String[] words = {"-c", directory.toString(), "-s", "kept.example"};
        assertEquals(69, new Postqueue("postqueue", terminal).run(words));
        terminal.err().flush();
        return err.toString(StandardCharsets.ISO_8859_1).lines().toList();
    }

    /// Who cannot know whether a site is kept does not say that it is not.
    @Test
    void aTableThatCannotSayIsNoNo() throws IOException {
        List<String> said = site("hash:" + directory.resolve("nosuch"));
        assertEquals(3, said.size(), said::toString);
        assertTrue(said.getFirst().contains("nosuch"), said::toString);
        assertEquals(
                List.of(
                        "postqueue: warning: connect to public/flush: No such file or directory",
                        "postqueue: fatal: Cannot flush mail queue - mail system is down"),
                said.subList(1, 3));
    }

    @Test
    void aSiteThatIsNotKeptIsNamed() throws IOException {
        assertEquals(
                List.of(
                        "postqueue: fatal: Flush service is not configured for destination"
                                + " \"kept.example\""),
                site("other.example"));
    }
}
