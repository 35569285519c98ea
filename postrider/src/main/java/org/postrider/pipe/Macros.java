package org.postrider.pipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postrider.config.ConfigException;

/// A command's arguments with macros in them, read once. What a macro stands for is put in as it
/// is: a `$` in it means nothing.
final class Macros {
    /// About the mail.
    private static final Set<String> OF_MAIL =
            Set.of(
                    "client_address",
                    "client_helo",
                    "client_hostname",
                    "client_port",
                    "client_protocol",
                    "nexthop",
                    "queue_id",
                    "sasl_method",
                    "sasl_sender",
                    "sasl_username",
                    "sender",
                    "size");

    /// About one recipient: an argument with one of them stands there once for each.
    private static final Set<String> OF_RECIPIENT =
            Set.of("recipient", "original_recipient", "user", "extension", "mailbox", "domain");

    private final List<Word> words;

    /// @param parts texts and names, in turn, a text first
    private record Word(List<String> parts, boolean each) {}

    private Macros(List<Word> words) {
        this.words = List.copyOf(words);
    }

    /// @throws ConfigException with Postfix's words, where an argument's macros are none
    static Macros of(List<String> argv) {
        return new Macros(argv.stream().map(Macros::word).toList());
    }

    private static Word word(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        boolean each = false;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '$') {
                plain.append(c);
                at++;
            } else if (at + 1 < text.length() && text.charAt(at + 1) == '$') {
                plain.append('$');
                at += 2;
            } else {
                int open = at + 1;
                boolean braced = open < text.length() && "{(".indexOf(text.charAt(open)) >= 0;
                int end = braced ? closing(text, open) : nameEnd(text, open);
                String name = text.substring(braced ? open + 1 : open, end);
                each |= known(name, text);
                parts.add(plain.toString());
                plain.setLength(0);
                parts.add(name);
                at = braced ? end + 1 : end;
            }
        }
        parts.add(plain.toString());
        return new Word(parts, each);
    }

    /// @return whether it is about a recipient
    private static boolean known(String name, String text) {
        if (name.isEmpty()) {
            throw new ConfigException("empty macro name: \"" + text + "\"");
        }
        if (!OF_MAIL.contains(name) && !OF_RECIPIENT.contains(name)) {
            throw new ConfigException("unknown macro name: \"" + name + "\"");
        }
        return OF_RECIPIENT.contains(name);
    }

    private static int closing(String text, int open) {
        char opens = text.charAt(open);
        char closes = opens == '{' ? '}' : ')';
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            depth += text.charAt(i) == opens ? 1 : text.charAt(i) == closes ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw new ConfigException("truncated macro reference: \"" + text + "\"");
    }

    private static int nameEnd(String text, int from) {
        int end = from;
        while (end < text.length() && (text.charAt(end) == '_' || letter(text.charAt(end)))) {
            end++;
        }
        return end;
    }

    private static boolean letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /// The arguments for a mail.
    ///
    /// @param mail values by name
    /// @param recipients values by name, of each
    List<String> argv(Map<String, String> mail, List<Map<String, String>> recipients) {
        List<String> out = new ArrayList<>();
        for (Word word : words) {
            if (word.each()) {
                recipients.forEach(r -> out.add(expanded(word, mail, r)));
            } else {
                out.add(expanded(word, mail, Map.of()));
            }
        }
        return out;
    }

    private static String expanded(Word word, Map<String, String> mail, Map<String, String> of) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < word.parts().size(); i++) {
            String part = word.parts().get(i);
            out.append(i % 2 == 0 ? part : of.getOrDefault(part, mail.getOrDefault(part, "")));
        }
        return out.toString();
    }
}
