package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// smtp_chunk_size: contents in chunks (RFC 3030), to servers that offer CHUNKING.
class ChunksOutTest {
    private static final String H = "127.0.0.1[127.0.0.1]";
    private static final String BODY = ".dots\r\n..\r\n.\r\nand more of it\r\n";
    private static final String WHOLE = "Subject: t\r\n\r\n" + BODY;

    /// A server that takes chunks, refuses what it is told to, and is gone after so many octets.
    private static final class Chunked implements AutoCloseable {
        final List<String> heard = new CopyOnWriteArrayList<>();
        final List<String> mails = new CopyOnWriteArrayList<>();
        final BlockingQueue<Integer> lastAt = new LinkedBlockingQueue<>();
        String keywords = "PIPELINING CHUNKING";
        int cut = Integer.MAX_VALUE;
        final Map<String, String> replies = new java.util.concurrent.ConcurrentHashMap<>();
        private final ServerSocket listener =
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Chunked() throws IOException {
            Thread.ofVirtual().start(this::serve);
        }

        String nexthop() {
            return "[127.0.0.1]:" + listener.getLocalPort();
        }

        private void serve() {
            while (!listener.isClosed()) {
                try (Socket s = listener.accept()) {
                    talk(s);
                } catch (IOException e) {
                    // gone, or the client is
                }
            }
        }

        private int read;

        private int octet(InputStream in) throws IOException {
            int c = read == cut ? -1 : in.read();
            if (c < 0) {
                throw new IOException("gone");
            }
            read++;
            return c;
        }

        private void say(Socket s, String text) throws IOException {
            s.getOutputStream().write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        private void talk(Socket s) throws IOException {
            InputStream in = new BufferedInputStream(s.getInputStream());
            read = 0;
            say(s, "220 hop");
            StringBuilder content = new StringBuilder();
            int chunks = 0;
            int rcpts = 0;
            while (true) {
                StringBuilder line = new StringBuilder();
                while (line.length() < 2 || !line.substring(line.length() - 2).equals("\r\n")) {
                    line.append((char) octet(in));
                }
                String command = line.toString().strip();
                heard.add(command);
                String word = command.split(" ")[0];
                switch (word) {
                    case "EHLO" ->
                            say(
                                    s,
                                    "250-hop\r\n250-"
                                            + String.join("\r\n250-", keywords.split(" "))
                                            + "\r\n250 X");
                    case "BDAT" -> {
                        chunks++;
                        int n = Integer.parseInt(command.split(" ")[1]);
                        for (int i = 0; i < n; i++) {
                            content.append((char) octet(in));
                        }
                        boolean last = command.endsWith(" LAST");
                        if (last) {
                            lastAt.add(read);
                        }
                        String reply =
                                replies.getOrDefault(
                                        last ? "last" : "chunk" + chunks,
                                        "250 2.0.0 Ok: queued as X1");
                        if (last && reply.startsWith("2")) {
                            mails.add(content.toString());
                        }
                        say(s, reply);
                        if (last) {
                            content.setLength(0);
                            chunks = 0;
                            rcpts = 0;
                        }
                    }
                    case "RCPT" -> say(s, replies.getOrDefault("rcpt" + ++rcpts, "250 2.1.5 Ok"));
                    case "DATA" -> say(s, "354 go on");
                    case "." -> say(s, "250 2.0.0 Ok: queued as X1");
                    case "QUIT" -> {
                        say(s, "221 bye");
                        return;
                    }
                    default -> {
                        if (word.equals("MAIL") || word.equals("RSET")) {
                            say(s, "250 2.0.0 Ok");
                        }
                    }
                }
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    private static Hop hop(int size) {
        return new Hop("smtp_chunk_size", String.valueOf(size));
    }

    private static List<String> deliver(Hop hop, Chunked server, int recipients) {
        return hop.deliver(server.nexthop(), Hop.Mail.to(recipients, BODY, Map.of()));
    }

    private static List<String> chunks(Chunked server) {
        return server.heard.stream().filter(l -> l.startsWith("BDAT")).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 13, 14, 15, 22, 43, 44, 45, 1000})
    void theContentIsWholeInChunksOfEachSizeAndNoDotIsDoubled(int size) throws IOException {
        for (String keywords : List.of("PIPELINING CHUNKING", "CHUNKING")) {
            try (Hop hop = hop(size);
                    Chunked server = new Chunked()) {
                server.keywords = keywords;
                for (int i = 0; i < 2; i++) {
                    assertEquals(
                            List.of(
                                    "r1 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)",
                                    "r2 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)"),
                            deliver(hop, server, 2));
                }
                assertEquals(List.of(WHOLE, WHOLE), server.mails);
                int length = WHOLE.length();
                assertEquals(2 * ((length + size - 1) / size), chunks(server).size());
                assertTrue(server.heard.stream().noneMatch("DATA"::equals));
            }
        }
    }

    /// Lines that are too long are broken on the way: not the way of a content that goes as it
    /// lies.
    @Test
    void noDotIsDoubledInAContentThatIsChangedOnTheWay() throws IOException {
        String body = BODY + "x".repeat(30) + "\r\n.\r\n.." + "y".repeat(30) + "\r\n.";
        try (Hop hop = new Hop("smtp_chunk_size", "7", "smtp_line_length_limit", "20");
                Chunked server = new Chunked()) {
            hop.deliver(server.nexthop(), Hop.Mail.to(1, body, Map.of()));
            assertEquals(1, server.mails.size());
            String came = server.mails.getFirst();
            assertTrue(came.contains("\r\n "), "a line is broken");
            assertEquals(
                    "Subject: t\r\n\r\n" + body + "\r\n", came.replace("\r\n ", ""), "no dot more");
        }
    }

    @Test
    void aServerThatOffersNoneAndASettingOfNoneGetItBehindData() throws IOException {
        try (Hop hop = hop(10);
                Hop without = new Hop();
                Chunked server = new Chunked()) {
            server.keywords = "PIPELINING";
            deliver(hop, server, 1);
            server.keywords = "PIPELINING CHUNKING";
            deliver(without, server, 1);
            assertEquals(List.of(), chunks(server));
            assertEquals(2, server.heard.stream().filter("DATA"::equals).count());
        }
        try (Hop hop =
                        new Hop(
                                "smtp_chunk_size", "10",
                                "smtp_discard_ehlo_keywords", "chunking");
                Chunked server = new Chunked()) {
            deliver(hop, server, 1);
            assertEquals(List.of(), chunks(server));
        }
    }

    @Test
    void whoWasRefusedIsRefusedAndTheRestHasIt() throws IOException {
        try (Hop hop = hop(16);
                Chunked server = new Chunked()) {
            server.replies.put("rcpt2", "550 5.1.1 no");
            assertEquals(
                    List.of(
                            "r2 bounced 5.1.1 "
                                    + H
                                    + " (host "
                                    + H
                                    + " said: 550 5.1.1 no (in reply to RCPT TO command))",
                            "r1 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)"),
                    deliver(hop, server, 2));
        }
    }

    @Test
    void nothingOfTheContentIsSentWhereNobodyIsToGetIt() throws IOException {
        try (Hop hop = hop(16);
                Chunked server = new Chunked()) {
            server.replies.put("rcpt1", "550 5.1.1 no");
            deliver(hop, server, 1);
            server.replies.clear();
            assertEquals(
                    List.of("r1 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)"),
                    deliver(hop, server, 1));
            assertEquals(1, server.heard.stream().filter("RSET"::equals).count());
            assertEquals(List.of(WHOLE), server.mails);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "chunk1, 552 5.3.4 too much, bounced 5.3.4, BDAT",
        "chunk1, 452 4.3.1 full, deferred 4.3.1, BDAT",
        "chunk2, 552 5.3.4 too much, bounced 5.3.4, BDAT",
        "last, 554 5.7.1 no, bounced 5.7.1, BDAT",
        "last, 451 4.3.0 later, deferred 4.3.0, BDAT",
        "chunk1, 502 5.5.1 not known, deferred 4.5.1, BDAT",
        "chunk1, 500 5.5.2 not known, deferred 4.5.2, BDAT"
    })
    void aChunkThatIsRefusedIsTheVerdictOnAll(
            String at, String reply, String outcome, String command) throws IOException {
        for (String keywords : List.of("PIPELINING CHUNKING", "CHUNKING")) {
            try (Hop hop = hop(16);
                    Chunked server = new Chunked()) {
                server.keywords = keywords;
                server.replies.put(at, reply);
                List<String> all = deliver(hop, server, 2);
                assertEquals(2, all.size());
                for (String each : all) {
                    String rest = each.substring(3);
                    assertTrue(rest.startsWith(outcome + " "), each);
                    String why = "said: " + reply + " (in reply to " + command + " command)";
                    assertTrue(rest.contains(why), each);
                }
                // The next mail begins anew.
                server.replies.clear();
                assertEquals(
                        List.of("r1 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)"),
                        deliver(hop, server, 1));
                int ahead = keywords.startsWith("P") ? 1 : 0;
                int sent = Math.min(3, at.equals("last") ? 3 : at.charAt(5) - '0' + ahead);
                assertEquals(sent + 3, chunks(server).size());
            }
        }
    }

    /// The connection ends after each octet: what the server never had whole is tried again, and it
    /// is said of what it may have had.
    @Test
    void aConnectionLostAtEachOctetLosesNothingAndDoublesOnlyWhatDataWould() throws IOException {
        int all;
        try (Hop hop = hop(16);
                Chunked server = new Chunked()) {
            deliver(hop, server, 1);
            all = java.util.Objects.requireNonNull(server.lastAt.poll());
        }
        int lost = 0;
        for (int cut = 0; cut < all; cut++) {
            try (Hop hop = hop(16);
                    Chunked server = new Chunked()) {
                server.cut = cut;
                List<String> outcomes = new ArrayList<>(deliver(hop, server, 1));
                assertEquals(1, outcomes.size());
                String one = outcomes.getFirst();
                assertTrue(one.startsWith("r1 deferred 4."), cut + ": " + one);
                assertEquals(List.of(), server.mails, "cut at " + cut);
                lost++;
            }
        }
        assertTrue(lost > 150, lost + " octets");
    }

    @Test
    void aLastChunkWithoutAReplyMayHaveBeenTaken() throws IOException {
        try (Hop hop = hop(1000);
                Chunked server = new Chunked()) {
            int all;
            try (Hop dry = hop(1000);
                    Chunked other = new Chunked()) {
                deliver(dry, other, 1);
                all = java.util.Objects.requireNonNull(other.lastAt.poll());
            }
            server.cut = all - 1;
            String one = deliver(hop, server, 1).getFirst();
            assertTrue(
                    one.contains("while sending end of data -- message may be sent more than once"),
                    one);
        }
    }
}
