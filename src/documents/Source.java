import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the one form in which documents are written: the part of Markdown that the documents of
/// this project use, with definitions (`term` and, in the next line, `: meaning`). A line `<!-- …
/// -->` is for tests and is not shown.
final class Source {
    private static final Pattern ITEM = Pattern.compile("( *)([-*]|[0-9]+\\.) +(.*)");

    private final List<String> lines;
    private int at;

    private Source(List<String> lines) {
        this.lines = lines;
    }

    static List<Block> read(List<String> lines) {
        return new Source(lines).blocks();
    }

    private List<Block> blocks() {
        List<Block> out = new ArrayList<>();
        while (at < lines.size()) {
            String line = lines.get(at);
            if (line.isBlank() || line.startsWith("<!--")) {
                at++;
            } else if (line.startsWith("```")) {
                out.add(fenced(line.substring(3).strip()));
            } else if (line.startsWith("    ")) {
                out.add(indented());
            } else if (line.startsWith("#")) {
                int level = line.indexOf(' ');
                out.add(new Block.Heading(level, line.substring(level + 1).strip()));
                at++;
            } else if (line.startsWith("|")) {
                out.add(table());
            } else if (ITEM.matcher(line).matches()) {
                out.add(items());
            } else {
                out.add(text());
            }
        }
        return out;
    }

    private Block fenced(String kind) {
        List<String> code = new ArrayList<>();
        for (at++; at < lines.size() && !lines.get(at).startsWith("```"); at++) {
            code.add(lines.get(at));
        }
        at++;
        return new Block.Code(kind, code);
    }

    private Block indented() {
        List<String> code = new ArrayList<>();
        while (at < lines.size() && (lines.get(at).startsWith("    ") || lines.get(at).isBlank())) {
            code.add(lines.get(at).isBlank() ? "" : lines.get(at).substring(4));
            at++;
        }
        while (code.getLast().isEmpty()) {
            code.removeLast();
        }
        return new Block.Code("", code);
    }

    private Block table() {
        List<List<String>> rows = new ArrayList<>();
        for (; at < lines.size() && lines.get(at).startsWith("|"); at++) {
            String row = lines.get(at).strip();
            if (!row.matches("[|: -]+") || row.matches("[| ]+")) {
                List<String> cells = new ArrayList<>();
                for (String cell :
                        row.substring(1, row.endsWith("|") ? row.length() - 1 : row.length())
                                .split("(?<!\\\\)\\|", -1)) {
                    cells.add(cell.strip().replace("\\|", "|"));
                }
                rows.add(cells);
            }
        }
        return new Block.Table(rows);
    }

    private Block items() {
        List<List<Block>> items = new ArrayList<>();
        boolean numbered = Character.isDigit(lines.get(at).strip().charAt(0));
        while (at < lines.size()) {
            Matcher item = ITEM.matcher(lines.get(at));
            if (!item.matches() || !item.group(1).isEmpty()) {
                break;
            }
            int depth = numbered ? 3 : 2;
            List<String> inner = new ArrayList<>(List.of(item.group(3)));
            at++;
            inner.addAll(deeper(depth));
            items.add(read(inner));
        }
        return new Block.Items(numbered, items);
    }

    /// The lines that belong to what began above, without their indentation.
    private List<String> deeper(int depth) {
        List<String> inner = new ArrayList<>();
        String blank = " ".repeat(depth);
        while (at < lines.size()) {
            String line = lines.get(at);
            boolean goesOn =
                    line.isBlank() && at + 1 < lines.size() && lines.get(at + 1).startsWith(blank);
            if (!line.startsWith(blank) && !goesOn) {
                break;
            }
            inner.add(line.isBlank() ? "" : line.substring(depth));
            at++;
        }
        return inner;
    }

    /// A paragraph, or terms with their meaning.
    private Block text() {
        List<String> text = new ArrayList<>();
        while (at < lines.size() && !lines.get(at).isBlank()) {
            String line = lines.get(at);
            if (line.startsWith(": ")) {
                List<String> inner = new ArrayList<>(List.of(line.substring(2)));
                at++;
                inner.addAll(deeper(2));
                return new Block.Definition(text, read(inner));
            }
            if (!text.isEmpty()
                    && (line.startsWith("```")
                            || line.startsWith("|")
                            || ITEM.matcher(line).matches() && line.startsWith("- "))) {
                break;
            }
            text.add(line.strip());
            at++;
        }
        return new Block.Paragraph(String.join(" ", text));
    }
}
