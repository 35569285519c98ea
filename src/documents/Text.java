import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Writes a document as plain text for pagers and grep, 78 columns wide.
final class Text {
    private static final int WIDTH = 78;

    private final StringBuilder out = new StringBuilder();

    private Text() {}

    static String of(Document of) {
        Text text = new Text();
        text.out
                .append(of.title())
                .append('\n')
                .append("=".repeat(of.title().length()))
                .append("\n");
        of.blocks().forEach(block -> text.block(block, ""));
        return text.out.toString();
    }

    private void block(Block block, String indent) {
        out.append('\n');
        switch (block) {
            case Block.Heading(int level, String text) -> {
                String shown = inline(text);
                out.append(shown)
                        .append('\n')
                        .append((level <= 2 ? "-" : ".").repeat(shown.length()))
                        .append('\n');
            }
            case Block.Paragraph(String text) -> wrapped(inline(text), indent, indent);
            case Block.Code code ->
                    code.shown()
                            .forEach(line ->
                                    out.append(line.isEmpty() ? "" : indent + "    " + line)
                                            .append('\n'));
            case Block.Items(boolean numbered, List<List<Block>> items) -> {
                int n = 1;
                boolean first = true;
                for (List<Block> item : items) {
                    String mark = numbered ? n++ + ". " : "* ";
                    out.append(first ? "" : "\n");
                    first = false;
                    inner(item, indent + mark, indent + " ".repeat(mark.length()));
                }
            }
            case Block.Definition(List<String> terms, List<Block> meaning) -> {
                terms.forEach(term -> out.append(indent).append(inline(term)).append('\n'));
                inner(meaning, indent + "    ", indent + "    ");
            }
            case Block.Table(List<List<String>> rows) ->
                    table(rows, WIDTH - indent.length())
                            .forEach(line -> out.append(indent).append(line).append('\n'));
            case Block.Parameter(String name, String defaulted, List<Block> text) ->
                    text.forEach(each -> block(each, indent));
        }
    }

    private void inner(List<Block> blocks, String first, String indent) {
        boolean begun = false;
        for (Block block : blocks) {
            if (!begun && block instanceof Block.Paragraph(String text)) {
                wrapped(inline(text), first, indent);
            } else {
                block(block, indent);
            }
            begun = true;
        }
    }

    private void wrapped(String text, String first, String indent) {
        lines(text, WIDTH - indent.length())
                .forEach(
                        new java.util.function.Consumer<>() {
                            private String before = first;

                            @Override
                            public void accept(String line) {
                                out.append(before).append(line).append('\n');
                                before = indent;
                            }
                        });
    }

    private static List<String> lines(String text, int width) {
        List<String> all = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" +")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                all.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        all.add(line.toString());
        return all;
    }

    /// Columns side by side, each no wider than it needs to be; the last ones are wrapped.
    static List<String> table(List<List<String>> rows, int width) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] wide = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                wide[i] = Math.max(wide[i], inline(row.get(i)).length());
            }
        }
        int fair = width / Math.max(1, columns) - 2;
        while (java.util.Arrays.stream(wide).sum() + 2 * (columns - 1) > width) {
            int widest = 0;
            for (int i = 1; i < columns; i++) {
                widest = wide[i] >= wide[widest] ? i : widest;
            }
            if (wide[widest] <= Math.max(8, fair / 2)) {
                break;
            }
            wide[widest]--;
        }
        List<String> all = new ArrayList<>();
        for (List<String> row : rows) {
            List<List<String>> cells = new ArrayList<>();
            for (int i = 0; i < columns; i++) {
                cells.add(lines(i < row.size() ? inline(row.get(i)) : "", wide[i]));
            }
            int height = cells.stream().mapToInt(List::size).max().orElse(1);
            for (int y = 0; y < height; y++) {
                StringBuilder line = new StringBuilder();
                for (int i = 0; i < columns; i++) {
                    String cell = y < cells.get(i).size() ? cells.get(i).get(y) : "";
                    line.append(cell).append(" ".repeat(Math.max(0, wide[i] - cell.length()) + 2));
                }
                all.add(line.toString().stripTrailing());
            }
        }
        return all;
    }

    private static String inline(String text) {
        return Inline.of(text).stream()
                .map(part ->
                        part.kind() != Inline.Kind.LINK
                                ? part.text()
                                : part.target().contains("://")
                                        ? part.text() + " <" + part.target() + ">"
                                        : Names.called(part.text(), part.target()))
                .collect(Collectors.joining());
    }
}
