package org.postrider.cleanup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupService.Option;
import org.postrider.cleanup.CleanupService.Result;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.message.MemoryContent;
import org.postrider.milter.Answer;
import org.postrider.milter.Changes;
import org.postrider.milter.FilteredMail;
import org.postrider.milter.MailFilter;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.QueueException;
import org.postrider.queue.Recipient;

/// What filters change of a mail's content, and what becomes of their verdicts. What Postfix does
/// with each is in src/test/twin/miltercontent.case; here are the many ways to cut and order it.
class MilterStageTest {
    private static final String OWN = "Received: by mx.own.example; now\r\n";

    @TempDir Path directory;

    /// Says what a filter does at the end of a message.
    private interface Ending {
        Answer at(FilteredMail mail, Changes changes) throws IOException;
    }

    private static MailFilter filter(Ending ending) {
        return new MailFilter() {
            @Override
            public Answer message(FilteredMail mail, Changes changes) throws IOException {
                Answer answer = ending.at(mail, changes);
                changes.settled("test");
                Answer fault = changes.fault();
                return fault == null ? answer : fault;
            }
        };
    }

    private static Result submit(
            Desk desk, String header, String body, MailFilter filter, Option... options) {
        EnumSet<Option> set = EnumSet.noneOf(Option.class);
        set.addAll(List.of(options));
        return desk.cleanup.submit(
                new CleanupService.Submission(
                        desk.queue.newId(),
                        new Envelope(
                                new Address("a@own.example"),
                                List.of(Recipient.of(new Address("b@away.example"))),
                                1_795_221_434_000L,
                                Attributes.NONE),
                        MemoryContent.of(Desk.octets(header), Desk.octets(body)),
                        set,
                        filter));
    }

    /// The sizes of a changed content are those of one that came so.
    private static void sizesAreRight(Content content) {
        byte[] body = content.inlineBody();
        MemoryContent fresh = MemoryContent.of(content.header(), body == null ? new byte[0] : body);
        assertEquals(fresh.facts().wireSize(), content.facts().wireSize());
        assertEquals(fresh.facts().size(), content.facts().size());
        assertTrue(content.facts().longestLine() >= fresh.facts().longestLine());
        assertTrue(content.facts().leadingDot() || !fresh.facts().leadingDot());
        assertTrue(content.facts().eightBit() || !fresh.facts().eightBit());
    }

    @Test
    void anyOrderOfHeaderChangesComesToWhatAListOfFieldsComesTo() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Desk desk = new Desk(directory);
            List<String> model = new ArrayList<>();
            model.add(OWN);
            StringBuilder header = new StringBuilder(OWN);
            for (int i = random.nextInt(6); i > 0; i--) {
                String field = name(random) + ": came " + i + "\r\n";
                header.append(field);
                model.add(field);
            }
            Result result =
                    submit(
                            desk,
                            header.toString(),
                            "\r\nbody\r\n",
                            filter((mail, changes) -> {
                                for (int i = random.nextInt(8); i > 0; i--) {
                                    change(random, changes, model);
                                    assertEquals(
                                            seen(model), shown(mail), "what the next one sees");
                                }
                                return Answer.GO_ON;
                            }));
            assertInstanceOf(Result.Queued.class, result);
            Content content = desk.queue.messages.getLast().content();
            assertEquals(String.join("", model), Desk.text(content.header()), "seed " + seed);
            sizesAreRight(content);
        }
    }

    private static String name(Random random) {
        return List.of("Received", "X-A", "x-a", "Subject").get(random.nextInt(4));
    }

    private static void change(Random random, Changes changes, List<String> model) {
        String name = name(random);
        String value = " new " + random.nextInt(1000);
        int index = random.nextInt(4);
        switch (random.nextInt(4)) {
            case 0 -> {
                changes.addHeader(name, value);
                model.add(name + ":" + value + "\r\n");
            }
            case 1 -> {
                int place = random.nextInt(9);
                changes.insertHeader(place, name, value);
                model.add(Math.min(place, model.size()), name + ":" + value + "\r\n");
            }
            case 2 -> {
                changes.changeHeader(index, name, value);
                int at = find(model, name, index);
                if (at < 0) {
                    model.add(name + ":" + value + "\r\n");
                } else {
                    model.set(at, name + ":" + value + "\r\n");
                }
            }
            default -> {
                changes.deleteHeader(index, name);
                int at = find(model, name, index);
                if (at >= 0) {
                    model.remove(at);
                }
            }
        }
    }

    private static int find(List<String> model, String name, int index) {
        int left = Math.max(1, index);
        for (int i = 0; i < model.size(); i++) {
            String field = model.get(i);
            if (!field.equals(OWN)
                    && field.toLowerCase(Locale.ROOT)
                            .startsWith(name.toLowerCase(Locale.ROOT) + ":")
                    && --left == 0) {
                return i;
            }
        }
        return -1;
    }

    private static List<String> seen(List<String> model) {
        return model.stream().filter(f -> !f.equals(OWN)).map(String::strip).toList();
    }

    private static List<String> shown(FilteredMail mail) throws IOException {
        return mail.fields().stream().map(f -> f.name() + ":" + f.value()).toList();
    }

    @Test
    void aBodyIsTheSameHoweverItIsCut() throws IOException {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            StringBuilder body = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                body.append(
                        List.of("\r\n", "\n", "\r", "a", "bc", ".", "\u00e4", "x".repeat(130))
                                .get(random.nextInt(8)));
            }
            byte[] octets = body.toString().getBytes(StandardCharsets.ISO_8859_1);
            Desk desk = new Desk(directory);
            submit(
                    desk,
                    OWN + "Subject: x\r\n",
                    "\r\nold\r\n",
                    filter((mail, changes) -> {
                        int at = 0;
                        do {
                            int n = Math.min(octets.length - at, random.nextInt(5));
                            changes.replaceBody(octets, at, n);
                            at += n;
                        } while (at < octets.length);
                        return Answer.GO_ON;
                    }));
            String text = body.toString().replace("\r\n", "\n").replace('\r', ' ');
            if (!text.isEmpty() && !text.endsWith("\n")) {
                text += "\n";
            }
            Content content = desk.queue.messages.getLast().content();
            assertEquals(
                    ("\n" + text).replace("\n", "|"),
                    desk.body().replace("\n", "|"),
                    "seed " + seed);
            sizesAreRight(content);
        }
    }

    @Test
    void whatMakesAMailTooLargeIsNotHeld() {
        Desk desk = new Desk(directory, "message_size_limit = 2000");
        Result result =
                submit(
                        desk,
                        OWN,
                        "\r\nbody\r\n",
                        filter((mail, changes) -> {
                            byte[] more = Desk.octets("0123456789\r\n".repeat(20));
                            for (int i = 0; i < 1000; i++) {
                                changes.replaceBody(more, 0, more.length);
                            }
                            return Answer.GO_ON;
                        }));
        assertEquals(552, assertInstanceOf(Result.Rejected.class, result).code());
        result =
                submit(
                        desk,
                        OWN,
                        "\r\nbody\r\n",
                        filter((mail, changes) -> {
                            for (int i = 0; i < 1000; i++) {
                                changes.addHeader("X-A", " " + "x".repeat(100));
                            }
                            return Answer.GO_ON;
                        }));
        assertEquals(552, assertInstanceOf(Result.Rejected.class, result).code());
        assertTrue(desk.queue.messages.isEmpty());
    }

    /// message_size_limit = 0: the heap has an end all the same.
    @Test
    void aHeaderGrowsNoFurtherThanMemoryIsThere() {
        Desk desk = new Desk(directory, "message_size_limit = 0");
        desk.queue.memory = new Budget("test", 8 << 20, 1 << 10, 8 << 20);
        String value = " " + "x".repeat(1 << 20);
        int[] added = {0};
        assertThrows(
                QueueException.class,
                () ->
                        submit(
                                desk,
                                OWN,
                                "\r\nbody\r\n",
                                filter((mail, changes) -> {
                                    while (changes.fault() == null && added[0] < 50) {
                                        changes.changeHeader(1, "X-A", value);
                                        added[0]++;
                                    }
                                    return Answer.GO_ON;
                                })));
        assertTrue(added[0] < 10, added[0] + " MB");
        assertEquals(0, desk.queue.memory.taken());
        assertTrue(desk.queue.messages.isEmpty());
    }

    /// As one does that asks for it and fails then, where that is to be passed over.
    @Test
    void whatIsPutInQuarantineIsHeldWhateverComesAfterIt() {
        Desk desk = new Desk(directory);
        submit(
                desk,
                OWN,
                "\r\nbody\r\n",
                filter((mail, changes) -> {
                    changes.quarantine("odd");
                    return Answer.GO_ON;
                }));
        assertTrue(desk.queue.messages.getLast().held());
    }

    @Test
    void aFilterThatShutsDownAtTheEndOfAMailLetsNothingPass() {
        Desk desk = new Desk(directory);
        Result result =
                submit(desk, OWN, "\r\nbody\r\n", filter((mail, changes) -> new Answer.Shutdown()));
        Result.Rejected refused = assertInstanceOf(Result.Rejected.class, result);
        assertEquals(421, refused.code());
        assertTrue(desk.queue.messages.isEmpty());
        assertTrue(desk.log.has("milter-reject: END-OF-MESSAGE from"), desk.log.lines.toString());
    }

    @Test
    void aNoticeOfOursThatIsRefusedIsMadeAgainLater() {
        Desk desk = new Desk(directory);
        Result result =
                submit(
                        desk,
                        OWN,
                        "\r\nbody\r\n",
                        filter((mail, changes) ->
                                new Answer.Refused(org.postrider.wire.Reply.of(550, 7, 1, "no"))),
                        Option.INTERNAL);
        assertEquals(451, assertInstanceOf(Result.Rejected.class, result).code());
    }

    @Test
    void aMailThatNobodyIsLeftForIsAcceptedAndGone() {
        Desk desk = new Desk(directory);
        Result result =
                submit(
                        desk,
                        OWN,
                        "\r\nbody\r\n",
                        filter((mail, changes) -> {
                            changes.deleteRecipient("<b@away.example>");
                            return Answer.GO_ON;
                        }));
        assertInstanceOf(Result.Discarded.class, result);
        assertTrue(desk.queue.messages.isEmpty());
    }

    @Test
    void aTableThatFailsForARecipientOfAMilterKeepsTheMailOut() {
        Desk desk = new Desk(directory, "virtual_alias_maps = regexp:" + directory + "/none");
        Result result =
                submit(
                        desk,
                        OWN,
                        "\r\nbody\r\n",
                        filter((mail, changes) -> {
                            changes.addRecipient("c@away.example", "");
                            return Answer.GO_ON;
                        }),
                        Option.MAP);
        assertEquals(451, assertInstanceOf(Result.Rejected.class, result).code());
    }
}
