package org.postrider.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How an account is looked for in the system's files.
class AccountsTest {
    @TempDir Path temp;

    private String @Nullable [] entry(String text, String name) throws IOException {
        return Privileges.entry(Files.writeString(temp.resolve("passwd"), text), name, 4);
    }

    @Test
    void itIsTheLineOfThisNameAndNoOther() throws IOException {
        String text =
                """
                postfix2:x:1:11::/:
                # postfix:x:2:12
                mail:x:3:13:postfix:x:/
                postfix
                postfix:x:4
                +postfix::5:15::/:

                postfix:x:6:16::/:
                postfix:x:7:17::/:
                """;
        assertArrayEquals(
                new String[] {"postfix", "x", "6", "16", "", "/", ""}, entry(text, "postfix"));
        assertNull(entry(text, "post"));
        assertNull(entry(text, "x"));
        assertNull(entry(text, ""));
        assertNull(entry("", "postfix"));
        assertNull(entry("+::::::\n", "postfix"));
    }

    @Test
    void theLastLineNeedsNoEnd() throws IOException {
        assertArrayEquals(new String[] {"b", "x", "2", "20"}, entry("a:x:1:10\nb:x:2:20", "b"));
        assertArrayEquals(new String[] {"a", "x", "1", "10"}, entry("a:x:1:10", "a"));
    }

    @Test
    void whereThereIsNoFileNobodyIsKnown() {
        assertNull(Privileges.entry(temp.resolve("none"), "postfix", 4));
    }
}
