package org.postrider.wire;

import java.util.ArrayList;
import java.util.List;

/// The words of a command's arguments: what blanks and tabs separate. Quoting is not known here;
/// what holds addresses is read by [org.postrider.address.Word].
public final class Words {
    private Words() {}

    /// @return a list of its own, which the caller may change
    public static List<String> of(String text) {
        List<String> out = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            while (at < text.length() && blank(text.charAt(at))) {
                at++;
            }
            int end = at;
            while (end < text.length() && !blank(text.charAt(end))) {
                end++;
            }
            if (end > at) {
                out.add(text.substring(at, end));
            }
            at = end;
        }
        return out;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }
}
