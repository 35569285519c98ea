package org.postrider.authentication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.address.Address;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.peer.Client;
import org.postrider.peer.NameStatus;
import org.postrider.spf.SpfResult;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A client may begin as many mails as it likes and drop them.
class AbandonedMailTest {
    @TempDir Path temp;

    /// Answers the question for a record when it may, and counts all questions.
    private static final class Slow implements Resolver {
        final CountDownLatch asked;
        final CountDownLatch may = new CountDownLatch(1);
        final AtomicInteger questions = new AtomicInteger();

        Slow(int atOnce) {
            asked = new CountDownLatch(atOnce);
        }

        @Override
        public Answer<String> texts(String name) {
            questions.incrementAndGet();
            asked.countDown();
            try {
                assertTrue(may.await(120, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new Answer.Found<>(
                    List.of("v=spf1 mx a ip4:192.0.2.1 -all"), Duration.ofSeconds(1));
        }

        @Override
        public Answer<Mx> mx(String domain) {
            questions.incrementAndGet();
            return new Answer.NoData<>("");
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            questions.incrementAndGet();
            return new Answer.NoData<>("");
        }

        @Override
        public Answer<String> names(InetAddress address) {
            questions.incrementAndGet();
            return new Answer.NoData<>("");
        }

        @Override
        public Answer<Srv> srv(String service) {
            questions.incrementAndGet();
            return new Answer.NoData<>("");
        }
    }

    private MailAuthentication mail(Slow dns, Supervisor threads, String checks)
            throws IOException {
        Path file = Files.writeString(temp.resolve("main.cf"), "authentication_checks = " + checks);
        ServiceSettings settings =
                ServiceSettings.of(
                        MainCf.read(file),
                        Catalogue.load(),
                        Map.of("myhostname", "mx.test.example", "mydomain", "test.example"));
        Authentication by =
                Authentication.of(settings, new Authentication.Means(dns, threads, Clock.system()));
        assertNotNull(by);
        return by.mail(
                new Client(
                        "unknown",
                        NameStatus.NONE,
                        "unknown",
                        NameStatus.NONE,
                        InetAddress.getByName("192.0.2.1"),
                        "192.0.2.1",
                        25,
                        null),
                "c.example",
                new Address("a@sender.example"));
    }

    private int questions(boolean dropped) throws IOException, InterruptedException {
        Slow dns = new Slow(2);
        try (Supervisor threads = Supervisor.alone()) {
            MailAuthentication mail = mail(dns, threads, "spf\n");
            mail.begin();
            assertTrue(dns.asked.await(120, TimeUnit.SECONDS));
            if (dropped) {
                mail.close();
            }
            dns.may.countDown();
            SpfResult spf = mail.spfOfSender();
            assertNotNull(spf);
            assertEquals(dropped ? "temperror" : "pass", spf.verdict().word(), spf.reason());
            // Its thread has ended as well.
            assertNotNull(mail.spfOfHelo());
            return dns.questions.get();
        }
    }

    @Test
    void nothingMoreIsAskedForAMailThatIsGone() throws IOException, InterruptedException {
        assertTrue(questions(false) > 2);
        assertEquals(2, questions(true));
    }

    /// The keys of twenty signatures: ten are asked for at once, and the others not at all once the
    /// mail is gone.
    @Test
    void noMoreKeysAreAskedForAMailThatIsGone() throws IOException, InterruptedException {
        for (boolean dropped : List.of(false, true)) {
            Slow dns = new Slow(10);
            try (Supervisor threads = Supervisor.alone()) {
                MailAuthentication mail = mail(dns, threads, "dkim\ndkim_signature_limit = 20\n");
                mail.header(signatures());
                assertTrue(dns.asked.await(120, TimeUnit.SECONDS));
                if (dropped) {
                    mail.close();
                }
                dns.may.countDown();
                // Waits for all of them.
                assertEquals(20, mail.end().dkim().size());
                assertEquals(dropped ? 10 : 20, dns.questions.get());
            }
        }
    }

    private static byte[] signatures() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            out.append("DKIM-Signature: v=1; a=rsa-sha256; d=s.example; s=s").append(i);
            out.append("; h=from; bh=YQ==; b=YQ==\r\n");
        }
        return out.append("From: a@s.example\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    /// What was charged for its header was given back with it.
    @Test
    void questionsHoldNothingOfAMailThatIsGone() throws IOException, InterruptedException {
        Slow dns = new Slow(12);
        try (Supervisor threads = Supervisor.alone()) {
            WeakReference<MailAuthentication> gone = dropped(dns, threads);
            // Who asks may still be on the way to where it waits.
            Until.seen(
                    "nothing holds it",
                    () -> {
                        System.gc();
                        return gone.get() == null;
                    });
            dns.may.countDown();
        }
    }

    private WeakReference<MailAuthentication> dropped(Slow dns, Supervisor threads)
            throws IOException, InterruptedException {
        MailAuthentication mail = mail(dns, threads, "spf dkim\ndkim_signature_limit = 20\n");
        mail.begin();
        mail.header(signatures());
        assertTrue(dns.asked.await(120, TimeUnit.SECONDS));
        mail.close();
        return new WeakReference<>(mail);
    }
}
