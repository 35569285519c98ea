package org.postrider.pickup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.ForeignFile;
import org.postrider.disk.RealDisk;

/// Files of Postfix's postdrop, as any local user can make them.
class PostdropFileTest {
    @TempDir Path queue;

    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

    private void record(char type, String value) throws IOException {
        octets.write(type);
        octets.write(value.length());
        octets.write(value.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void envelope() throws IOException {
        record('T', "1790000000 0");
        record('S', "user@example.com");
        record('R', "other@example.net");
        record('M', "");
    }

    private Path written(String name) throws IOException {
        Path file = Files.createDirectories(queue.resolve("maildrop")).resolve(name);
        Files.write(file, octets.toByteArray());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }

    private Path withALengthBeyondAllFiles() throws IOException {
        envelope();
        octets.write('N');
        for (int i = 0; i < 8; i++) {
            octets.write(0xff);
        }
        octets.write(0x7f);
        return written("BAD1");
    }

    @Test
    void aLengthBeyondAllFilesIsABadFile() throws IOException {
        Path path = withALengthBeyondAllFiles();
        try (ForeignFile found = ForeignFile.open(new RealDisk(), path)) {
            Submitted file = MaildropFile.of(found);
            assertNotNull(file);
            assertEquals("sender user@example.com", file.line());
            assertEquals("recipient other@example.net", file.line());
            assertThrows(MaildropFile.BadFileException.class, file::line);
        }
    }

    @Test
    void oneBadFileHidesNoOther() throws IOException {
        withALengthBeyondAllFiles();
        octets.reset();
        envelope();
        record('N', "text");
        record('X', "");
        record('E', "");
        written("GOOD");
        Set<String> shown = new TreeSet<>();
        new Maildrop(new RealDisk(), queue)
                .each(
                        new Maildrop.Reader() {
                            @Override
                            public void message(
                                    String name, long arrivalSeconds, long size, String sender) {
                                shown.add(name);
                            }

                            @Override
                            public void recipient(String address) {
                                assertEquals("other@example.net", address);
                            }
                        },
                        Assertions::fail);
        assertEquals(Set.of("BAD1", "GOOD"), shown);
    }
}
