package org.postrider.showq.where;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.maps.Fold;
import org.postrider.maps.Network;
import org.postrider.queue.Login;
import org.postrider.queue.Origin;
import org.postrider.showq.FilterException;
import org.postrider.showq.QueueEntry;

/// What a condition may be about (docs/queue-tools.md).
enum Field {
    TO("to") {
        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            Predicate<Address> test = Texts.address(operator, value, place);
            return (Expression.OfRecipient)
                    (entry, recipient) -> test.test(entry.recipient(recipient));
        }
    },
    FROM("from") {
        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            Predicate<Address> test = Texts.address(operator, value, place);
            return (Expression.OfMessage) (entry, now) -> test.test(entry.sender());
        }
    },
    REPLY("reply") {
        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            Predicate<String> test = Texts.text(operator, value, place);
            return Expression.OfRecipient.reason(why -> test.test(why.text()));
        }
    },
    STATUS("status") {
        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            if (!operator.equals("~") && !value.matches("[245](\\.\\d{1,3}){0,2}")) {
                throw new FilterException("a status is written 4, 4.4 or 4.4.1", place);
            }
            Predicate<String> test =
                    operator.equals(":")
                            ? status -> (status + ".").startsWith(value + ".")
                            : Texts.word(operator, value, place);
            return Expression.OfRecipient.reason(why -> test.test(why.status().toString()));
        }
    },
    RELAY("relay") {
        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            Predicate<String> test = Texts.host(operator, value, place);
            return Expression.OfRecipient.reason(why -> test.test(why.relay()));
        }
    },
    CLIENT("client") {
        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            Predicate<String> test = Texts.host(operator, value, place);
            return (Expression.OfMessage)
                    (entry, now) -> {
                        Origin.@Nullable Client client = entry.client();
                        return client != null
                                && test.test(client.name() + "[" + client.address() + "]");
                    };
        }
    },
    LOGIN("login") {
        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            Predicate<String> test = Texts.word(operator, value, place);
            return (Expression.OfMessage)
                    (entry, now) -> {
                        Login login = entry.login();
                        return test.test(login == null ? "" : login.username());
                    };
        }
    },
    ID("id") {
        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            Predicate<String> pattern = Texts.word(operator, value, place);
            // Of long ids the case counts.
            Predicate<String> test =
                    operator.equals("~")
                            ? pattern
                            : operator.equals("!=") ? id -> !id.equals(value) : value::equals;
            return (Expression.OfMessage) (entry, now) -> test.test(entry.id());
        }
    },
    QUEUE("queue") {
        private static final List<String> QUEUES =
                List.of("maildrop", "incoming", "active", "deferred", "hold", "corrupt");

        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            if (!operator.equals("~") && !QUEUES.contains(value)) {
                throw new FilterException(
                        "no such queue (there are " + String.join(" ", QUEUES) + ")", place);
            }
            Predicate<String> test = Texts.word(operator, value, place);
            return (Expression.OfMessage) (entry, now) -> test.test(entry.queueName());
        }
    },
    AGE("age") {
        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            Numbers test =
                    Numbers.of(operator, value, place, "smhdw", 1, 60, 3600, 86_400, 604_800);
            return (Expression.OfMessage)
                    (entry, now) -> test.test(Math.max(0, now - entry.arrivalMillis()) / 1000);
        }
    },
    SIZE("size") {
        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            Numbers test = Numbers.of(operator, value, place, "KMG", 1 << 10, 1 << 20, 1 << 30);
            return (Expression.OfMessage) (entry, now) -> test.test(entry.size());
        }
    },
    RECIPIENTS("recipients") {
        @Override
        Expression is(String operator, String value, int place) throws FilterException {
            Numbers test = Numbers.of(operator, value, place, "KM", 1000, 1_000_000);
            return (Expression.OfMessage) (entry, now) -> test.test(owed(entry));
        }
    };

    static final String NAMES =
            "to from reply status relay client login id queue age size recipients";

    private static final List<String> NUMBER = List.of("=", "!=", "<", "<=", ">", ">=");
    private static final List<String> TEXT = List.of(":", "=", "!=", "~");

    private final String name;

    Field(String name) {
        this.name = name;
    }

    static @Nullable Field named(String name) {
        for (Field each : values()) {
            if (each.name.equals(name)) {
                return each;
            }
        }
        return null;
    }

    List<String> operators() {
        return switch (this) {
            case AGE, SIZE, RECIPIENTS -> NUMBER;
            case TO, FROM, REPLY, STATUS, RELAY, CLIENT, LOGIN, ID, QUEUE -> TEXT;
        };
    }

    /// Whether no listing shows it, so that an answer tells more than a listing does.
    boolean unlisted() {
        return switch (this) {
            case CLIENT, LOGIN -> true;
            case TO, FROM, REPLY, STATUS, RELAY, ID, QUEUE, AGE, SIZE, RECIPIENTS -> false;
        };
    }

    /// @param place of the value in the filter
    /// @throws FilterException where the value is none
    Expression condition(String operator, String value, int place) throws FilterException {
        return is(operator, value, place);
    }

    abstract Expression is(String operator, String value, int place) throws FilterException;

    private static long owed(QueueEntry entry) {
        long n = 0;
        for (int i = 0; i < entry.recipients(); i++) {
            n += entry.owed(i) ? 1 : 0;
        }
        return n;
    }

    /// Numbers that are compared.
    private record Numbers(String operator, long with) {
        /// @param letters of the units, and what each stands for
        static Numbers of(String operator, String value, int place, String letters, long... units)
                throws FilterException {
            int end = 0;
            while (end < value.length() && value.charAt(end) >= '0' && value.charAt(end) <= '9') {
                end++;
            }
            int unit = end == value.length() - 1 ? unit(value.substring(end), letters) : -1;
            if (end == 0 || end < value.length() && unit < 0) {
                throw new FilterException(
                        "a number with one of " + letters + " or nothing behind it is expected",
                        place);
            }
            try {
                long n = Long.parseLong(value.substring(0, end));
                return new Numbers(operator, Math.multiplyExact(n, unit < 0 ? 1 : units[unit]));
            } catch (NumberFormatException | ArithmeticException e) {
                throw new FilterException("the number is too large", place);
            }
        }

        /// Whichever case the letters are in.
        private static int unit(String letter, String letters) {
            return Fold.lower(letters).indexOf(Fold.lower(letter));
        }

        boolean test(long n) {
            return switch (operator) {
                case "=" -> n == with;
                case "!=" -> n != with;
                case "<" -> n < with;
                case "<=" -> n <= with;
                case ">" -> n > with;
                default -> n >= with;
            };
        }
    }

    /// Texts that are compared, whatever the case of their ASCII letters is.
    private static final class Texts {
        private Texts() {}

        static Predicate<String> pattern(String value, int place) throws FilterException {
            return LinearPattern.of(value, place)::find;
        }

        /// `:` is `=`.
        static Predicate<String> word(String operator, String value, int place)
                throws FilterException {
            return switch (operator) {
                case "~" -> pattern(value, place);
                case "!=" -> text -> !Fold.same(text, value);
                default -> text -> Fold.same(text, value);
            };
        }

        /// `:` is somewhere in it.
        static Predicate<String> text(String operator, String value, int place)
                throws FilterException {
            String lower = Fold.lower(value);
            return operator.equals(":")
                    ? text -> Fold.lower(text).contains(lower)
                    : word(operator, value, place);
        }

        /// `:` is an address, a local part and `@`, or a domain with those below it.
        static Predicate<Address> address(String operator, String value, int place)
                throws FilterException {
            String plain = value.equals("<>") ? "" : value;
            if (!operator.equals(":") || plain.isEmpty()) {
                Predicate<String> test =
                        word(operator, operator.equals("~") ? value : plain, place);
                return address -> test.test(address.text());
            }
            int at = plain.lastIndexOf('@');
            if (at > 0 && at == plain.length() - 1) {
                String local = plain.substring(0, at);
                return address -> Fold.same(address.local(), local);
            }
            return at > 0
                    ? address -> Fold.same(address.text(), plain)
                    : address -> below(address.domain(), plain.substring(at + 1));
        }

        /// `:` is a network, an address, or a name with those below it; texts are `name[address]`,
        /// and what else stands behind.
        static Predicate<String> host(String operator, String value, int place)
                throws FilterException {
            if (operator.equals("~")) {
                return pattern(value, place);
            }
            if (operator.equals(":")) {
                Network network = network(value, place);
                return network != null
                        ? text -> within(network, address(text))
                        : text -> below(name(text), value);
            }
            Predicate<String> same =
                    text ->
                            Fold.same(text, value)
                                    || Fold.same(name(text), value)
                                    || Fold.same(address(text), value);
            return operator.equals("!=") ? same.negate() : same;
        }

        private static @Nullable Network network(String value, int place) throws FilterException {
            try {
                return Network.parse(value);
            } catch (IllegalArgumentException e) {
                throw new FilterException(String.valueOf(e.getMessage()), place);
            }
        }

        private static boolean within(Network network, String address) {
            Network one = address.isEmpty() ? null : Network.parse(address);
            return one != null && network.containsAsIs(one.base());
        }

        private static String name(String text) {
            int end = text.indexOf('[');
            return end < 0 ? text : text.substring(0, end);
        }

        private static String address(String text) {
            int from = text.indexOf('[');
            int end = text.indexOf(']', from + 1);
            return from < 0 || end < 0 ? "" : text.substring(from + 1, end);
        }

        private static boolean below(String domain, String parent) {
            int before = domain.length() - parent.length();
            if (parent.isEmpty() || before < 0 || !Fold.same(domain.substring(before), parent)) {
                return false;
            }
            // `.a.example` is what is below it.
            return parent.charAt(0) == '.'
                    ? before > 0
                    : before == 0 || domain.charAt(before - 1) == '.';
        }
    }
}
