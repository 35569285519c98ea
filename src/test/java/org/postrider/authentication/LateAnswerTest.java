package org.postrider.authentication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.dmarc.DmarcResult;
import org.postrider.dns.Resolver;
import org.postrider.peer.Client;
import org.postrider.peer.NameStatus;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// SPF that is not there when its time is over, whatever keeps it: it might have passed.
class LateAnswerTest {
    @TempDir Path temp;

    /// Asks for nobody's record but DMARC's in time, and knows of no deadline.
    private record Late(CountDownLatch may) implements Resolver {
        @Override
        public Answer<String> texts(String name) {
            if (name.startsWith("_dmarc.")) {
                return new Answer.Found<>(List.of("v=DMARC1; p=reject"), Duration.ofSeconds(1));
            }
            try {
                may.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new Answer.NoName<>("");
        }

        @Override
        public Answer<Mx> mx(String domain) {
            return new Answer.NoName<>("");
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            return new Answer.NoName<>("");
        }

        @Override
        public Answer<String> names(InetAddress address) {
            return new Answer.NoName<>("");
        }

        @Override
        public Answer<Srv> srv(String service) {
            return new Answer.NoName<>("");
        }
    }

    @Test
    void whatMightHavePassedIsNoFail() throws IOException {
        Path file =
                Files.writeString(
                        temp.resolve("main.cf"),
                        "authentication_checks = dmarc\nspf_time_limit = 1s\n");
        ServiceSettings settings =
                ServiceSettings.of(
                        MainCf.read(file),
                        Catalogue.load(),
                        Map.of("myhostname", "mx.test.example", "mydomain", "test.example"));
        CountDownLatch may = new CountDownLatch(1);
        try (Supervisor threads = Supervisor.alone()) {
            Authentication by =
                    Authentication.of(
                            settings,
                            new Authentication.Means(new Late(may), threads, Clock.system()));
            assertNotNull(by);
            Client client =
                    new Client(
                            "unknown",
                            NameStatus.NONE,
                            "unknown",
                            NameStatus.NONE,
                            InetAddress.getByName("192.0.2.1"),
                            "192.0.2.1",
                            25,
                            null);
            MailAuthentication mail = by.mail(client, "", new Address("a@sender.example"));
            mail.begin();
            mail.header("From: a@sender.example\r\n".getBytes(StandardCharsets.US_ASCII));
            DmarcResult dmarc = mail.end().dmarc();
            may.countDown();
            assertNotNull(dmarc);
            assertEquals(DmarcResult.Verdict.TEMPERROR, dmarc.verdict());
        }
    }
}
