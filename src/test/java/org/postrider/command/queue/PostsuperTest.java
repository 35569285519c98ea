package org.postrider.command.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.Terminal;

class PostsuperTest {
    @Test
    void whatItEndsByStandsInTheLogToo(@TempDir Path directory) throws IOException {
        Path log = Files.createFile(directory.resolve("log"));
        Files.writeString(
                directory.resolve("main.cf"),
                """
                queue_directory = %1$s
                data_directory = %1$s
                myhostname = mx.example.com
                maillog_file = %1$s/log
                maillog_file_prefixes = %1$s
                postrider_drop_privileges = no
                """
                        .formatted(directory));
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal =
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(new ByteArrayOutputStream()),
                        new PrintStream(err),
                        directory.toString());
        assertEquals(1, new Postsuper(terminal).run(new String[] {"-d", "ALL", "nosuch"}));
        String text = "fatal: invalid directory name: nosuch\n";
        terminal.err().flush();
        assertEquals("postsuper: " + text, err.toString());
        String said = Files.readString(log);
        assertTrue(said.matches("(?s).* mx postfix/postsuper\\[\\d+]: " + text), said);
    }
}
