package org.postrider.command.postconf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.ConfigurationFile;
import org.postrider.command.Messages;
import org.postrider.config.ConfigException;
import org.postrider.config.MasterEntry;

/// Changes services of master.cf and leaves all else as it stands. A changed service is written
/// anew, an `-o` setting a line; comments within it come to stand before it (`-M`: after it).
final class MasterCfEditor {
    private static final String EDITS = "-Me, -Fe, -Pe, -X, or -#";
    private static final String WANT_SERVICE = "-Me, -MX or -M# requires service_name/type";

    /// One request.
    ///
    /// @param what field or parameter; empty for whole services
    /// @param value null where none goes with it
    private record Request(
            String text, String service, String type, String what, @Nullable String value) {
        boolean matches(MasterEntry entry) {
            return Pattern.matches(service, entry.service()) && Pattern.matches(type, entry.type());
        }
    }

    /// A logical line.
    ///
    /// @param comments comments and blank lines within it
    /// @param lines its own, comments within it included
    /// @param after comments and blank lines up to the next logical line
    private record Piece(
            List<String> comments, List<String> lines, List<String> after, int number) {}

    private final Path file;
    private final Messages say;

    MasterCfEditor(Path file, Messages say) {
        this.file = file;
        this.say = say;
    }

    /// @param kind `M` services, `F` fields, `P` parameters
    /// @param mode `e` set, `X` take out, `#` comment out
    void edit(char kind, char mode, String[] words) throws IOException {
        List<Request> requests = new ArrayList<>();
        for (String word : words) {
            requests.add(request(kind, mode, word));
        }
        List<Piece> pieces = pieces(ConfigurationFile.read(file));
        boolean[] matched = new boolean[requests.size()];
        StringBuilder out = new StringBuilder();
        for (Piece piece : pieces) {
            piece(piece, kind, mode, requests, matched, out);
        }
        for (int i = 0; i < matched.length; i++) {
            Request request = requests.get(i);
            if (!matched[i] && mode == 'e' && kind == 'M') {
                if (!out.isEmpty() && out.charAt(out.length() - 1) != '\n') {
                    out.append('\n');
                }
                out.append(MasterLine.written(whole(request))).append('\n');
            } else if (!matched[i] && kind != 'M') {
                say.warning("unmatched service_name/type: \"" + request.text() + "\"");
            }
        }
        ConfigurationFile.replace(file, out.toString());
    }

    private Request request(char kind, char mode, String word) {
        String text = word.strip();
        if (text.indexOf('\n') >= 0) {
            throw new CommandException(1, EDITS + " accept no multi-line input");
        }
        if (text.startsWith("#")) {
            throw new CommandException(1, EDITS + " accept no comment input");
        }
        int equals = text.indexOf('=');
        if (mode == 'e' && equals < 0) {
            throw new CommandException(1, "missing '=' after attribute name: \"" + text + "\"");
        }
        if (mode != 'e' && equals >= 0) {
            throw new CommandException(1, "-X or -# requires names without value");
        }
        String name = equals < 0 ? text : text.substring(0, equals).strip();
        String value = equals < 0 ? null : text.substring(equals + 1).strip();
        int most = kind == 'M' ? 2 : 3;
        String[] parts = Pattern.parts(name, most, most);
        if (parts == null) {
            throw new CommandException(
                    1,
                    switch (kind) {
                        case 'M' -> WANT_SERVICE;
                        case 'F' -> "-Fe or -FX requires service_name/type/field_name";
                        default -> "-Pe or -PX requires service_name/type/parameter";
                    });
        }
        boolean blank = value != null && value.chars().anyMatch(Character::isWhitespace);
        if (kind == 'F') {
            field(parts[2], blank);
        }
        if (kind == 'P' && parts[2].equals("*")) {
            throw new CommandException(1, "-Pe does not accept wild-card parameter name");
        }
        if (kind == 'P' && blank) {
            throw new CommandException(1, "-Pe does not accept whitespace in parameter value");
        }
        Request request =
                new Request(word, parts[0], parts[1], parts.length > 2 ? parts[2] : "", value);
        if (kind == 'M' && value != null) {
            whole(request);
        }
        return request;
    }

    private static void field(String field, boolean blank) {
        if (field.equals("*")) {
            throw new CommandException(1, "-Fe does not accept wild-card field name");
        }
        if (!MasterEntry.FIELDS.contains(field)) {
            throw new CommandException(1, "invalid service attribute name: \"" + field + "\"");
        }
        if (blank && !field.equals("command")) {
            throw new CommandException(1, "-Fe does not accept whitespace in non-command field");
        }
    }

    private MasterEntry whole(Request request) {
        try {
            return MasterEntry.parse(String.valueOf(request.value()), 0, say::warning);
        } catch (MasterEntry.FieldCountException e) {
            throw new CommandException(1, "bad field count: \"" + request.text() + "\"");
        } catch (ConfigException e) {
            throw new CommandException(1, String.valueOf(e.getMessage()));
        }
    }

    private static List<Piece> pieces(String text) {
        List<Piece> out = new ArrayList<>();
        Piece open = null;
        int number = 0;
        int at = 0;
        List<String> between = new ArrayList<>();
        while (at < text.length()) {
            int newline = text.indexOf('\n', at);
            String line = text.substring(at, newline < 0 ? text.length() : newline + 1);
            at += line.length();
            number++;
            String trimmed = line.strip();
            boolean blank = trimmed.isEmpty() || trimmed.startsWith("#");
            boolean continues = !blank && Character.isWhitespace(line.charAt(0));
            if (blank) {
                between.add(line);
            } else if (continues && open != null) {
                open.comments().addAll(between);
                open.lines().addAll(between);
                between.clear();
                open.lines().add(line);
            } else {
                flush(between, open, out);
                open =
                        new Piece(
                                new ArrayList<>(),
                                new ArrayList<>(List.of(line)),
                                new ArrayList<>(),
                                number);
                out.add(open);
            }
        }
        flush(between, open, out);
        return out;
    }

    private static void flush(List<String> between, @Nullable Piece open, List<Piece> out) {
        if (open != null) {
            open.after().addAll(between);
        } else if (!between.isEmpty()) {
            out.add(new Piece(new ArrayList<>(between), List.of(), List.of(), 0));
        }
        between.clear();
    }

    private void piece(
            Piece piece,
            char kind,
            char mode,
            List<Request> requests,
            boolean[] matched,
            StringBuilder out) {
        if (piece.lines().isEmpty()) {
            piece.comments().forEach(out::append);
            return;
        }
        MasterEntry before = entry(piece);
        MasterEntry after = before;
        boolean gone = false;
        boolean written = false;
        for (int i = 0; before != null && after != null && i < requests.size(); i++) {
            Request request = requests.get(i);
            boolean renamed = kind == 'M' && mode == 'e' && same(whole(request), before);
            if (!request.matches(before) && !renamed) {
                continue;
            }
            if (kind == 'M') {
                gone = mode != 'e' || matched[i];
                written = mode == 'e' && !matched[i];
                after = written ? whole(request) : after;
            } else if (kind == 'F') {
                after = field(after, request);
                written = true;
            } else {
                after = after.withSetting(request.what(), request.value());
                written = true;
            }
            matched[i] = true;
        }
        boolean moved = false;
        if (gone && mode == '#') {
            for (String line : piece.lines()) {
                out.append(line.stripLeading().startsWith("#") || line.isBlank() ? "" : "#");
                out.append(line);
            }
        } else if (gone) {
            piece.comments().forEach(out::append);
        } else if (written && after != null) {
            String text = MasterLine.written(after) + "\n";
            String comments = String.join("", piece.comments());
            moved = kind != 'M';
            out.append(moved ? comments + String.join("", piece.after()) + text : text + comments);
        } else {
            piece.lines().forEach(out::append);
        }
        if (!moved) {
            piece.after().forEach(out::append);
        }
    }

    /// A whole service takes the place of one of its own name, too, whatever it was asked for by.
    private static boolean same(MasterEntry one, MasterEntry other) {
        return one.service().equals(other.service()) && one.type().equals(other.type());
    }

    private MasterEntry field(MasterEntry service, Request request) {
        try {
            return service.with(request.what(), String.valueOf(request.value()), say::warning);
        } catch (ConfigException e) {
            throw new CommandException(1, String.valueOf(e.getMessage()));
        }
    }

    /// Null for a line that is no service.
    private @Nullable MasterEntry entry(Piece piece) {
        StringBuilder text = new StringBuilder();
        for (String line : piece.lines()) {
            String trimmed = line.strip();
            if (!trimmed.isEmpty() && !trimmed.startsWith("#")) {
                text.append(text.isEmpty() ? "" : " ").append(trimmed);
            }
        }
        if (Character.isWhitespace(piece.lines().getFirst().charAt(0))) {
            return null;
        }
        try {
            return MasterEntry.parse(text.toString(), piece.number(), say::warning);
        } catch (MasterEntry.FieldCountException e) {
            throw new CommandException(
                    1, "file " + file + ": line " + piece.number() + ": bad field count");
        } catch (ConfigException e) {
            throw new CommandException(1, String.valueOf(e.getMessage()));
        }
    }
}
