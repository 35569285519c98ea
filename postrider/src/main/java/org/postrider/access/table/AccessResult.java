package org.postrider.access.table;

import java.util.Locale;
import java.util.Map;
import org.postrider.access.Effect;
import org.postrider.access.LogLine;
import org.postrider.access.restriction.Named;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Ruling;
import org.postrider.address.Address;
import org.postrider.message.Headers;

/// A result of an access(5) table. Every one is a record here and a line in [#NAMES].
public sealed interface AccessResult {
    /// Says what it comes to, and to the question what it wants to happen.
    Ruling act(About about, Question q);

    /// One that is done to the mail, and so needs one.
    sealed interface OfMail extends AccessResult {
        /// Upper case.
        String action();

        /// It can be done to mail that passes a filter before the queue.
        default boolean beforeFilter() {
            return false;
        }
    }

    /// `OK`, or `RELAY`, whatever follows, or a number: `value` as it stands in the table.
    record Ok(String value) implements AccessResult {
        @Override
        public Ruling act(About about, Question q) {
            return Ruling.PERMIT;
        }
    }

    record Dunno() implements AccessResult {
        @Override
        public Ruling act(About about, Question q) {
            return Ruling.DUNNO;
        }
    }

    /// `REJECT`, `DEFER`, `4NN text`, `5NN text`.
    record Refuse(int code, String text) implements AccessResult {
        @Override
        public Ruling act(About about, Question q) {
            return new Ruling.Reject(ResultText.reply(code, about, text, "Access denied", q));
        }
    }

    record DeferIfPermit(String text) implements AccessResult {
        @Override
        public Ruling act(About about, Question q) {
            return new Ruling.DeferIfPermit(
                    ResultText.reply(450, about, text, "Service unavailable", q));
        }
    }

    record DeferIfReject(String text) implements AccessResult {
        @Override
        public Ruling act(About about, Question q) {
            return new Ruling.DeferIfReject(
                    ResultText.reply(450, about, text, "Service unavailable", q));
        }
    }

    /// `INFO`, `WARN`.
    record Note(String action, String text) implements AccessResult {
        @Override
        public Ruling act(About about, Question q) {
            q.wants(new LogLine.Action(action, text));
            return Ruling.DUNNO;
        }
    }

    record Hold(String text) implements OfMail {
        @Override
        public String action() {
            return "HOLD";
        }

        @Override
        public Ruling act(About about, Question q) {
            q.wants(new LogLine.Held(about.triggers("triggers HOLD action", text)));
            q.wants(new Effect.Hold());
            return Ruling.DUNNO;
        }
    }

    record Discard(String text) implements OfMail {
        @Override
        public String action() {
            return "DISCARD";
        }

        @Override
        public Ruling act(About about, Question q) {
            q.wants(new Effect.Discard());
            q.wants(new LogLine.Action("discard", about.triggers("triggers DISCARD action", text)));
            return Ruling.DUNNO;
        }
    }

    /// @param destination `transport:nexthop`
    record Filter(String destination) implements OfMail {
        @Override
        public String action() {
            return "FILTER";
        }

        @Override
        public Ruling act(About about, Question q) {
            if (destination.isEmpty()) {
                return ResultText.valueless(about, action(), q);
            }
            if (destination.indexOf(':') < 0) {
                return ResultText.useless(about, "transport:destination", q);
            }
            q.wants(new Effect.Filter(destination));
            return ResultText.triggered("filter", about, "FILTER " + destination, q);
        }
    }

    record Redirect(String address) implements OfMail {
        @Override
        public String action() {
            return "REDIRECT";
        }

        @Override
        public Ruling act(About about, Question q) {
            if (address.indexOf('@') < 0) {
                return ResultText.useless(about, "user@domain target", q);
            }
            q.wants(new Effect.Redirect(new Address(address)));
            return ResultText.triggered("redirect", about, "REDIRECT " + address, q);
        }
    }

    record Bcc(String address) implements OfMail {
        @Override
        public String action() {
            return "BCC";
        }

        @Override
        public Ruling act(About about, Question q) {
            if (address.indexOf('@') < 0) {
                return ResultText.useless(about, "user@domain target", q);
            }
            q.wants(new Effect.Bcc(new Address(address)));
            return ResultText.triggered("bcc", about, "BCC " + address, q);
        }
    }

    /// @param header `name: text`
    record Prepend(String header) implements OfMail {
        @Override
        public String action() {
            return "PREPEND";
        }

        @Override
        public boolean beforeFilter() {
            return true;
        }

        @Override
        public Ruling act(About about, Question q) {
            if (!Headers.begins(header)) {
                return ResultText.useless(about, "header: text", q);
            }
            q.wants(new Effect.Prepend(header));
            return Ruling.DUNNO;
        }
    }

    /// Anything else: restrictions, asked in its place.
    record Restrictions(String list) implements AccessResult {
        @Override
        public Ruling act(About about, Question q) {
            if (list.indexOf(':') < 0) {
                return new Ruling.Ask(list, new Named(about.what(), about.subject()), false);
            }
            q.warn("access table " + about.table() + " has entry with lookup table: " + list);
            q.warn("do not specify lookup tables inside SMTPD access maps");
            q.warn("define a restriction class and specify its name instead.");
            return Ruling.MISCONFIGURED;
        }
    }

    /// How a result with a name is made.
    interface Maker {
        /// @param codes what REJECT and DEFER answer
        AccessResult result(String text, Codes codes);
    }

    /// @param reject access_map_reject_code
    /// @param defer access_map_defer_code
    record Codes(int reject, int defer) {}

    /// By the first word, upper case.
    Map<String, Maker> NAMES =
            Map.ofEntries(
                    Map.entry("DUNNO", (text, codes) -> new Dunno()),
                    Map.entry("REJECT", (text, codes) -> new Refuse(codes.reject(), text)),
                    Map.entry("DEFER", (text, codes) -> new Refuse(codes.defer(), text)),
                    Map.entry("DEFER_IF_PERMIT", (text, codes) -> new DeferIfPermit(text)),
                    Map.entry("DEFER_IF_REJECT", (text, codes) -> new DeferIfReject(text)),
                    Map.entry("INFO", (text, codes) -> new Note("info", text)),
                    Map.entry("WARN", (text, codes) -> new Note("warn", text)),
                    Map.entry("HOLD", (text, codes) -> new Hold(text)),
                    Map.entry("DISCARD", (text, codes) -> new Discard(text)),
                    Map.entry("FILTER", (text, codes) -> new Filter(text)),
                    Map.entry("REDIRECT", (text, codes) -> new Redirect(text)),
                    Map.entry("BCC", (text, codes) -> new Bcc(text)),
                    Map.entry("PREPEND", (text, codes) -> new Prepend(text)));

    /// @param all what a table says
    static AccessResult parse(String all, Codes codes) {
        int end = 0;
        while (end < all.length() && all.charAt(end) != ' ' && all.charAt(end) != '\t') {
            end++;
        }
        String word = all.substring(0, end);
        int begin = end;
        while (begin < all.length() && (all.charAt(begin) == ' ' || all.charAt(begin) == '\t')) {
            begin++;
        }
        String text = all.substring(begin);
        String name = word.toUpperCase(Locale.ROOT);
        Maker maker = NAMES.get(name);
        if (maker != null) {
            return maker.result(text, codes);
        }
        if (name.equals("OK") || name.equals("RELAY")) {
            return new Ok(word);
        }
        if (digits(all)) {
            // A number alone is a time of something like pop-before-smtp, even 550 is.
            return new Ok(all);
        }
        int code = code(word);
        return code > 0 && !text.isEmpty() ? new Refuse(code, text) : new Restrictions(all);
    }

    /// 4NN or 5NN; 0 for all else.
    private static int code(String word) {
        boolean refuses =
                word.length() == 3
                        && (word.charAt(0) == '4' || word.charAt(0) == '5')
                        && digits(word);
        return refuses ? Integer.parseInt(word) : 0;
    }

    private static boolean digits(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) < '0' || word.charAt(i) > '9') {
                return false;
            }
        }
        return !word.isEmpty();
    }
}
