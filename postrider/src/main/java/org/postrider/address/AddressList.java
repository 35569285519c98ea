package org.postrider.address;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// The mailboxes in a header's value (RFC 5322 3.4), read as liberally as Postfix does: phrases,
/// comments, groups, routes and missing quotes are taken as they come. At most `limit` tokens are
/// read; one pass, no recursion.
public final class AddressList {
    private final List<Object> parts = new ArrayList<>();
    private boolean changed;
    private boolean cut;

    /// @param address in internal form
    /// @param written as it stood in the header, words requoted
    private record Mailbox(String address, String written) {}

    private AddressList() {}

    public static AddressList parse(String value, int limit) {
        List<Tokens.Token> tokens = Tokens.scan(value);
        boolean more = tokens.size() > limit;
        if (more) {
            tokens = tokens.subList(0, limit);
        }
        AddressList list = new AddressList();
        list.cut = more;
        List<Tokens.Token> segment = new ArrayList<>();
        int lastGroupEnd = lastIndexOf(tokens, ';');
        boolean angle = false;
        for (int i = 0; i < tokens.size(); i++) {
            Tokens.Token t = tokens.get(i);
            char kind = t.kind();
            if (!angle && (kind == ',' || kind == ';')) {
                list.segment(segment);
                segment.clear();
                list.parts.add(t);
            } else if (!angle && kind == ':' && i < lastGroupEnd) {
                // a group's name; without an end it is no group
                list.parts.addAll(segment);
                segment.clear();
                list.parts.add(t);
            } else {
                segment.add(t);
                angle = kind == '<' || (angle && kind != '>');
            }
        }
        list.segment(segment);
        return list;
    }

    /// There was more than the limit lets be read.
    public boolean cut() {
        return cut;
    }

    private void segment(List<Tokens.Token> segment) {
        if (!parts.isEmpty() && kind(parts.getLast()) == ';' && !onlyComments(segment)) {
            parts.add(new Tokens.Token(',', ""));
        }
        int open = indexOf(segment, '<');
        int close = lastIndexOf(segment, '>');
        if (open < 0 || close < open) {
            bare(segment);
            return;
        }
        parts.addAll(segment.subList(0, open + 1));
        mailbox(segment.subList(open + 1, close));
        parts.add(new Tokens.Token('>', ""));
        List<Tokens.Token> rest = segment.subList(close + 1, segment.size());
        if (!onlyComments(rest)) {
            parts.add(new Tokens.Token(',', ""));
        }
        bare(rest);
    }

    private static boolean onlyComments(List<Tokens.Token> tokens) {
        for (Tokens.Token t : tokens) {
            if (t.kind() != Tokens.COMMENT) {
                return false;
            }
        }
        return true;
    }

    private static int lastIndexOf(List<Tokens.Token> tokens, char kind) {
        for (int i = tokens.size() - 1; i >= 0; i--) {
            if (tokens.get(i).kind() == kind) {
                return i;
            }
        }
        return -1;
    }

    /// Mailboxes without brackets; between two words without an operator one ends.
    private void bare(List<Tokens.Token> segment) {
        List<Tokens.Token> address = new ArrayList<>();
        for (Tokens.Token t : segment) {
            if (t.kind() == Tokens.COMMENT) {
                mailbox(address);
                address.clear();
                parts.add(t);
                continue;
            }
            if (!address.isEmpty() && !t.operator() && !address.getLast().operator()) {
                mailbox(address);
                address.clear();
                parts.add(new Tokens.Token(',', ""));
            }
            address.add(t);
        }
        mailbox(address);
    }

    private static int indexOf(List<Tokens.Token> tokens, char kind) {
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).kind() == kind) {
                return i;
            }
        }
        return -1;
    }

    private void mailbox(List<Tokens.Token> tokens) {
        List<Tokens.Token> plain = new ArrayList<>(tokens.size());
        for (Tokens.Token t : tokens) {
            if (t.kind() != Tokens.COMMENT) {
                plain.add(t);
            }
        }
        if (!plain.isEmpty()) {
            StringBuilder written = new StringBuilder();
            for (Tokens.Token t : plain) {
                append(written, t);
            }
            parts.add(new Mailbox(Tokens.internal(plain, 0), written.toString()));
        }
    }

    /// The addresses in internal form.
    public List<String> addresses() {
        List<String> out = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof Mailbox m) {
                out.add(m.address());
            }
        }
        return out;
    }

    /// Puts another address in the place of each.
    public void replaceAll(UnaryOperator<String> rewrite) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof Mailbox m) {
                String other = rewrite.apply(m.address());
                parts.set(i, new Mailbox(other, m.written()));
                changed |= !Tokens.quoted(other).equals(m.written());
            }
        }
    }

    public boolean changed() {
        return changed;
    }

    /// As it stands in a header after `Name: `, one mailbox to a line, lines separated by LF.
    public String external() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            Object part = parts.get(i);
            append(out, part);
            if (i + 1 < parts.size()) {
                char kind = kind(part);
                if (kind == ',') {
                    out.append('\n');
                } else if (kind == ':'
                        || kind(parts.get(i + 1)) == '<'
                        || (kind >= Tokens.ATOM && kind(parts.get(i + 1)) >= Tokens.ATOM)) {
                    out.append(' ');
                }
            }
        }
        return out.toString();
    }

    private static char kind(Object part) {
        return part instanceof Tokens.Token t ? t.kind() : Tokens.ATOM;
    }

    private static void append(StringBuilder out, Object part) {
        if (part instanceof Mailbox m) {
            out.append(Tokens.quoted(m.address()));
            return;
        }
        Tokens.Token t = (Tokens.Token) part;
        if (t.operator()) {
            out.append(t.kind());
        } else if (t.kind() == Tokens.QUOTED) {
            out.append('"');
            for (int i = 0; i < t.text().length(); i++) {
                char c = t.text().charAt(i);
                if (c == '"' || c == '\\') {
                    out.append('\\');
                }
                out.append(c);
            }
            out.append('"');
        } else if (t.kind() == Tokens.LITERAL) {
            out.append('[').append(t.text()).append(']');
        } else {
            out.append(t.text());
        }
    }
}
