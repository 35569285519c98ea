package org.postrider.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest.Selection;
import org.postrider.showq.Filter;
import org.postrider.showq.FilterException;
import org.postrider.showq.QueueAction;

/// Requests and replies come through the wire as they are, whatever stands in them, and what is
/// none is said to be none.
class ControlCodecTest {
    private static final long SEED = 20_261_129;
    private static final int ROUNDS = 20_000;

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static String word(Random random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            out.append(
                    random.nextInt(3) == 0
                            ? "\t\n\\tn=+".charAt(random.nextInt(7))
                            : (char) random.nextInt(256));
        }
        return out.toString();
    }

    private static List<String> words(Random random) {
        List<String> out = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            out.add(word(random));
        }
        return out;
    }

    private static Filter filter(Random random) {
        String text = "reply:\"" + word(random).replace("\"", "").replace("\\", "") + "\" to:a";
        try {
            return Filter.parse(text);
        } catch (FilterException e) {
            throw new IllegalStateException(e.line(), e);
        }
    }

    private static ControlRequest request(Random random) {
        QueueAction[] actions = QueueAction.values();
        QueueAction action = actions[random.nextInt(actions.length)];
        return switch (random.nextInt(16)) {
            case 0 -> new ControlRequest.Status();
            case 1 -> new ControlRequest.Threads();
            case 2 -> new ControlRequest.Stop();
            case 3 -> new ControlRequest.Abort();
            case 4 -> new ControlRequest.Reload();
            case 5 -> new ControlRequest.Flush();
            case 6 -> new ControlRequest.FlushSite(word(random));
            case 7 -> new ControlRequest.Show(word(random));
            case 9 -> new ControlRequest.Suspend(word(random));
            case 10 -> new ControlRequest.Resume(word(random));
            case 12 -> new ControlRequest.Why(word(random));
            case 11 -> new ControlRequest.Suspended();
            case 8 -> new ControlRequest.Act(action, new Selection.Ids(words(random)));
            case 13 -> new ControlRequest.Listed(filter(random));
            case 14 ->
                    new ControlRequest.Act(
                            action,
                            new Selection.Where(
                                    words(random), filter(random), random.nextBoolean()));
            default -> new ControlRequest.Act(action, new Selection.Queues(words(random)));
        };
    }

    @Test
    void aRequestIsOneLineAndComesBackAsItIs() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            ControlRequest asked = request(random);
            String line = text(ControlCodec.encode(asked));
            assertEquals(line.length() - 1, line.indexOf('\n'), line);
            assertEquals(asked, ControlCodec.decode(line.substring(0, line.length() - 1)));
        }
    }

    /// Octets of any kind, and requests with some of theirs changed.
    @Test
    void nothingThatIsSentThrows() {
        Random random = new Random(SEED + 1);
        int known = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] octets = ControlCodec.encode(request(random));
            for (int k = random.nextInt(4); k > 0; k--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            String line = text(octets);
            ControlRequest read = ControlCodec.decode(line);
            known += read instanceof ControlRequest.Unknown ? 0 : 1;
            if (read instanceof ControlRequest.Unknown unknown) {
                assertTrue(!unknown.why().isBlank());
            } else {
                String again = text(ControlCodec.encode(read));
                assertEquals(
                        read, ControlCodec.decode(again.substring(0, again.length() - 1)), line);
            }
            ControlReply reply = ControlCodec.decodeReply(line);
            assertTrue(reply != null || !line.startsWith("+"), line);
        }
        assertTrue(known > ROUNDS / 20 && known < ROUNDS, known + " were requests");
    }

    @Test
    void whatNobodyKnowsIsRefusedByName() {
        for (String line : List.of("", "frobnicate", "Stop", "stop now", "cat")) {
            var read = assertInstanceOf(ControlRequest.Unknown.class, ControlCodec.decode(line));
            assertEquals("unknown request: " + line, read.why());
        }
        for (String line : List.of("stop\tnow", "show", "show\ta\tb", "flush\tall", "flush-site")) {
            var read = assertInstanceOf(ControlRequest.Unknown.class, ControlCodec.decode(line));
            assertEquals("malformed request", read.why());
        }
        for (String line :
                List.of("list\tcolour:red", "delete\tWHERE\t\tcolour:red", "list\tto:a\tto:b")) {
            assertInstanceOf(ControlRequest.Unknown.class, ControlCodec.decode(line));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> ControlCodec.encode(new ControlRequest.Unknown("x")));
    }

    /// No text that is told can be taken for the end.
    @Test
    void aLineIsNeverTakenForTheEnd() {
        for (String told : List.of("=\t0", "", "+", "a\n=\t0\n\nb", "B\t=\t0")) {
            String sent = text(ControlCodec.encode(new ControlReply.Line(told)));
            List<String> read = new ArrayList<>();
            for (String line : sent.substring(0, sent.length() - 1).split("\n", -1)) {
                read.add(
                        assertInstanceOf(ControlReply.Line.class, ControlCodec.decodeReply(line))
                                .text());
            }
            assertEquals(told, String.join("\n", read));
        }
        for (Result each : Result.values()) {
            String sent = text(ControlCodec.encode(new ControlReply.End(each)));
            assertEquals(new ControlReply.End(each), ControlCodec.decodeReply(sent.strip()));
        }
        for (String none : List.of("", "=", "=\t2", "=\t00", "0", "-")) {
            assertEquals(null, ControlCodec.decodeReply(none), none);
        }
    }

    @Test
    void whatIsTooLongIsCutOrRefused() {
        String most = "a".repeat(ControlCodec.LONGEST_LINE);
        assertEquals(
                ControlCodec.LONGEST_LINE, ControlCodec.encode(new ControlReply.Line(most)).length);
        assertThrows(
                IllegalArgumentException.class,
                () -> ControlCodec.encode(new ControlRequest.Show(most)));
    }
}
