package org.postrider.command.convert;

import java.util.ArrayList;
import java.util.List;

/// Reads m4 as far as a `sendmail.mc` needs it: macro calls with quoted arguments, `dnl`, comments,
/// and the text between. Nothing is expanded. One thread.
final class Macros {
    private static final int DEEPEST = 64;
    private static final int LONGEST_ARGUMENT = 1 << 16;

    /// A macro with its arguments, their quotes removed.
    ///
    /// @param name empty for a line of text
    record Call(Source at, String name, List<String> args) {
        String arg(int i) {
            String text = i < args.size() ? args.get(i).strip() : "";
            return text.replaceAll("MAIL_SETTINGS_DIR(`')?", "/etc/mail/");
        }
    }

    private final String file;
    private final String text;
    private final List<Call> calls = new ArrayList<>();
    private final StringBuilder line = new StringBuilder();
    private int at;
    private int lineNumber = 1;

    private Macros(String file, String text) {
        this.file = file;
        this.text = text;
    }

    /// All calls and lines of text, in their order.
    static List<Call> of(String file, String text) {
        Macros m = new Macros(file, text);
        while (m.at < m.text.length()) {
            m.next();
        }
        m.endOfLine();
        return m.calls;
    }

    private void next() {
        char c = text.charAt(at);
        if (c == '#') {
            skipLine(false);
        } else if (c == '`') {
            line.append(quoted());
        } else if (letter(c)) {
            word();
        } else {
            if (c == '\n') {
                endOfLine();
                lineNumber++;
            } else {
                line.append(c);
            }
            at++;
        }
    }

    private void endOfLine() {
        if (!line.toString().isBlank()) {
            calls.add(new Call(here(), "", List.of(line.toString().strip())));
        }
        line.setLength(0);
    }

    private Source here() {
        return new Source(file, lineNumber);
    }

    private static boolean letter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= '0' && c <= '9';
    }

    private String name() {
        int from = at;
        while (at < text.length() && letter(text.charAt(at))) {
            at++;
        }
        return text.substring(from, at);
    }

    private void word() {
        Source start = here();
        String name = name();
        if (name.equals("dnl")) {
            skipLine(true);
        } else if (at < text.length() && text.charAt(at) == '(') {
            List<String> args = arguments(start, name);
            line.setLength(0);
            calls.add(new Call(start, name, args));
        } else {
            line.append(name);
        }
    }

    /// Up to the end of the line; `dnl` takes that, too.
    private void skipLine(boolean end) {
        int to = text.indexOf('\n', at);
        at = to < 0 ? text.length() : to;
        if (end && to >= 0) {
            endOfLine();
            at++;
            lineNumber++;
        }
    }

    private List<String> arguments(Source start, String name) {
        List<String> args = new ArrayList<>();
        StringBuilder one = new StringBuilder();
        int depth = 0;
        at++;
        skipSpace();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '`') {
                one.append(quoted());
            } else if (c == ')' && depth == 0) {
                at++;
                args.add(one.toString());
                return args;
            } else if (c == ',' && depth == 0) {
                at++;
                args.add(one.toString());
                one.setLength(0);
                skipSpace();
            } else if (text.startsWith("dnl", at) && !joined()) {
                skipLine(true);
                skipSpace();
            } else {
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                lineNumber += c == '\n' ? 1 : 0;
                one.append(c);
                at++;
            }
            if (one.length() > LONGEST_ARGUMENT || depth > DEEPEST) {
                throw start.wrong(name + ": an argument without an end");
            }
        }
        throw start.wrong(name + ": its parenthesis is not closed");
    }

    /// Whether the word here is part of a longer one.
    private boolean joined() {
        return at > 0 && letter(text.charAt(at - 1))
                || at + 3 < text.length() && letter(text.charAt(at + 3));
    }

    private void skipSpace() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            lineNumber += text.charAt(at) == '\n' ? 1 : 0;
            at++;
        }
    }

    /// Without its quotes; those within stay.
    private String quoted() {
        Source start = here();
        int depth = 0;
        StringBuilder out = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            lineNumber += c == '\n' ? 1 : 0;
            depth += c == '`' ? 1 : c == '\'' ? -1 : 0;
            boolean outer = c == '`' && depth == 1 || c == '\'' && depth == 0;
            if (!outer) {
                out.append(c);
            }
            if (depth == 0) {
                return out.toString();
            }
            if (out.length() > LONGEST_ARGUMENT) {
                break;
            }
        }
        throw start.wrong("a quote (`) is not closed");
    }
}
