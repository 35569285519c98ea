package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.address.Address;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.Recipient;

/// A next hop that reads nothing while its replies are not read, over small windows.
class SmallWindowsTest {
    private static final int RECIPIENTS = 10_000;
    private static final int WINDOW = 4096;
    private static final String LONG = "x".repeat(400);

    private static void serve(ServerSocket listener, String mail) {
        try (Socket s = listener.accept()) {
            s.setSendBufferSize(WINDOW);
            s.setTcpNoDelay(true);
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(s.getInputStream(), StandardCharsets.ISO_8859_1),
                            512);
            OutputStream out = s.getOutputStream();
            say(out, "220 hop.example ESMTP");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                switch (line.substring(0, Math.min(4, line.length()))) {
                    case "EHLO" -> say(out, "250-hop.example\r\n250 PIPELINING");
                    case "MAIL" -> say(out, mail);
                    case "RCPT" -> say(out, "250 2.1.5 " + LONG);
                    case "DATA" -> say(out, mail.startsWith("2") ? "354 go" : "503 5.5.1 no");
                    case "." -> say(out, "250 2.0.0 taken");
                    case "QUIT" -> {
                        return;
                    }
                    case "RSET" -> say(out, "250 2.0.0 ok");
                    default -> {
                        // content
                    }
                }
            }
        } catch (IOException e) {
            // the client went
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"250 2.1.0 ok", "450 4.7.1 not now"})
    void tenThousandRecipientsPassWithoutEitherSideWaitingForTheOther(String mail)
            throws Exception {
        List<Recipient> all = new ArrayList<>();
        for (int i = 0; i < RECIPIENTS; i++) {
            all.add(Recipient.of(new Address("r" + i + LONG + "@t.example")));
        }
        Hop.Mail one = Hop.Mail.to(1);
        Hop.Mail many =
                new Hop.Mail(
                        one.id(),
                        new Envelope(one.envelope().sender(), all, 0, Attributes.NONE),
                        one.content());
        try (ServerSocket listener = new ServerSocket();
                Hop hop = new Hop("smtp_mail_timeout", "60s", "smtp_rcpt_timeout", "60s")) {
            listener.setReceiveBufferSize(WINDOW);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread.ofVirtual().start(() -> serve(listener, mail));
            List<String> out = hop.deliver("[127.0.0.1]:" + listener.getLocalPort(), many);
            assertEquals(RECIPIENTS, out.size());
            String first = out.getFirst();
            assertTrue(
                    first.contains(mail.startsWith("2") ? "(250 2.0.0 taken)" : "said: 450"),
                    first.substring(first.indexOf(' ')));
            String want = first.substring(first.indexOf(' '));
            assertTrue(out.stream().allMatch(l -> l.endsWith(want)));
        }
    }
}
