package org.postrider.milter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.memory.Budget;
import org.postrider.milter.wire.MilterException;
import org.postrider.milter.wire.Packet;
import org.postrider.milter.wire.PacketReader;

/// Milters that say anything at all, from seeds. What real Postfix makes of one mistake at a time
/// is in src/test/twin/milterstages.case.
class MilterFuzzTest {
    private static final int ROUNDS = 1000;
    private static final String COMMANDS = "O+-24abcdefhilmpqrsty\0Z";
    private static final byte[] AGREED =
            packet('O', new byte[] {0, 0, 0, 6, 0, 0, 1, -1, 0, 0, 0, 0});

    @TempDir Path temp;

    private static byte[] packet(char command, byte[] octets) {
        int n = octets.length + 1;
        byte[] out = new byte[n + 4];
        out[0] = (byte) (n >> 24);
        out[1] = (byte) (n >> 16);
        out[2] = (byte) (n >> 8);
        out[3] = (byte) n;
        out[4] = (byte) command;
        System.arraycopy(octets, 0, out, 5, octets.length);
        return out;
    }

    /// Mostly whole packets, of which some have a wrong length, and some octets of no packet.
    private static byte[] nonsense(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int packets = random.nextInt(12);
        for (int i = 0; i < packets; i++) {
            char command = COMMANDS.charAt(random.nextInt(COMMANDS.length()));
            byte[] octets = new byte[random.nextInt(4) == 0 ? random.nextInt(3000) : 0];
            random.nextBytes(octets);
            if (command == 'y' || random.nextInt(3) == 0) {
                octets = reply(random);
            }
            byte[] packet = packet(command, octets);
            if (random.nextInt(20) == 0) {
                packet[random.nextInt(4)] ^= (byte) (1 << random.nextInt(8));
            }
            out.writeBytes(packet);
        }
        return out.toByteArray();
    }

    private static byte[] reply(Random random) {
        String[] parts = {
            "550",
            "451",
            "250",
            "421",
            " ",
            "-",
            "5.7.1",
            "4.7.1",
            "9.9999.1",
            "\r\n",
            "\n",
            "\r",
            "text",
            "%",
            "%%",
            "\0",
            "\u0001",
            "é",
            "x".repeat(700)
        };
        StringBuilder out = new StringBuilder(random.nextBoolean() ? "550 5.7.1 " : "");
        for (int i = random.nextInt(12); i > 0; i--) {
            out.append(parts[random.nextInt(parts.length)]);
        }
        return (out + "\0").getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aReaderTakesNoMoreThanItIsAllowedAndGivesAllBack() throws IOException {
        long packets = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            Budget budget = new Budget("test", 1 << 16, 1 << 16, 1 << 16);
            Budget.Share share = budget.share();
            byte[] said = nonsense(random);
            PacketReader reader =
                    new PacketReader(new Said(said, 1 + random.nextInt(600), false), share);
            long octets = 0;
            try {
                while (true) {
                    Packet packet = reader.read();
                    octets += 5 + packet.octets().length;
                    packets++;
                    assertTrue(budget.taken() <= packet.octets().length, "seed " + seed);
                }
            } catch (IOException e) {
                // its end, or a length that is none
            }
            assertTrue(octets <= said.length, "seed " + seed);
            share.close();
            assertEquals(0, budget.taken(), "seed " + seed);
        }
        assertTrue(packets > ROUNDS, packets + " packets");
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "2147483647", "1073741824", "1052673"})
    void aLengthThatIsNoneIsRefusedBeforeAnythingIsTaken(int length) {
        byte[] head = {
            (byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length, 'c'
        };
        Budget budget = new Budget("test", 1 << 20, 1 << 20, 1 << 20);
        PacketReader reader = new PacketReader(new Said(head, 5, true), budget.share());
        assertThrows(MilterException.class, reader::read);
        assertEquals(0, budget.taken());
    }

    private MailFilter open(Said said, String action, List<String> warnings) throws IOException {
        return open(said, action, warnings, MilterSockets.nowhere().memory());
    }

    private MailFilter open(Said said, String action, List<String> warnings, Budget memory)
            throws IOException {
        Path file = temp.resolve("main.cf");
        Files.writeString(file, "milter_default_action = " + action + "\n");
        ServiceSettings settings =
                ServiceSettings.of(MainCf.read(file), Catalogue.load(), Map.of());
        MilterSockets none = MilterSockets.nowhere();
        MilterSockets sockets = new MilterSockets((_, _, _) -> said, none.room(), _ -> 25, memory);
        return Milters.of(settings, sockets, List.of("inet:127.0.0.1:25"))
                .open(name -> name, warnings::add);
    }

    /// A whole session with one that says anything: every answer is one that a client may be told,
    /// and what has failed goes on failing.
    @Test
    void noMilterBringsMoreThanAnAnswerIntoASession() throws IOException {
        int refused = 0;
        int failed = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            if (random.nextInt(5) > 0) {
                all.writeBytes(AGREED);
            }
            all.writeBytes(nonsense(random));
            Said said = new Said(all.toByteArray(), 1 + random.nextInt(90), random.nextBoolean());
            List<String> warnings = new ArrayList<>();
            Everything changes = new Everything();
            MailFilter filter = open(said, "reject", warnings);
            for (Answer answer : session(filter, changes)) {
                if (answer instanceof Answer.Refused(var reply)) {
                    refused++;
                    assertTrue(reply.code() >= 400 && reply.code() < 600, "seed " + seed);
                    for (String line : reply.lines()) {
                        assertEquals(-1, line.indexOf('\r'), "seed " + seed);
                        assertEquals(-1, line.indexOf('\n'), "seed " + seed);
                        assertTrue(line.length() <= 500, "seed " + seed);
                    }
                }
            }
            if (!warnings.isEmpty() && said.closed) {
                failed++;
                boolean standing =
                        filter.other() instanceof Answer.Refused
                                || filter.other() instanceof Answer.Shutdown
                                || filter.other() instanceof Answer.Hold
                                || warnings.stream().allMatch(w -> w.contains("DISCARD"));
                assertTrue(standing, "seed " + seed + " " + warnings);
            }
            filter.close();
            filter.close();
            assertTrue(said.closed, "seed " + seed);
        }
        assertTrue(refused > ROUNDS / 2 && failed > ROUNDS / 2, refused + " " + failed);
    }

    private static List<Answer> session(MailFilter filter, Everything changes) throws IOException {
        List<Answer> out = new ArrayList<>();
        out.add(filter.connect(new ClientFacts("x", "192.0.2.1", ClientFacts.Family.INET, 7)));
        out.add(filter.helo("x"));
        for (int i = 0; i < 2; i++) {
            out.add(filter.mail(List.of("<a@b.example>")));
            out.add(filter.unknown("X"));
            out.add(filter.rcpt(List.of("<c@d.example>"), false));
            out.add(filter.data());
            out.add(filter.message(changes, changes));
            filter.abort();
        }
        return out;
    }

    @ParameterizedTest
    @CsvSource({
        "accept, GoOn",
        "reject, Refused",
        "tempfail, Refused",
        "quarantine, Hold",
        "shutdown, Shutdown",
        "Reject, Refused",
        "nonsense, Refused"
    })
    void oneThatHangsUpComesToTheDefaultActionForTheSession(String action, String answer)
            throws IOException {
        for (int events = 0; events < 5; events++) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(AGREED);
            for (int i = 0; i < events; i++) {
                all.writeBytes(packet('c', new byte[0]));
            }
            List<String> warnings = new ArrayList<>();
            MailFilter filter = open(new Said(all.toByteArray(), 99, false), action, warnings);
            List<Answer> heard = session(filter, new Everything());
            for (int i = 0; i < heard.size(); i++) {
                String expected = i < events ? "GoOn" : answer;
                assertEquals(expected, heard.get(i).getClass().getSimpleName(), i + " " + heard);
            }
            assertFalse(warnings.isEmpty());
        }
    }

    /// Agreed, and content with all it hears up to the end of the message; then this.
    private static byte[] ending(byte[]... packets) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(AGREED);
        for (int i = 0; i < 11; i++) {
            all.writeBytes(packet('c', new byte[0]));
        }
        for (byte[] each : packets) {
            all.writeBytes(each);
        }
        return all.toByteArray();
    }

    private static final byte[] FIELD =
            packet('h', "X-A\0one\0".getBytes(StandardCharsets.ISO_8859_1));

    /// Neither the old body nor all of a new one is there: the mail goes nowhere.
    @ParameterizedTest
    @CsvSource({"accept", "quarantine"})
    void oneThatFailsInTheMiddleOfANewBodyLetsNothingPass(String action) throws IOException {
        byte[] part = packet('b', "new\r\n".getBytes(StandardCharsets.ISO_8859_1));
        byte[] progress = packet('p', new byte[0]);
        List<byte[]> halves =
                List.of(
                        ending(part),
                        ending(FIELD, part),
                        ending(part, part),
                        ending(part, progress),
                        ending(part, new byte[] {0, 0}),
                        ending(part, new byte[] {0, 0, 0, 0, 'c'}));
        for (byte[] said : halves) {
            MailFilter filter = open(new Said(said, 99, false), action, new ArrayList<>());
            List<Answer> heard = session(filter, new Everything());
            assertEquals("451 4.7.1 Service unavailable - try again later", line(heard.get(6)));
            filter.close();
        }
        for (byte[] said : List.of(ending(FIELD), ending(part, FIELD))) {
            MailFilter filter = open(new Said(said, 99, false), action, new ArrayList<>());
            Answer whole = session(filter, new Everything()).get(6);
            assertEquals(
                    action.equals("accept") ? "GoOn" : "Hold", whole.getClass().getSimpleName());
            filter.close();
        }
    }

    private static String line(Answer answer) {
        return answer instanceof Answer.Refused(var reply) ? reply.line() : answer.toString();
    }

    /// What is to happen without a milter says nothing of a machine that has no room for its words.
    @Test
    void wantOfMemoryPassesNobodyOver() throws IOException {
        byte[] large = packet('b', new byte[2000]);
        Budget none = new Budget("test", 1, 1, 1);
        MailFilter filter =
                open(new Said(ending(large), 99, false), "accept", new ArrayList<>(), none);
        assertEquals(
                "451 4.7.1 Service unavailable - try again later",
                line(session(filter, new Everything()).get(6)));
        assertEquals(0, none.taken());
        filter.close();
    }

    /// Takes all changes, and is a mail.
    private static final class Everything implements Changes, FilteredMail {
        private long octets;

        @Override
        public List<Field> fields() {
            return List.of(new Field("Subject", " x"), new Field("To", " y\n z"));
        }

        @Override
        public InputStream body() {
            return new ByteArrayInputStream(new byte[70_000]);
        }

        @Override
        public long bodyLength() {
            return 70_000;
        }

        @Override
        public void addHeader(String name, String value) {
            assertFalse(name.isEmpty());
        }

        @Override
        public void insertHeader(long index, String name, String value) {
            assertTrue(index >= 0 && !name.isEmpty());
        }

        @Override
        public void changeHeader(long index, String name, String value) {
            assertTrue(index >= 0 && !name.isEmpty() && !value.isEmpty());
        }

        @Override
        public void deleteHeader(long index, String name) {
            assertTrue(index >= 0 && !name.isEmpty());
        }

        @Override
        public void replaceBody(byte[] all, int offset, int length) {
            octets += length;
        }

        @Override
        public void changeFrom(String address, String arguments) {
            assertEquals(-1, address.indexOf('\0'));
        }

        @Override
        public void addRecipient(String address, String arguments) {
            assertEquals(-1, (address + arguments).indexOf('\0'));
        }

        @Override
        public void deleteRecipient(String address) {
            assertEquals(-1, address.indexOf('\0'));
        }

        @Override
        public void quarantine(String reason) {
            assertEquals(-1, reason.indexOf('\0'));
        }

        @Override
        public @Nullable Answer fault() {
            return null;
        }

        @Override
        public void complaint(String text) {}

        @Override
        public void settled(String milter) {
            assertTrue(octets >= 0);
        }
    }
}
