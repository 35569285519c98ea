package org.postrider.command.postconf;

import java.util.ArrayList;
import java.util.List;
import org.postrider.config.MasterEntry;

/// One service as `postconf -M` prints it and as the editor writes it.
final class MasterLine {
    private static final int[] COLUMNS = {0, 11, 17, 25, 33, 41, 49, 57};
    private static final int WIDEST = 80;
    private static final int INDENT = 4;

    private final StringBuilder out = new StringBuilder();
    private final boolean fold;
    private int column;
    private boolean breakNext;

    private MasterLine(boolean fold) {
        this.fold = fold;
    }

    /// As it is shown.
    ///
    /// @param fold an `-o` setting a line, others where they fit
    static String text(MasterEntry service, boolean fold) {
        return text(service, fold, false);
    }

    /// As it is written into master.cf: every argument that needs braces has them, which the first
    /// one that is no option is shown without.
    static String written(MasterEntry service) {
        return text(service, true, true);
    }

    private static String text(MasterEntry service, boolean fold, boolean exact) {
        MasterLine line = new MasterLine(fold);
        for (int i = 0; i < COLUMNS.length; i++) {
            int gap = i == 0 ? 0 : Math.max(1, COLUMNS[i] - line.column);
            line.out.append(" ".repeat(gap)).append(service.fields().get(i));
            line.column += gap + service.fields().get(i).length();
        }
        for (Item item : items(service, exact)) {
            line.breakNext |= item.setting();
            line.item(item.text());
            line.breakNext = item.setting();
        }
        return line.out.toString();
    }

    /// An argument, or `-o` with its setting.
    private record Item(String text, boolean setting) {}

    private static List<Item> items(MasterEntry service, boolean exact) {
        List<String> arguments = service.arguments();
        List<Item> out = new ArrayList<>();
        boolean options = true;
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            boolean before = options;
            options &= word.startsWith("-") && !word.equals("--");
            if (options && word.equals("-o") && i + 1 < arguments.size()) {
                out.add(new Item("-o " + grouped(arguments.get(++i), exact), true));
            } else {
                out.add(new Item(before && !exact ? word : grouped(word, exact), false));
            }
        }
        return out;
    }

    private void item(String text) {
        if (fold && (breakNext || column + 1 + text.length() >= WIDEST)) {
            out.append('\n').append(" ".repeat(INDENT));
            column = INDENT;
        } else {
            out.append(' ');
            column++;
        }
        breakNext = false;
        out.append(text);
        column += text.length();
    }

    private static String grouped(String word, boolean exact) {
        boolean plain = !exact || !word.isEmpty() && word.charAt(0) != '{';
        for (int i = 0; plain && i < word.length(); i++) {
            plain = !Character.isWhitespace(word.charAt(i));
        }
        return plain ? word : "{" + word + "}";
    }

    /// The whole service on one line, a space between columns.
    static String compact(MasterEntry service) {
        return String.join(" ", service.fields().subList(0, COLUMNS.length - 1))
                + " "
                + command(service);
    }

    /// The command column and all after it, on one line.
    static String command(MasterEntry service) {
        StringBuilder out = new StringBuilder(service.fields().get(COLUMNS.length - 1));
        items(service, false).forEach(item -> out.append(' ').append(item.text()));
        return out.toString();
    }

    /// One field as it is shown.
    ///
    /// @param name `service/type/field = `, or less of it
    static String field(MasterEntry service, int field, String name, boolean value, boolean fold) {
        MasterLine line = new MasterLine(fold);
        line.out.append(name);
        line.column = name.length();
        if (!value) {
            return name;
        }
        String text = service.fields().get(field);
        if (line.column > 0 && line.column + text.length() > WIDEST) {
            line.out.append('\n').append(" ".repeat(INDENT));
            line.column = INDENT;
        }
        line.out.append(text);
        line.column += text.length();
        if (field == COLUMNS.length - 1) {
            for (Item item : items(service, false)) {
                line.breakNext |= item.setting();
                line.item(item.text());
                line.breakNext = item.setting();
            }
        }
        return line.out.toString();
    }
}
