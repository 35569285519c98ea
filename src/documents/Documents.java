import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Makes man pages, text and HTML of the sources in docs/ (`bin/documents DIR`):
/// docs/man/NAME.SECTION.md, docs/readme/NAME_README.md, and the documents of docs/ itself. The
/// same sources make the same octets.
public final class Documents {
    /// Of docs/: what is for those who work on the program, or made from the same catalogue.
    private static final Set<String> INSIDE =
            Set.of("mutations", "torture", "performance", "twin", "parameters");

    private static final Map<String, String> SECTIONS =
            Map.of(
                    "1",
                    "Commands",
                    "5",
                    "Configuration files and tables",
                    "8",
                    "Services of master.cf");

    private Documents() {}

    public static void main(String[] args) throws IOException, ReflectiveOperationException {
        Path root = Path.of(args[0]);
        Path out = Path.of(args[1]);
        Catalogue catalogue = new Catalogue(root);
        List<Document> all = read(root, new Directives(root, catalogue));
        Map<String, String> pages = new TreeMap<>();
        all.forEach(each -> pages.put(each.called(), each.page()));
        String version = version(root);
        for (Document each : all) {
            if (each.kind() == Document.Kind.MAN) {
                write(
                        out.resolve("man/man" + each.section() + "/" + each.name()),
                        Man.of(each, version));
            } else {
                write(out.resolve("readme/" + each.name()), Text.of(each));
            }
            write(out.resolve("html/" + each.page()), Html.of(each, pages, catalogue));
        }
        Document index = index(all);
        write(out.resolve("html/index.html"), Html.of(index, pages, catalogue));
        write(out.resolve("readme/AAAREADME"), Text.of(index));
        System.out.println("documents: " + all.size() + " in " + out);
    }

    private static List<Document> read(Path root, Directives directives) throws IOException {
        List<Document> all = new ArrayList<>();
        for (Path file : sources(root.resolve("docs/man"))) {
            all.add(Document.read(Document.Kind.MAN, file, base(file), directives));
        }
        all.addAll(commandsWithoutOne(root, all, directives));
        for (Path file : sources(root.resolve("docs/readme"))) {
            all.add(Document.read(Document.Kind.README, file, base(file), directives));
        }
        for (Path file : sources(root.resolve("docs"))) {
            if (!INSIDE.contains(base(file))) {
                all.add(
                        Document.read(
                                Document.Kind.GUIDE, file, Names.readme(base(file)), directives));
            }
        }
        all.sort(Comparator.comparing(Document::name));
        return all;
    }

    /// A command that nobody has written a page for has one of what its `--help` says.
    private static List<Document> commandsWithoutOne(
            Path root, List<Document> written, Directives directives) throws IOException {
        List<Document> all = new ArrayList<>();
        try (Stream<Path> commands = Files.list(root.resolve("bin"))) {
            for (Path command : commands.sorted().toList()) {
                String name = command.getFileName().toString();
                if (directives.hasHelp(name)
                        && written.stream().noneMatch(each -> each.name().equals(name + ".1"))) {
                    String title = name + "(1): " + directives.sentence(name);
                    List<Block> blocks =
                            List.of(
                                    new Block.Heading(2, "SYNOPSIS"),
                                    new Block.Paragraph("{{synopsis " + name + "}}"));
                    all.add(
                            new Document(
                                    Document.Kind.MAN,
                                    name + ".1",
                                    title,
                                    directives.done(command, blocks)));
                }
            }
        }
        return all;
    }

    private static List<Path> sources(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.toString().endsWith(".md")).sorted().toList();
        }
    }

    private static String base(Path file) {
        return file.getFileName().toString().replaceFirst("\\.md$", "");
    }

    private static Document index(List<Document> all) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(
                new Block.Paragraph(
                        "Begin with STANDARD_CONFIGURATION_README for a host like yours, or with"
                                + " GUIDE_README if Postfix runs on it now. Every parameter stands in"
                                + " postconf(5)."));
        blocks.add(new Block.Heading(2, "By subject, under Postfix's names"));
        blocks.add(listed(all, Document.Kind.README, ""));
        blocks.add(new Block.Heading(2, "This program's own"));
        blocks.add(listed(all, Document.Kind.GUIDE, ""));
        new TreeMap<>(SECTIONS)
                .forEach((section, name) -> {
                    blocks.add(new Block.Heading(2, name));
                    blocks.add(listed(all, Document.Kind.MAN, section));
                });
        return new Document(Document.Kind.GUIDE, "index", "Postrider documents", blocks);
    }

    private static Block listed(List<Document> all, Document.Kind kind, String section) {
        List<List<String>> rows = new ArrayList<>();
        for (Document each : all) {
            if (each.kind() == kind && (section.isEmpty() || each.section().equals(section))) {
                rows.add(
                        List.of(
                                each.called(),
                                each.title().replaceFirst("^[a-zA-Z0-9_+-]+\\([158]\\): *", "")));
            }
        }
        return new Block.Table(rows);
    }

    private static String version(Path root) throws IOException {
        String pom = Files.readString(root.resolve("pom.xml"));
        int at = pom.indexOf("<version>") + "<version>".length();
        return pom.substring(at, pom.indexOf('<', at)).replace("-SNAPSHOT", "");
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
