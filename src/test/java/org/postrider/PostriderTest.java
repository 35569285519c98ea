package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program that embeds the server, by the package [org.postrider] alone.
class PostriderTest {
    private static final byte[] MESSAGE =
            "Subject: a ticket\r\n\r\nThe printer burns.\n.\n".getBytes(StandardCharsets.UTF_8);

    @TempDir Path temp;

    private record Ticket(String from, List<String> to, String message) {}

    /// Takes what it is given; a recipient in `later` is told to wait, one in `never` fails.
    private static final class Desk implements DeliveryAgent {
        final BlockingQueue<Ticket> tickets = new LinkedBlockingQueue<>();
        volatile String later = "";
        volatile String never = "";
        volatile boolean broken;

        @Override
        public void deliver(Delivery delivery) throws IOException {
            if (broken) {
                throw new IOException("the ticket\nsystem is away");
            }
            try (InputStream in = delivery.message()) {
                tickets.add(
                        new Ticket(
                                delivery.sender(),
                                delivery.recipients().stream()
                                        .map(Delivery.Recipient::address)
                                        .toList(),
                                new String(in.readAllBytes(), StandardCharsets.UTF_8)));
            }
            for (Delivery.Recipient each : delivery.recipients()) {
                if (each.address().equals(later)) {
                    each.deferred("4.2.2", "the desk is full");
                } else if (each.address().equals(never)) {
                    each.bounced("5.1.1", "no such queue");
                } else {
                    each.sent("ticket opened");
                }
            }
        }

        /// What comes when all that waits is tried: what is logged as deferred waits a moment
        /// later.
        Ticket flushed(Postrider mail) throws InterruptedException {
            for (int i = 0; i < 200; i++) {
                mail.flush();
                Ticket next = tickets.poll(100, TimeUnit.MILLISECONDS);
                if (next != null) {
                    return next;
                }
            }
            throw new AssertionError("nothing came");
        }

        Ticket next() throws InterruptedException {
            Ticket next = tickets.poll(120, TimeUnit.SECONDS);
            assertNotNull(next, "nothing came");
            return next;
        }
    }

    private Postrider.Builder described(String name, Desk desk) {
        return Postrider.builder(temp.resolve(name))
                .parameter("myhostname", name + ".example.com")
                .parameter("mydestination", "")
                .parameter("inet_interfaces", "loopback-only")
                .parameter("inet_protocols", "ipv4")
                .parameter("virtual_mailbox_domains", "desk.example.com")
                .parameter("virtual_mailbox_maps", "java:queues")
                .parameter("virtual_transport", "tickets")
                .parameter("local_recipient_maps", "")
                .service("127.0.0.1:0 inet n - n - - smtpd")
                .table("queues", key -> key.startsWith("help@") ? "yes" : null)
                .agent("tickets", desk);
    }

    private void logged(String name, String text) throws Exception {
        Path log = temp.resolve(name).resolve("log");
        Until.seen(text + " in the log", () -> Files.readString(log).contains(text));
    }

    /// Says these lines one after the other; the last reply.
    private static String said(InetSocketAddress to, String... lines) throws IOException {
        try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String reply = String.valueOf(in.readLine());
            for (String line : lines) {
                socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
                reply = String.valueOf(in.readLine());
            }
            return reply;
        }
    }

    @Test
    void mailComesBySmtpToAnAgent() throws Exception {
        Desk desk = new Desk();
        try (Postrider mail = described("one", desk).start()) {
            InetSocketAddress at = mail.addresses().getFirst();
            assertEquals(1, mail.addresses().size());
            assertTrue(at.getPort() > 0);
            String[] mailFrom = {"HELO client.example", "MAIL FROM:<anna@client.example>"};
            assertTrue(
                    said(at, mailFrom[0], mailFrom[1], "RCPT TO:<nobody@desk.example.com>")
                            .startsWith("550 5.1.1 "));
            String reply =
                    said(
                            at,
                            mailFrom[0],
                            mailFrom[1],
                            "RCPT TO:<help@desk.example.com>",
                            "DATA",
                            "Subject: a ticket\r\n\r\nThe printer burns.\r\n.");
            assertTrue(reply.startsWith("250 2.0.0 Ok: queued as "), reply);
            Ticket ticket = desk.next();
            assertEquals("anna@client.example", ticket.from());
            assertEquals(List.of("help@desk.example.com"), ticket.to());
            assertTrue(ticket.message().startsWith("Received: from client.example"));
            assertTrue(ticket.message().endsWith("\r\n\r\nThe printer burns.\r\n"));
            logged("one", "relay=tickets, ");
            logged("one", "status=sent (ticket opened)");
        }
    }

    @Test
    void whatTheProgramSubmitsIsDeliveredDeferredAndBounced() throws Exception {
        Desk desk = new Desk();
        desk.later = "help@desk.example.com";
        desk.never = "help@nowhere.example.com";
        try (Postrider mail =
                described("one", desk).parameter("default_transport", "tickets").start()) {
            mail.submit("anna@client.example", List.of("help@desk.example.com"), MESSAGE);
            Ticket first = desk.next();
            assertTrue(first.message().endsWith("\r\n\r\nThe printer burns.\r\n.\r\n"));
            logged("one", "dsn=4.2.2, status=deferred (the desk is full)");
            desk.later = "";
            assertEquals(first.message(), desk.flushed(mail).message());
            logged("one", "status=sent (ticket opened)");
            desk.broken = true;
            mail.submit("", List.of("help@desk.example.com"), MESSAGE);
            logged("one", "dsn=4.3.0, status=deferred (the ticket system is away)");
            desk.broken = false;
            assertEquals("", desk.flushed(mail).from());
            mail.submit("anna@client.example", List.of(desk.never), MESSAGE);
            assertEquals(List.of(desk.never), desk.next().to());
            Ticket notice = desk.next();
            assertEquals(List.of("anna@client.example"), notice.to());
            assertTrue(notice.message().contains("no such queue"), notice.message());
        }
    }

    @Test
    void twoRunSideBySideAndOneSendsToTheOther() throws Exception {
        Desk desk = new Desk();
        Desk unused = new Desk();
        try (Postrider second = described("two", desk).start();
                Postrider first =
                        described("one", unused)
                                .parameter("virtual_mailbox_domains", "")
                                .parameter(
                                        "relayhost",
                                        "[127.0.0.1]:" + second.addresses().getFirst().getPort())
                                .start()) {
            first.submit("ä@client.example", List.of("help@desk.example.com"), MESSAGE);
            assertEquals("ä@client.example", desk.next().from());
            assertEquals(null, unused.tickets.poll());
        }
    }

    @Test
    void aTableThatFailsRefusesNobodyForGood() throws Exception {
        LookupTable broken =
                key -> {
                    throw new IOException("the database is away");
                };
        try (Postrider mail = described("one", new Desk()).table("queues", broken).start()) {
            String reply =
                    said(
                            mail.addresses().getFirst(),
                            "HELO client.example",
                            "MAIL FROM:<anna@client.example>",
                            "RCPT TO:<help@desk.example.com>");
            assertTrue(reply.startsWith("451 4.3.0 "), reply);
            logged("one", "java:queues: the database is away");
        }
    }

    @Test
    void aTableWithAFaultOfItsOwnRefusesNobodyForGoodEither() throws Exception {
        LookupTable faulty =
                key -> {
                    throw new IllegalStateException("no\nconnection");
                };
        try (Postrider mail = described("one", new Desk()).table("queues", faulty).start()) {
            String reply =
                    said(
                            mail.addresses().getFirst(),
                            "HELO client.example",
                            "MAIL FROM:<anna@client.example>",
                            "RCPT TO:<help@desk.example.com>");
            assertTrue(reply.startsWith("451 4.3.0 "), reply);
            logged("one", "warning: java:queues: java.lang.IllegalStateException: no?connection");
        }
    }

    @Test
    void whatCannotRunIsRefusedWithItsReasonAndLeavesNothing() throws Exception {
        for (Map.Entry<String, String> bad :
                Map.of("inet_protocols", "nonsense", "default_process_limit", "many").entrySet()) {
            Postrider.Builder described = described("one", new Desk());
            described.parameter(bad.getKey(), bad.getValue());
            PostriderException e = assertThrows(PostriderException.class, described::start);
            assertTrue(String.valueOf(e.getMessage()).contains(bad.getKey()), e.getMessage());
        }
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Postrider.Builder described =
                    described("one", new Desk())
                            .service("127.0.0.1:" + taken.getLocalPort() + " inet n - n - - smtpd");
            PostriderException e = assertThrows(PostriderException.class, described::start);
            assertTrue(String.valueOf(e.getMessage()).startsWith("bind 127.0.0.1 port "));
        }
        Postrider mail = described("one", new Desk()).start();
        assertThrows(PostriderException.class, () -> described("one", new Desk()).start());
        Path nowhere = Path.of("/proc/postrider");
        PostriderException none =
                assertThrows(PostriderException.class, () -> Postrider.builder(nowhere).start());
        assertEquals(nowhere + ": No such file or directory", none.getMessage());
        InetSocketAddress at = mail.addresses().getFirst();
        mail.close();
        assertTrue(mail.awaitEnd(), "closed is no fault");
        assertThrows(
                ConnectException.class, () -> new Socket(at.getAddress(), at.getPort()).close());
        described("one", new Desk()).start().close();
    }

    @Test
    void whatIsNoNameAndNoAddressIsRefused() {
        Postrider.Builder builder = Postrider.builder(temp);
        for (String name : List.of("", "a b", "a/b", "a\nb inet n - n - - smtpd")) {
            assertThrows(IllegalArgumentException.class, () -> builder.agent(name, delivery -> {}));
            assertThrows(IllegalArgumentException.class, () -> builder.table(name, key -> null));
        }
        try (Postrider mail = described("one", new Desk()).start()) {
            for (String bad : List.of("a\nrecipient b@c.example", "a\0", "\r")) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> mail.submit(bad, List.of("b@c.example"), MESSAGE));
                assertThrows(
                        IllegalArgumentException.class,
                        () -> mail.submit("", List.of(bad), MESSAGE));
            }
            assertThrows(IllegalArgumentException.class, () -> mail.submit("", List.of(), MESSAGE));
        }
    }

    @Test
    void aStatusOfAnotherClassIsRefused() throws Exception {
        BlockingQueue<String> refused = new LinkedBlockingQueue<>();
        DeliveryAgent agent =
                delivery -> {
                    Delivery.Recipient to = delivery.recipients().getFirst();
                    for (String bad : List.of("5.1.1", "2.0.0", "4.1", "4", "4.x.1", "")) {
                        assertThrows(
                                IllegalArgumentException.class, () -> to.deferred(bad, "x"), bad);
                    }
                    assertThrows(IllegalArgumentException.class, () -> to.bounced("4.1.1", "x"));
                    to.sent("once");
                    to.bounced("5.1.1", "twice");
                    refused.add(delivery.queueId());
                };
        try (Postrider mail = described("one", new Desk()).agent("tickets", agent).start()) {
            mail.submit("anna@client.example", List.of("help@desk.example.com"), MESSAGE);
            String id = refused.poll(120, TimeUnit.SECONDS);
            assertNotNull(id, "each was refused");
            logged("one", "status=sent (once)");
            logged("one", id + ": removed");
        }
    }

    /// The documentation tool has nothing to say of this package.
    @Test
    void itsDocumentationIsWhole() throws Exception {
        var out = new StringWriter();
        int status =
                ToolProvider.findFirst("javadoc")
                        .orElseThrow()
                        .run(
                                new PrintWriter(out),
                                new PrintWriter(out),
                                "-quiet",
                                "-Xdoclint:all",
                                "-Xwerror",
                                "-d",
                                temp.toString(),
                                "--module-source-path",
                                "org.postrider=postrider/src/main/java",
                                "--module-source-path",
                                "org.postrider.helper=postrider-helper/src/main/java",
                                "--module-path",
                                ModulesTest.path(ModulesTest.libraries()),
                                "--module",
                                "org.postrider");
        assertEquals(0, status, out.toString());
        assertEquals(
                "",
                out.toString().lines().filter(l -> l.contains("warning")).findFirst().orElse(""));
    }

    @Test
    void nothingOfTheInsideShowsInItsSignatures() {
        for (Class<?> each :
                List.of(
                        Postrider.class,
                        Postrider.Builder.class,
                        DeliveryAgent.class,
                        Delivery.class,
                        Delivery.Recipient.class,
                        LookupTable.class,
                        PostriderException.class)) {
            for (var method : each.getMethods()) {
                visible(method.getReturnType());
                List.of(method.getParameterTypes()).forEach(PostriderTest::visible);
                List.of(method.getExceptionTypes()).forEach(PostriderTest::visible);
            }
        }
    }

    private static void visible(@Nullable Class<?> type) {
        String name = type == null ? "" : type.getPackageName();
        assertFalse(name.startsWith("org.postrider."), name);
    }
}
