package org.postrider.authentication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
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
        final CountDownLatch asked = new CountDownLatch(2);
        final CountDownLatch may = new CountDownLatch(1);
        final AtomicInteger questions = new AtomicInteger();

        @Override
        public Answer<String> texts(String name) {
            questions.incrementAndGet();
            asked.countDown();
            try {
                assertTrue(may.await(30, TimeUnit.SECONDS));
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

    private MailAuthentication mail(Slow dns, Supervisor threads) throws IOException {
        Path file = Files.writeString(temp.resolve("main.cf"), "authentication_checks = spf\n");
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
        Slow dns = new Slow();
        try (Supervisor threads = Supervisor.alone()) {
            MailAuthentication mail = mail(dns, threads);
            mail.begin();
            assertTrue(dns.asked.await(30, TimeUnit.SECONDS));
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
}
