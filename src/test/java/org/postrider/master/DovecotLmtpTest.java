package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.Ports;
import org.postrider.Until;

/// Mail for the mailboxes of a real Dovecot, as its documentation has it set up: `virtual_transport
/// = lmtp:unix:private/dovecot-lmtp`, and over TCP.
class DovecotLmtpTest {
    @TempDir Path temp;

    @Test
    void eachMailboxAnswersForItself() throws Exception {
        Path program = Needs.program("dovecot");
        Needs.program("/usr/lib/dovecot/lmtp");
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        int port = Ports.free();
        Path mail = Files.createDirectories(temp.resolve("mail"));
        try (Trial trial = new Trial(temp.resolve("p"), 1)) {
            trial.write(
                    List.of(
                            "virtual_mailbox_domains = boxes.example, wire.example",
                            "virtual_mailbox_maps = static:all",
                            "virtual_transport = lmtp:unix:private/dovecot-lmtp",
                            "transport_maps = inline:{wire.example=lmtp:inet:127.0.0.1:"
                                    + port
                                    + "}",
                            "virtual_alias_domains = all.example",
                            "mydestination = home.example",
                            "mailbox_transport = lmtp:unix:private/dovecot-lmtp",
                            "virtual_alias_maps = inline:{{unix@all.example=bob@boxes.example,"
                                    + " nobody@boxes.example, eve@boxes.example},"
                                    + " {inet@all.example=bob@wire.example,"
                                    + " nobody@wire.example}}"),
                    List.of("lmtp unix - - n - - lmtp", "local unix - n n - - local"));
            trial.start();
            Path socket = temp.resolve("p/queue/private/dovecot-lmtp");
            Process dovecot = dovecot(program, mail, socket, port);
            try {
                served(socket);
                assertTrue(trial.mail("a@client.example", "unix@all.example").startsWith("250"));
                said(trial, "bob@boxes.example", "2.0.0", "sent (250 2.0.0 <bob@boxes.example> ");
                said(trial, "eve@boxes.example", "2.0.0", "sent (250 2.0.0 <eve@boxes.example> ");
                String refused = "bounced (host mx.test.example[private/dovecot-lmtp] said: 550";
                said(trial, "nobody@boxes.example", "5.1.1", refused + " 5.1.1 ");
                assertTrue(trial.mail("a@client.example", "inet@all.example").startsWith("250"));
                said(trial, "bob@wire.example", "2.0.0", "sent (250 2.0.0 <bob@wire.example> ");
                said(trial, "nobody@wire.example", "5.1.1", "bounced (host 127.0.0.1[127.0.0.1]");
                for (String each : List.of("eve", "nobody2")) {
                    String to = each + "@home.example";
                    assertTrue(trial.mail("a@client.example", to).startsWith("250"));
                }
                said(trial, "eve@home.example", "2.0.0", "sent (250 2.0.0 <eve@home.example> ");
                said(trial, "nobody2@home.example", "5.1.1", refused + " 5.1.1 ");
                assertEquals(2, delivered(mail.resolve("bob")), "bob's");
                assertEquals(2, delivered(mail.resolve("eve")), "eve's");
            } finally {
                dovecot.destroy();
                assertTrue(dovecot.waitFor(120, TimeUnit.SECONDS), "Dovecot does not end");
            }
        }
    }

    private static void said(Trial trial, String to, String status, String outcome)
            throws IOException {
        trial.awaited(
                to + " " + outcome,
                l ->
                        l.contains("/lmtp[")
                                && l.contains("to=<" + to + ">")
                                && l.contains("dsn=" + status + ", status=" + outcome));
    }

    private static int delivered(Path home) throws IOException {
        try (Stream<Path> mails = Files.list(home.resolve("Maildir/new"))) {
            int n = 0;
            for (Path each : mails.toList()) {
                String text = Files.readString(each, StandardCharsets.ISO_8859_1);
                assertTrue(text.contains("Message-Id: <1@a.example>"), text);
                assertTrue(text.startsWith("Return-Path: <a@client.example>"), text);
                n++;
            }
            return n;
        }
    }

    private Process dovecot(Path program, Path mail, Path socket, int port) throws IOException {
        StringBuilder users = new StringBuilder();
        for (String each : List.of("bob", "eve")) {
            users.append(each).append("::65534:65534::").append(mail.resolve(each)).append(":\n");
        }
        Files.writeString(temp.resolve("users"), users);
        for (Path each : List.of(temp, mail)) {
            Files.setPosixFilePermissions(
                    each, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        Path conf = temp.resolve("dovecot.conf");
        Files.writeString(
                conf,
                """
                protocols = lmtp
                base_dir = %1$s/run
                state_dir = %1$s/state
                log_path = %1$s/dovecot.log
                ssl = no
                first_valid_uid = 1
                auth_username_format = %%Ln
                mail_location = maildir:~/Maildir
                userdb {
                  driver = passwd-file
                  args = %1$s/users
                }
                passdb {
                  driver = passwd-file
                  args = %1$s/users
                }
                service lmtp {
                  unix_listener %2$s {
                    mode = 0600
                  }
                  inet_listener lmtp {
                    address = 127.0.0.1
                    port = %3$d
                  }
                }
                """
                        .formatted(temp, socket, port));
        return new ProcessBuilder(program.toString(), "-F", "-c", conf.toString())
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("dovecot.out").toFile())
                .start();
    }

    /// Until it takes connections.
    private void served(Path socket) throws IOException {
        try {
            Until.seen("Dovecot takes connections", () -> taken(socket));
        } catch (AssertionError e) {
            throw new AssertionError(Files.readString(temp.resolve("dovecot.out")), e);
        }
    }

    private static boolean taken(Path socket) {
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
