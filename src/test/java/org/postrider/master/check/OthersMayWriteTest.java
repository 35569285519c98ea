package org.postrider.master.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The words are those of Postfix's `postfix check`.
class OthersMayWriteTest {
    @TempDir private Path directory;

    private void file(String name, String mode) throws IOException {
        Files.writeString(directory.resolve(name), "");
        Files.setPosixFilePermissions(
                directory.resolve(name), PosixFilePermissions.fromString(mode));
    }

    private List<String> said(String owner) {
        return OthersMayWrite.of(directory, owner);
    }

    @Test
    void whoElseMayWriteToTheConfigurationIsSaid() throws IOException {
        String owner = Files.getOwner(directory).getName();
        file("main.cf", "rw-r--r--");
        file("master.cf", "rw-r--r--");
        assertEquals(List.of(), said(owner));
        file("main.cf", "rw-rw-r--");
        file("master.cf", "rw-r--rw-");
        assertEquals(
                List.of(
                        "group or other writable: " + directory + "/./main.cf",
                        "group or other writable: " + directory + "/./master.cf"),
                said(owner));
    }

    @Test
    void aFileOfAnotherUsersIsSaid() throws IOException {
        file("main.cf", "rw-r--r--");
        assertEquals(
                List.of("not owned by nobody-else: " + directory + "/./main.cf"),
                said("nobody-else"));
    }

    @Test
    void whatIsBehindALinkCounts() throws IOException {
        file("elsewhere", "rw-rw-r--");
        Files.createSymbolicLink(directory.resolve("main.cf"), Path.of("elsewhere"));
        assertEquals(
                List.of("group or other writable: " + directory + "/./main.cf"),
                said(Files.getOwner(directory).getName()));
    }
}
