package org.postrider.master.check;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.postrider.config.Settings;
import org.postrider.master.MasterParams;

/// What lies in `corrupt/`, for start and `postfix check`: nobody looks there by himself.
final class CorruptCheck {
    private static final int NAMED = 5;

    private CorruptCheck() {}

    /// @return one line, or none where there is nothing (or it is not ours to look)
    static List<String> all(Settings settings) {
        Path corrupt = Path.of(settings.get(MasterParams.QUEUE_DIRECTORY)).resolve("corrupt");
        List<String> names = new ArrayList<>();
        if (!Files.isReadable(corrupt)) {
            return List.of();
        }
        try (var entries = Files.newDirectoryStream(corrupt)) {
            entries.forEach(each -> names.add(String.valueOf(each.getFileName())));
        } catch (IOException | DirectoryIteratorException e) {
            return List.of(corrupt + ": " + e.getMessage());
        }
        if (names.isEmpty()) {
            return List.of();
        }
        Collections.sort(names);
        String some = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
        return List.of(
                corrupt
                        + ": damaged and not delivered: "
                        + some
                        + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "")
                        + "; see mailq, delete with postsuper -d ALL corrupt");
    }
}
