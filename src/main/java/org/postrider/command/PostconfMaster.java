package org.postrider.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.postrider.config.MasterCf;

/// Shows master.cf: whole services (`-M`), their fields (`-F`) or their `-o` settings (`-P`).
/// Requests are `name`, `name/type` and, for the latter two, `name/type/what`, `*` for any.
final class PostconfMaster {
    private static final int[] COLUMNS = {0, 11, 17, 25, 33, 41, 49, 57};
    private static final String[] FIELDS = {
        "service", "type", "private", "unprivileged", "chroot", "wakeup", "process_limit", "command"
    };

    private final Postconf.Style style;
    private final OctetOut out;
    private final Messages say;
    private final List<MasterCf.Row> rows;

    PostconfMaster(Path directory, Postconf.Style style, OctetOut out, Messages say) {
        this.style = style;
        this.out = out;
        this.say = say;
        rows = MasterCf.rows(directory.resolve("master.cf"));
    }

    void show(char mode, String[] requests) throws IOException {
        String[] asked = requests.length == 0 ? new String[] {"*"} : requests;
        for (String request : asked) {
            String[] parts = request.split("/", 3);
            boolean matched = requests.length == 0;
            for (MasterCf.Row row : rows) {
                if (!matches(parts, 0, row.fields().get(0))
                        || !matches(parts, 1, row.fields().get(1))) {
                    continue;
                }
                matched |=
                        switch (mode) {
                            case 'M' -> service(row.fields());
                            case 'F' -> fields(row.fields(), parts);
                            default -> settings(row.fields(), parts);
                        };
            }
            if (!matched) {
                say.warning("unmatched request: \"" + request + "\"");
            }
        }
    }

    private static boolean matches(String[] parts, int at, String value) {
        return at >= parts.length || parts[at].equals("*") || parts[at].equals(value);
    }

    private boolean service(List<String> f) throws IOException {
        int column = 0;
        for (int i = 0; i < COLUMNS.length; i++) {
            int gap = i == 0 ? 0 : Math.max(1, COLUMNS[i] - column);
            out.spaces(gap).text(f.get(i));
            column += gap + f.get(i).length();
        }
        for (int i = COLUMNS.length; i < f.size(); i++) {
            boolean option = f.get(i).startsWith("-");
            out.text(style.fold() && option ? "\n    " : " ").text(f.get(i));
        }
        out.octet('\n');
        return true;
    }

    private boolean fields(List<String> f, String[] parts) throws IOException {
        boolean any = false;
        for (int i = 0; i < FIELDS.length; i++) {
            if (matches(parts, 2, FIELDS[i])) {
                any = true;
                String value = i < 7 ? f.get(i) : String.join(" ", f.subList(7, f.size()));
                PostconfParameters.line(
                        out, style, f.get(0) + "/" + f.get(1) + "/" + FIELDS[i], value);
            }
        }
        return any;
    }

    private boolean settings(List<String> f, String[] parts) throws IOException {
        boolean any = false;
        for (int i = 8; i < f.size(); i++) {
            if (!f.get(i).startsWith("-o")) {
                continue;
            }
            String setting = f.get(i).substring(2);
            if (setting.isEmpty() && i + 1 < f.size()) {
                setting = f.get(++i);
            }
            if (setting.startsWith("{") && setting.endsWith("}")) {
                setting = setting.substring(1, setting.length() - 1).strip();
            }
            int equals = setting.indexOf('=');
            String name = equals < 0 ? setting : setting.substring(0, equals).strip();
            if (equals > 0 && matches(parts, 2, name)) {
                any = true;
                PostconfParameters.line(
                        out,
                        style,
                        f.get(0) + "/" + f.get(1) + "/" + name,
                        setting.substring(equals + 1).strip());
            }
        }
        return any;
    }
}
