import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Writes a document as a page of the macros man(7).
final class Man {
    private static final Pattern OUTSIDE = Pattern.compile("[^\\x00-\\x7f]");

    /// A word that may have to be broken.
    private static final Pattern LONG = Pattern.compile("[^ ]{40,}");

    private final StringBuilder out = new StringBuilder();

    private Man() {}

    static String of(Document of, String version) {
        Man man = new Man();
        String what = of.title().replaceFirst("^[^:]*: *", "");
        man.line(
                ".TH "
                        + quoted(of.base().toUpperCase(java.util.Locale.ROOT))
                        + " "
                        + of.section()
                        + " \"\" "
                        + quoted("Postrider " + version)
                        + " "
                        + quoted("Postrider"));
        man.line(".nh");
        man.line(".ad l");
        man.line(".SH NAME");
        man.line(plain(of.base()) + " \\- " + plain(what));
        of.blocks().forEach(man::block);
        return man.out.toString();
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    private void block(Block block) {
        switch (block) {
            case Block.Heading(int level, String text) ->
                    line(
                            (level <= 2 ? ".SH " : ".SS ")
                                    + quoted(
                                            level <= 2
                                                    ? text.toUpperCase(java.util.Locale.ROOT)
                                                    : text.replace("`", "")));
            case Block.Paragraph(String text) -> {
                line(".PP");
                line(guarded(inline(text)));
            }
            case Block.Code code -> code(code.shown());
            case Block.Items(boolean numbered, List<List<Block>> items) -> {
                int n = 1;
                for (List<Block> item : items) {
                    line(".IP " + (numbered ? n++ + ". 4" : "\\(bu 3"));
                    inner(item);
                }
            }
            case Block.Definition(List<String> terms, List<Block> meaning) -> {
                line(".TP");
                line(guarded(terms.stream().map(Man::inline).collect(Collectors.joining(", "))));
                inner(meaning);
            }
            case Block.Table(List<List<String>> rows) -> code(Text.table(rows, 66));
            case Block.Parameter(String name, String defaulted, List<Block> text) -> {
                line(".SS " + quoted(name + " (default: " + defaulted + ")"));
                text.forEach(this::block);
            }
        }
    }

    /// The first paragraph goes on where its mark stands.
    private void inner(List<Block> blocks) {
        boolean first = true;
        for (Block block : blocks) {
            if (first && block instanceof Block.Paragraph(String text)) {
                line(guarded(inline(text)));
            } else {
                line(".RS");
                block(block);
                line(".RE");
            }
            first = false;
        }
    }

    private void code(List<String> lines) {
        line(".PP");
        line(".RS 4");
        line(".nf");
        lines.forEach(each -> line(guarded(plain(each))));
        line(".fi");
        line(".RE");
    }

    private static String inline(String text) {
        return Inline.of(text).stream()
                .map(part ->
                        switch (part.kind()) {
                            case PLAIN -> plain(part.text());
                            case CODE, STRONG -> "\\fB" + plain(part.text()) + "\\fR";
                            case EMPHASIS -> "\\fI" + plain(part.text()) + "\\fR";
                            case LINK ->
                                    part.target().contains("://")
                                            ? plain(part.text() + " <" + part.target() + ">")
                                            : plain(Names.called(part.text(), part.target()));
                        })
                .collect(Collectors.joining());
    }

    static String plain(String text) {
        String safe =
                text.replace("\\", "\\e")
                        .replace("-", "\\-")
                        .replace("'", "\\(aq")
                        .replace("`", "\\(ga")
                        .replace("^", "\\(ha")
                        .replace("~", "\\(ti");
        safe =
                LONG.matcher(safe)
                        .replaceAll(found ->
                                java.util.regex.Matcher.quoteReplacement(
                                        found.group().replaceAll("(?<=[/,:_=])", "\\\\:")));
        return OUTSIDE.matcher(safe)
                .replaceAll(found ->
                        java.util.regex.Matcher.quoteReplacement(
                                "\\[u%04X]".formatted((int) found.group().charAt(0))));
    }

    /// What would be taken for a macro at the beginning of a line is none.
    private static String guarded(String line) {
        return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
    }

    private static String quoted(String text) {
        return "\"" + plain(text).replace("\"", "\\(dq") + "\"";
    }
}
