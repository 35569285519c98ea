package org.postrider.maps;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.config.Values;

/// What the match lists share: `/file` members are replaced by their words.
final class Lists {
    private Lists() {}

    static List<String> filesRead(List<String> words) {
        List<String> out = new ArrayList<>();
        for (String word : words) {
            String name = word.startsWith("!") ? word.substring(1) : word;
            if (!name.startsWith("/")) {
                out.add(word);
                continue;
            }
            try {
                for (LogicalLines.Line line :
                        LogicalLines.of(
                                name,
                                Files.readString(Path.of(name), StandardCharsets.ISO_8859_1),
                                warning -> {
                                    throw new ConfigException(warning);
                                })) {
                    for (String inner : filesRead(Values.words(line.text()))) {
                        out.add(word.startsWith("!") ? "!" + inner : inner);
                    }
                }
            } catch (IOException e) {
                String why =
                        switch (e) {
                            case NoSuchFileException _ -> "No such file or directory";
                            case AccessDeniedException _ -> "Permission denied";
                            default -> String.valueOf(e.getMessage());
                        };
                throw new ConfigException("open file " + name + ": " + why);
            }
        }
        return out;
    }

    /// `type:name` and no IPv6 address.
    static boolean isTable(String word) {
        int colon = word.indexOf(':');
        if (colon <= 0 || word.startsWith("[")) {
            return false;
        }
        for (int i = 0; i < colon; i++) {
            char c = word.charAt(i);
            if (!(c >= 'a' && c <= 'z') && c != '_') {
                return false;
            }
        }
        return Network.literal(word) == null;
    }
}
