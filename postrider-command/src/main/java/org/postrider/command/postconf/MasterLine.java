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

    /// @param fold an `-o` setting a line, others where they fit
    static String text(MasterEntry service, boolean fold) {
        MasterLine line = new MasterLine(fold);
        for (int i = 0; i < COLUMNS.length; i++) {
            int gap = i == 0 ? 0 : Math.max(1, COLUMNS[i] - line.column);
            line.out.append(" ".repeat(gap)).append(service.fields().get(i));
            line.column += gap + service.fields().get(i).length();
        }
        line.arguments(service.arguments());
        return line.out.toString();
    }

    private void arguments(List<String> arguments) {
        boolean options = true;
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            options &= word.startsWith("-") && !word.equals("--");
            if (options && word.equals("-o") && i + 1 < arguments.size()) {
                breakNext = true;
                item("-o " + grouped(arguments.get(++i)));
                breakNext = true;
            } else {
                item(grouped(word));
            }
        }
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

    private static String grouped(String word) {
        boolean plain = !word.isEmpty() && word.charAt(0) != '{';
        for (int i = 0; plain && i < word.length(); i++) {
            plain = !Character.isWhitespace(word.charAt(i));
        }
        return plain ? word : "{" + word + "}";
    }

    /// The command column and all after it, on one line.
    static String command(MasterEntry service) {
        List<String> words = new ArrayList<>();
        words.add(service.fields().get(7));
        service.arguments().forEach(word -> words.add(grouped(word)));
        return String.join(" ", words);
    }
}
