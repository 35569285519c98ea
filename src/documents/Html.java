import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Writes a document as a page of HTML, with links to every document and parameter that it names.
final class Html {
    private static final Pattern NAMED =
            Pattern.compile(
                    "\\b([A-Za-z0-9_+-]+\\([158]\\)|[A-Z0-9_]+_README)|\\b[a-z0-9]+(?:_[A-Za-z0-9]+)+\\b|\\brelayhost\\b|\\bmydestination\\b|\\bmynetworks\\b|\\bmyorigin\\b|\\bmyhostname\\b|\\bmydomain\\b|\\bnotify_classes\\b");
    private static final String HEAD =
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>%s</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
            pre { background: #f4f4f2; padding: .6rem .8rem; overflow-x: auto; font-size: 14px; line-height: 1.4 }
            code { font-size: 14px } a { color: #14508c } h1, h2, h3 { line-height: 1.2 }
            table { border-collapse: collapse } td, th { border-top: 1px solid #ddd; padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top }
            dt { font-weight: 600; margin-top: .6rem }
            .file { margin: 1rem 0 0; font: 14px monospace } .file + pre { margin-top: .2rem }
            </style>
            </head>
            <body>
            <p><a href="index.html">Postrider documents</a></p>
            """;

    private final Map<String, String> pages;
    private final Catalogue catalogue;
    private final String own;
    private final StringBuilder out = new StringBuilder();

    /// @param pages what documents are called, and their files
    private Html(Map<String, String> pages, Catalogue catalogue, String own) {
        this.pages = pages;
        this.catalogue = catalogue;
        this.own = own;
    }

    static String of(Document of, Map<String, String> pages, Catalogue catalogue) {
        Html html = new Html(pages, catalogue, of.called());
        html.out.append(HEAD.formatted(escaped(of.title())));
        html.out.append("<h1>").append(html.inline(of.title())).append("</h1>\n");
        of.blocks().forEach(html::block);
        return html.out.append("</body>\n</html>\n").toString();
    }

    private void block(Block block) {
        switch (block) {
            case Block.Heading(int level, String text) ->
                    out.append(
                            "<h%d id=\"%s\">%s</h%d>\n"
                                    .formatted(level, anchor(text), inline(text), level));
            case Block.Paragraph(String text) ->
                    out.append("<p>").append(inline(text)).append("</p>\n");
            case Block.Code code ->
                    // The lines alone, as they are to be copied.
                    out.append(
                                    code.file().isEmpty()
                                            ? "<pre>"
                                            : "<p class=\"file\">"
                                                    + escaped(code.file())
                                                    + ":</p>\n<pre>")
                            .append(
                                    code.lines().stream()
                                            .map(line -> linked(line))
                                            .collect(Collectors.joining("\n")))
                            .append("</pre>\n");
            case Block.Items(boolean numbered, List<List<Block>> items) -> {
                String tag = numbered ? "ol" : "ul";
                out.append("<").append(tag).append(">\n");
                for (List<Block> item : items) {
                    out.append("<li>");
                    inner(item);
                    out.append("</li>\n");
                }
                out.append("</").append(tag).append(">\n");
            }
            case Block.Definition(List<String> terms, List<Block> meaning) -> {
                out.append("<dl>\n");
                terms.forEach(term -> out.append("<dt>").append(inline(term)).append("</dt>\n"));
                out.append("<dd>");
                inner(meaning);
                out.append("</dd>\n</dl>\n");
            }
            case Block.Table(List<List<String>> rows) -> {
                out.append("<table>\n");
                rows.forEach(row ->
                        out.append("<tr>")
                                .append(
                                        row.stream()
                                                .map(cell -> "<td>" + inline(cell) + "</td>")
                                                .collect(Collectors.joining()))
                                .append("</tr>\n"));
                out.append("</table>\n");
            }
            case Block.Parameter(String name, String defaulted, List<Block> text) -> {
                out.append(
                        "<h3 id=\"%s\"><code>%s</code> (default: <code>%s</code>)</h3>\n"
                                .formatted(name, escaped(name), linked(defaulted)));
                text.forEach(this::block);
            }
        }
    }

    private void inner(List<Block> blocks) {
        if (blocks.size() == 1 && blocks.getFirst() instanceof Block.Paragraph(String text)) {
            out.append(inline(text));
        } else {
            blocks.forEach(this::block);
        }
    }

    private String inline(String text) {
        return Inline.of(text).stream()
                .map(part ->
                        switch (part.kind()) {
                            case PLAIN -> linked(part.text());
                            case CODE -> "<code>" + linked(part.text()) + "</code>";
                            case STRONG -> "<strong>" + linked(part.text()) + "</strong>";
                            case EMPHASIS -> "<em>" + linked(part.text()) + "</em>";
                            case LINK -> link(part);
                        })
                .collect(Collectors.joining());
    }

    private String link(Inline part) {
        String target = part.target();
        String page =
                target.contains("://") || target.startsWith("#")
                        ? target
                        : pages.get(Names.document(target));
        return page == null
                ? escaped(part.text())
                : "<a href=\"" + escaped(page) + "\">" + escaped(part.text()) + "</a>";
    }

    /// Escaped, with links from the names in it.
    private String linked(String text) {
        StringBuilder all = new StringBuilder();
        Matcher name = NAMED.matcher(text);
        int at = 0;
        while (name.find()) {
            String target = target(name.group());
            if (!target.isEmpty()) {
                all.append(escaped(text.substring(at, name.start())))
                        .append("<a href=\"")
                        .append(target)
                        .append("\">")
                        .append(escaped(name.group()))
                        .append("</a>");
                at = name.end();
            }
        }
        return all.append(escaped(text.substring(at))).toString();
    }

    private String target(String name) {
        if (name.equals(own)) {
            return "";
        }
        String page = pages.get(name);
        if (page == null && catalogue.has(name)) {
            page = (own.equals("postconf(5)") ? "" : "postconf.5.html") + "#" + name;
        }
        return page == null ? "" : page;
    }

    private static String anchor(String text) {
        return text.toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
