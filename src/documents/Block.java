import java.util.ArrayList;
import java.util.List;

/// A part of a document, as its source says it; texts hold the marks of [Inline].
sealed interface Block {
    /// @param level 2 for a section, 3 and more below it
    record Heading(int level, String text) implements Block {}

    record Paragraph(String text) implements Block {}

    /// @param kind what the fence says it is (`sh`, `main.cf`, `table /etc/postfix/access` …), or
    ///   empty
    record Code(String kind, List<String> lines) implements Block {
        /// Whose lines they are; empty for those of no file.
        String file() {
            return switch (kind) {
                case "main.cf", "master.cf" -> "/etc/postfix/" + kind;
                default -> kind.startsWith("table ") ? kind.substring("table ".length()) : "";
            };
        }

        /// Of a file's lines: its name above them.
        List<String> shown() {
            if (file().isEmpty()) {
                return lines;
            }
            List<String> all = new ArrayList<>(List.of(file() + ":"));
            lines.forEach(line -> all.add(line.isEmpty() ? "" : "    " + line));
            return all;
        }
    }

    record Items(boolean numbered, List<List<Block>> items) implements Block {}

    /// Terms and what they mean.
    record Definition(List<String> terms, List<Block> meaning) implements Block {}

    record Table(List<List<String>> rows) implements Block {}

    /// One parameter of postconf(5).
    record Parameter(String name, String defaulted, List<Block> text) implements Block {}
}
