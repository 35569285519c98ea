package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What listens, and where, is what the lines of master.cf say; nothing listens by itself.
class LinesListenTest {
    @TempDir Path temp;

    private Path at(String name) {
        return temp.resolve("queue").resolve(name);
    }

    /// What is heard first, after these words; nothing when the other end says nothing.
    private String heard(String name, String said) throws IOException {
        try (SocketChannel to = SocketChannel.open(UnixDomainSocketAddress.of(at(name)))) {
            to.write(ByteBuffer.wrap(said.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(4096);
            to.read(answer);
            return new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
        }
    }

    private static List<String> lines(String... more) {
        List<String> out = new ArrayList<>(Trial.LINES);
        out.addAll(List.of(more));
        return out;
    }

    @Test
    void eachLineListensWhereItSays() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            String[] lines = {
                "list unix n - n - - showq",
                "hidden unix - - n - - showq",
                "door unix - - n - - smtpd -o smtpd_banner=door",
                "old fifo n - n 60 1 pickup"
            };
            trial.write(List.of(), lines(lines), List.of());
            assertFalse(
                    Server.check(trial.conf).stream().anyMatch(l -> l.contains("door")),
                    "a unix smtpd is honoured");
            trial.start();
            assertTrue(heard("public/list", "").contains("queue_list_protocol"));
            assertTrue(heard("private/hidden", "").contains("queue_list_protocol"));
            assertEquals("220 door\r\n", heard("private/door", ""));
            assertTrue(Files.exists(at("public/old")), "a fifo line is poked at its place");
            assertTrue(heard("public/qmgr", "flush\n").endsWith("=\t0\n"));
            assertFalse(heard("public/flush", "flush\n").endsWith("=\t0\n"), "that is qmgr's");
            trial.write(
                    List.of(), lines("door unix - - n - - smtpd -o smtpd_banner=other"), List.of());
            trial.reload();
            assertEquals("220 other\r\n", heard("private/door", ""), "by the new generation");
            for (String gone : List.of("public/list", "private/hidden", "public/old")) {
                assertFalse(Files.exists(at(gone)), gone + " is no line any more");
            }
        }
    }

    @Test
    void withoutItsLineNothingListens() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            List<String> lines = new ArrayList<>(Trial.LINES);
            lines.removeIf(l -> l.startsWith("showq ") || l.startsWith("flush "));
            trial.write(List.of(), lines, List.of());
            trial.start();
            assertFalse(Files.exists(at("public/showq")));
            assertFalse(Files.exists(at("public/flush")));
            assertTrue(Files.exists(at("public/pickup")));
            assertTrue(trial.mail("a@client.example", "b@there.example").startsWith("250"));
            assertTrue(hop.next() != null, "mail goes through all the same");
        }
    }

    /// A pass line's clients would be handed over by postscreen, which is not built.
    @Test
    void aPassLineIsNamed() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(List.of(), lines("smtpd pass - - n - - smtpd"), List.of());
            assertTrue(
                    Server.check(trial.conf).stream()
                            .anyMatch(l -> l.contains("service smtpd/pass (smtpd); no client is")),
                    String.join("\n", Server.check(trial.conf)));
            trial.start();
            assertFalse(Files.exists(at("private/smtpd")));
        }
    }

    /// What stands on the line of the queue manager counts for it.
    @Test
    void theQueueManagersLineHasSettingsOfItsOwn() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            List<String> lines = new ArrayList<>(Trial.LINES);
            lines.replaceAll(
                    l -> l.startsWith("qmgr ") ? l + " -o defer_transports=smtp,relay" : l);
            trial.write(List.of(), lines, List.of());
            trial.start();
            assertTrue(trial.mail("a@client.example", "b@there.example").startsWith("250"));
            trial.awaited("deferred", l -> l.contains("status=deferred (deferred transport)"));
        }
    }
}
