import java.util.ArrayList;
import java.util.List;

/// A piece of a line of text: `code`, **strong**, *emphasis*, [text](target), or plain.
record Inline(Kind kind, String text, String target) {
    enum Kind {
        PLAIN,
        CODE,
        STRONG,
        EMPHASIS,
        LINK
    }

    static List<Inline> of(String text) {
        List<Inline> out = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            Inline found = text.startsWith("\\", at) ? null : marked(text, at);
            if (found == null) {
                boolean escaped =
                        text.charAt(at) == '\\'
                                && at + 1 < text.length()
                                && "*`[\\|".indexOf(text.charAt(at + 1)) >= 0;
                plain.append(text.charAt(escaped ? at + 1 : at));
                at += escaped ? 2 : 1;
                continue;
            }
            if (!plain.isEmpty()) {
                out.add(new Inline(Kind.PLAIN, plain.toString(), ""));
                plain.setLength(0);
            }
            out.add(found);
            at += length(found);
        }
        if (!plain.isEmpty()) {
            out.add(new Inline(Kind.PLAIN, plain.toString(), ""));
        }
        return out;
    }

    private static int length(Inline of) {
        return switch (of.kind) {
            case PLAIN -> of.text.length();
            case CODE, EMPHASIS -> of.text.length() + 2;
            case STRONG -> of.text.length() + 4;
            case LINK -> of.text.length() + of.target.length() + 4;
        };
    }

    /// What begins at this place with a mark, or null.
    private static Inline marked(String text, int at) {
        char first = text.charAt(at);
        if (first == '`') {
            int end = text.indexOf('`', at + 1);
            return end < 0 ? null : new Inline(Kind.CODE, text.substring(at + 1, end), "");
        }
        if (text.startsWith("**", at)) {
            int end = text.indexOf("**", at + 2);
            return end < 0 ? null : new Inline(Kind.STRONG, text.substring(at + 2, end), "");
        }
        boolean word =
                at > 0
                        && (Character.isLetterOrDigit(text.charAt(at - 1))
                                || text.charAt(at - 1) == '/');
        if (first == '*'
                && !word
                && at + 1 < text.length()
                && Character.isLetterOrDigit(text.charAt(at + 1))) {
            int end = text.indexOf('*', at + 1);
            return end < 0 ? null : new Inline(Kind.EMPHASIS, text.substring(at + 1, end), "");
        }
        if (first == '[') {
            int middle = text.indexOf("](", at);
            int end = middle < 0 ? -1 : text.indexOf(')', middle);
            if (end >= 0 && text.indexOf('[', at + 1) > middle | text.indexOf('[', at + 1) < 0) {
                return new Inline(
                        Kind.LINK, text.substring(at + 1, middle), text.substring(middle + 2, end));
            }
        }
        return null;
    }
}
