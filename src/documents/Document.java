import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One document: where it goes and what it says.
///
/// @param name `smtpd.8`, `SASL_README`, `guide`
/// @param title what its first line says
record Document(Kind kind, String name, String title, List<Block> blocks) {
    enum Kind {
        MAN,
        README,
        GUIDE
    }

    /// The file in html/.
    String page() {
        return name + ".html";
    }

    /// Of a man page: `smtpd(8)`; of any other its name.
    String called() {
        return kind == Kind.MAN ? base() + "(" + section() + ")" : name;
    }

    String base() {
        return name.substring(0, name.lastIndexOf('.'));
    }

    String section() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    static Document read(Kind kind, Path file, String name, Directives directives)
            throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getFirst().startsWith("# ")) {
            throw new IOException(file + ": begins with no title");
        }
        String title = lines.getFirst().substring(2).strip();
        return new Document(
                kind,
                name,
                title,
                directives.done(file, Source.read(lines.subList(1, lines.size()))));
    }
}
