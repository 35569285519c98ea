package org.postrider.showq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.dsn.Status;
import org.postrider.queue.Login;
import org.postrider.queue.Mark;
import org.postrider.queue.Origin;

/// What a filter finds, and what is said of what is none (docs/queue-tools.md).
class FilterTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final long SEED = 20_261_130;
    private static final int ROUNDS = 5_000;

    /// @param text of the reply; empty before the first attempt
    private record One(String address, boolean owed, String status, String text, String relay) {
        Mark.@Nullable Reason reason(int number) {
            String[] n = status.split("\\.");
            return text.isEmpty()
                    ? null
                    : new Mark.Reason(
                            number,
                            new Status(
                                    Integer.parseInt(n[0]),
                                    Integer.parseInt(n[1]),
                                    Integer.parseInt(n[2])),
                            text,
                            relay,
                            null,
                            null,
                            "delayed");
        }
    }

    private record Entry(
            String queueName,
            String id,
            long ageSeconds,
            long size,
            Address sender,
            Origin.@Nullable Client client,
            @Nullable Login login,
            List<One> all)
            implements QueueEntry {
        @Override
        public long arrivalMillis() {
            return NOW - ageSeconds * 1000;
        }

        @Override
        public int recipients() {
            return all.size();
        }

        @Override
        public boolean owed(int recipient) {
            return all.get(recipient).owed();
        }

        @Override
        public Address recipient(int recipient) {
            return new Address(all.get(recipient).address());
        }

        @Override
        public Mark.@Nullable Reason reason(int recipient) {
            return all.get(recipient).reason(recipient);
        }
    }

    private static final One GMAIL =
            new One(
                    "Joe@Mail.Gmail.com",
                    true,
                    "4.7.28",
                    "host mx.google.example[192.0.2.26] said: 421-4.7.28 Our system (in reply to"
                            + " end of DATA)",
                    "mx.google.example[192.0.2.26]:25");

    /// Of each filter: `y` or `n`, for `ENTRIES` in turn.
    private static final List<Entry> ENTRIES =
            List.of(
                    new Entry(
                            "deferred",
                            "3ABC1",
                            7200,
                            2 << 20,
                            new Address("Ann@a.example"),
                            new Origin.Client(
                                    "pc.a.example", "", "192.0.2.7", 4711, "pc", "ESMTPSA"),
                            new Login("PLAIN", "ann", null),
                            List.of(
                                    GMAIL,
                                    new One("x@b.example", true, "4.4.1", "refused", "none"),
                                    new One("done@c.example", false, "2.0.0", "ok", "none"))),
                    new Entry(
                            "hold",
                            "3ABC2",
                            10,
                            500,
                            Address.NULL,
                            null,
                            null,
                            List.of(new One("y@notgmail.com", true, "", "", ""))),
                    new Entry(
                            "active",
                            "4SzDKM2Mb1z4qkx",
                            0,
                            1024,
                            new Address("root"),
                            null,
                            null,
                            List.of()));

    private static String found(String filter) throws FilterException {
        Filter parsed = Filter.parse(filter);
        StringBuilder out = new StringBuilder();
        for (Entry each : ENTRIES) {
            out.append(parsed.matches(each, NOW) ? 'y' : 'n');
        }
        return out.toString();
    }

    @Test
    void everyFieldAndOperator() throws FilterException {
        String[] cases = {
            "ynn to:gmail.com",
            "ynn to:GMAIL.com",
            "ynn to:mail.gmail.com",
            "nyn to:notgmail.com",
            "nnn to:com.gmail",
            "nnn to:c.example",
            "ynn to:joe@",
            "ynn to:joe@mail.gmail.com",
            "nnn to:joe@gmail.com",
            "ynn to:.gmail.com",
            "nnn to:.mail.gmail.com",
            "ynn to:.com to:joe@",
            "ynn to=joe@mail.gmail.com",
            "nnn to=gmail.com",
            "yyn to!=joe@mail.gmail.com",
            "ynn to~^joe@.*gmail",
            "yyn to~gmail|notgmail",
            "ynn from:a.example",
            "ynn from=ann@A.example",
            "nyn from:<>",
            "nyn from=<>",
            "nyn from:\"\"",
            "ynn from:ann@",
            "nny from=root",
            "nyy from!=ann@a.example",
            "ynn reply~421",
            "ynn reply:\"our system\"",
            "ynn reply:(in",
            "nnn reply=421",
            "ynn reply=refused",
            "ynn reply!=refused",
            "ynn reply~\"4[0-9]{2}-4\\.7\"",
            "ynn status:4",
            "ynn status:4.7",
            "nnn status:4.2",
            "nnn status:4.7.2",
            "ynn status=4.7.28",
            "nnn status=4.7",
            "ynn status!=4.7.28",
            "nnn status:5",
            "ynn relay:google.example",
            "ynn relay:192.0.2.26",
            "ynn relay:192.0.2.0/24",
            "nnn relay:192.0.3.0/24",
            "ynn relay=none",
            "ynn relay=mx.google.example",
            "ynn relay~\\]:25$",
            "ynn client:a.example",
            "ynn client:192.0.2.0/24",
            "ynn client=192.0.2.7",
            "nnn client:192.0.2.8",
            "nnn client:b.example",
            "ynn login:ANN",
            "nyy login=\"\"",
            "nyy login!=ann",
            "ynn id:3ABC1",
            "ynn id=3ABC1",
            "nnn id=3abc1",
            "nny id=4SzDKM2Mb1z4qkx",
            "yyn id~^3abc",
            "nyn queue:hold",
            "ynn queue=deferred",
            "yny queue!=hold",
            "yyn queue~^(hold|def)",
            "ynn age>1h",
            "nyy age<1h",
            "ynn age>=2h",
            "ynn age=7200",
            "nnn age>2h",
            "ynn age>60m age<1d",
            "ynn age>7199s",
            "nnn age>1w",
            "nyy age!=2H",
            "ynn size>1M",
            "nyy size<=1K",
            "nny size=1k",
            "nyy size<2M",
            "nnn size>1G",
            "nyn size=500",
            "ynn recipients=2",
            "yyn recipients>0",
            "nny recipients=0",
            "nnn recipients>1K"
        };
        for (String each : cases) {
            assertEquals(each, found(each.substring(4)) + each.substring(3));
        }
    }

    /// What stands side by side is asked of one recipient; `not` of all.
    @Test
    void conditionsTogether() throws FilterException {
        String[] cases = {
            "ynn to:gmail.com age>1h reply~421 size>1M",
            "ynn to:gmail.com and reply~421",
            "nnn to:b.example reply~421",
            "nnn to:gmail.com reply=refused",
            "ynn to:b.example reply=refused",
            "nyy not to:gmail.com",
            "nyy not not not to:gmail.com",
            "nyy not reply~421",
            "ynn not (to:gmail.com reply=refused) to:gmail.com",
            "yyn to:gmail.com or queue:hold",
            "yyn (to:gmail.com)or(queue:hold)",
            "nyn (to:gmail.com or queue:hold) age<1h",
            "yyn to:gmail.com or queue:hold age<1h",
            "nyn not(to:gmail.com or from:root) size<1K or from:root size>9K",
            "nny not (to:com or to:example)",
            "ynn to:gmail.com (reply:nothing or size>1M)",
            "nnn to:gmail.com (reply:nothing or size>1G)",
            "  ynn \t to:gmail.com   ".strip()
        };
        for (String each : cases) {
            assertEquals(each, found(each.substring(4)) + each.substring(3));
        }
    }

    private static FilterException wrong(String filter) {
        return assertThrows(FilterException.class, () -> Filter.parse(filter), filter);
    }

    /// Of each: the place from 0, a `|`, what is said, a `|`, the filter.
    @Test
    void whatIsWrongIsSaidWithItsPlace() {
        String[] cases = {
            "0|a condition is missing|",
            "2|a condition is missing|  ",
            "0|unknown field \"colour\"|colour:red",
            "13|unknown field \"colour\"|to:gmail.com colour:red",
            "9|after \"gmail\"|to:x or gmail.com"
                    .replace("9|after \"gmail\"", "8|unknown field \"gmail\""),
            "2|after \"to\" one of : = != ~ is expected|to>5",
            "2|after \"to\" one of|to",
            "3|after \"age\" one of = != < <= > >= is expected|age:5",
            "4|a number with one of smhdw|age>1y",
            "4|a number with one of smhdw|age>1hh",
            "4|a number with one of smhdw|age>-1",
            "5|the number is too large|size>99999999999G",
            "5|the number is too large|size>99999999999999999999",
            "5|a number with one of KMG|size>1.5M",
            "3|a value is missing|to: x",
            "6|a value is missing|(from:)",
            "3|this quote is not closed|to:\"abc",
            "6|a blank is expected after a quoted value|to:\"a\"b",
            "0|a \")\" is missing for this \"(\"|(to:x",
            "4|nothing is open that \")\" would close|to:x)",
            "5|a condition is missing|to:x or".replace("5|", "7|"),
            "5|a condition is expected here|to:x or or to:y".replace("5|", "8|"),
            "0|a condition is expected here|and to:x",
            "6|no such queue|queue:holt",
            "7|a status is written|status:4.4.1.1",
            "7|a status is written|status:250",
            "7|non-null host address bits|client:192.0.2.7/24",
            "6|in the pattern: this \"(\" is not closed|reply~\"(a\"".replace("6|", "6|"),
            "6|in the pattern: nothing stands before \"*\"|reply~*a",
            "7|in the pattern: one repetition behind another|reply~a**".replace("7|", "8|"),
            "6|in the pattern: this \"[\" is not closed|reply~[a",
            "7|in the pattern: \"\\1\" is not known here|reply~\\1",
            "7|in the pattern: \"(?\" is not known here|reply~(?=a)"
        };
        for (String each : cases) {
            String[] part = each.split("\\|", 3);
            FilterException e = wrong(part[2]);
            assertTrue(e.line().contains(part[1]), part[2] + ": " + e.line());
            assertEquals(part[0], Integer.toString(e.place()), part[2] + ": " + e.line());
        }
    }

    @Test
    void whatIsTooMuchIsRefused() {
        assertTrue(wrong("to:" + "a".repeat(Filter.LONGEST)).line().contains("longer than 4096"));
        assertTrue(wrong("to:a ".repeat(101)).line().contains("more than 100 conditions"));
        assertTrue(wrong("(".repeat(30) + "to:a" + ")".repeat(30)).line().contains("more than 20"));
        assertTrue(wrong("not ".repeat(900) + "to:a").line().contains("more than 20"));
        assertTrue(wrong("to~(a{200}){200}").line().contains("too large"));
        assertTrue(wrong("to~" + "(".repeat(9) + "){255}".repeat(9)).line().contains("too large"));
    }

    private static String expression(Random random, int depth) {
        String[] some = {
            "to:gmail.com",
            "to:b.example",
            "to:com",
            "from:<>",
            "reply~421",
            "reply=refused",
            "status:4.4",
            "age>1h",
            "size<1M",
            "queue:hold",
            "login=ann",
            "recipients=2",
            "id~C1"
        };
        if (depth == 0 || random.nextInt(3) == 0) {
            return some[random.nextInt(some.length)];
        }
        return switch (random.nextInt(4)) {
            case 0 -> "not (" + expression(random, depth - 1) + ")";
            case 1 ->
                    "("
                            + expression(random, depth - 1)
                            + " or "
                            + expression(random, depth - 1)
                            + ")";
            default ->
                    "(" + expression(random, depth - 1) + " " + expression(random, depth - 1) + ")";
        };
    }

    /// The meaning written down a second time, in the simplest way: of text that `expression` made.
    private static boolean holds(String text, Entry entry, int recipient) throws FilterException {
        if (text.startsWith("not (")) {
            return !any(text.substring(5, text.length() - 1), entry);
        }
        if (!text.startsWith("(")) {
            List<One> one = recipient < 0 ? List.of() : List.of(entry.all().get(recipient));
            boolean ofMessage = text.startsWith("recipients");
            return Filter.parse(text)
                    .matches(
                            new Entry(
                                    entry.queueName(),
                                    entry.id(),
                                    entry.ageSeconds(),
                                    entry.size(),
                                    entry.sender(),
                                    entry.client(),
                                    entry.login(),
                                    ofMessage ? entry.all() : one),
                            NOW);
        }
        int depth = 0;
        for (int i = 1; i < text.length() - 1; i++) {
            depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
            if (depth == 0 && text.charAt(i) == ' ' && !text.substring(1, i).equals("not")) {
                boolean or = text.startsWith(" or ", i);
                boolean left = holds(text.substring(1, i), entry, recipient);
                boolean right =
                        holds(
                                text.substring(i + (or ? 4 : 1), text.length() - 1),
                                entry,
                                recipient);
                return or ? left || right : left && right;
            }
        }
        throw new IllegalArgumentException(text);
    }

    private static boolean any(String text, Entry entry) throws FilterException {
        boolean owed = false;
        for (int i = 0; i < entry.recipients(); i++) {
            if (entry.owed(i)) {
                owed = true;
                if (holds(text, entry, i)) {
                    return true;
                }
            }
        }
        return !owed && holds(text, entry, -1);
    }

    @Test
    void generatedFiltersMeanWhatTheyMeanTermByTerm() throws FilterException {
        Random random = new Random(SEED);
        int yes = 0;
        int no = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String text = expression(random, 4);
            for (Entry entry : ENTRIES) {
                boolean expected = any(text, entry);
                assertEquals(expected, Filter.parse(text).matches(entry, NOW), text);
                yes += expected ? 1 : 0;
                no += expected ? 0 : 1;
            }
        }
        assertTrue(yes > ROUNDS / 4 && no > ROUNDS / 4, yes + " and " + no);
    }

    /// Whatever is written is a filter or wrong at a place of its own.
    @Test
    void nothingThatIsWrittenThrowsAnythingElse() {
        Random random = new Random(SEED + 1);
        String letters = "to:reply~age>size<=()\"\\*+?{}[]|^$ 0129KMh!@.-ornotd\t\u00e9";
        List<Entry> entries = new ArrayList<>(ENTRIES);
        int filters = 0;
        for (int i = 0; i < 4 * ROUNDS; i++) {
            StringBuilder text = new StringBuilder(expression(random, 3));
            for (int k = random.nextInt(4); k >= 0; k--) {
                int at = random.nextInt(text.length() + 1);
                if (random.nextBoolean() && at < text.length()) {
                    text.deleteCharAt(at);
                } else {
                    text.insert(at, letters.charAt(random.nextInt(letters.length())));
                }
            }
            try {
                Filter filter = Filter.parse(text.toString());
                entries.forEach(each -> filter.matches(each, NOW));
                filters++;
            } catch (FilterException e) {
                assertTrue(e.place() >= 0 && e.place() <= text.length(), text + ": " + e.line());
                assertTrue(!e.line().isBlank());
            }
        }
        assertTrue(filters > ROUNDS / 10 && filters < 4 * ROUNDS, filters + " were filters");
    }
}
