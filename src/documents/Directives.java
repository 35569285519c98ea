import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Lines of a source that stand for what the program itself says: `{{synopsis NAME}}` is the
/// command's `--help` text, `{{parameters}}` the catalogue, `{{read by ROOM …}}` the parameters
/// that rooms read.
final class Directives {
    private static final String HELP =
            "postrider-command/src/main/resources/org/postrider/command/help/";

    private final Path root;
    private final Catalogue catalogue;

    Directives(Path root, Catalogue catalogue) {
        this.root = root;
        this.catalogue = catalogue;
    }

    List<Block> done(Path file, List<Block> blocks) throws IOException {
        List<Block> out = new ArrayList<>();
        for (Block block : blocks) {
            if (block instanceof Block.Paragraph(String text)
                    && text.startsWith("{{")
                    && text.endsWith("}}")) {
                List<String> words =
                        List.of(text.substring(2, text.length() - 2).strip().split(" +"));
                out.addAll(expand(file, words));
            } else {
                out.add(block);
            }
        }
        return out;
    }

    private List<Block> expand(Path file, List<String> words) throws IOException {
        return switch (words.getFirst()) {
            case "synopsis" -> List.of(new Block.Code("synopsis", help(words.get(1))));
            case "parameters" -> catalogue.all();
            case "read" -> catalogue.readBy(words.subList(2, words.size()), ".*");
            case "named" -> catalogue.readBy(words.subList(2, words.size()), words.get(1));
            default -> throw new IOException(file + ": no such directive: " + words);
        };
    }

    boolean hasHelp(String command) {
        return Files.exists(root.resolve(HELP + command + ".txt"));
    }

    /// The first sentence behind the usage of a command, as a title.
    String sentence(String command) throws IOException {
        for (String line : Files.readAllLines(root.resolve(HELP + command + ".txt"))) {
            if (!line.startsWith("usage: ") && !line.startsWith(" ")) {
                return line.replaceFirst("[.:;] .*|[.:;,]$", "");
            }
        }
        return "a command of this mail system";
    }

    private List<String> help(String name) throws IOException {
        List<String> lines =
                new ArrayList<>(Files.readAllLines(root.resolve(HELP + name + ".txt")));
        lines.set(0, lines.getFirst().replaceFirst("^usage: ", "       ").stripLeading());
        lines.replaceAll(line -> line.startsWith("       ") ? line.substring(7) : line);
        return lines;
    }
}
