package org.postrider.master.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;

/// Who else than root may write to main.cf and master.cf: whoever may, runs commands as root with
/// the next start. Where another user runs the server, the files are his.
final class OthersMayWrite {
    private static final List<String> FILES = List.of("main.cf", "master.cf");

    private OthersMayWrite() {}

    static List<String> all(Path mainCf) {
        String user = System.getProperty("user.name");
        Path directory = mainCf.getParent();
        return directory == null || !"root".equals(user) ? List.of() : of(directory, user);
    }

    /// @param owner whose they have to be
    static List<String> of(Path directory, String owner) {
        List<String> said = new ArrayList<>();
        for (String name : FILES) {
            Path file = directory.resolve(name);
            PosixFileAttributes facts;
            try {
                facts = Files.readAttributes(file, PosixFileAttributes.class);
            } catch (IOException e) {
                // One that is not there or cannot be read has been said.
                continue;
            }
            String shown = directory + "/./" + name;
            if (!facts.owner().getName().equals(owner)) {
                said.add("not owned by " + owner + ": " + shown);
            }
            if (facts.permissions().contains(PosixFilePermission.GROUP_WRITE)
                    || facts.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
                said.add("group or other writable: " + shown);
            }
        }
        return said;
    }
}
