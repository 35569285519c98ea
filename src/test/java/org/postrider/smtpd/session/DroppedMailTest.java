package org.postrider.smtpd.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.authentication.Authentication;
import org.postrider.authentication.MailAuthentication;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.peer.Client;
import org.postrider.peer.NameStatus;
import org.postrider.smtpd.input.MailParameters;
import org.postrider.spf.SpfResult;
import org.postrider.time.Clock;

/// The end of a mail, whatever it is, ends its checks.
class DroppedMailTest {
    @TempDir Path temp;

    private static final class Counting implements Resolver {
        final AtomicInteger questions = new AtomicInteger();

        @Override
        public Answer<String> texts(String name) {
            questions.incrementAndGet();
            return new Answer.Found<>(List.of("v=spf1 -all"), Duration.ofSeconds(1));
        }

        @Override
        public Answer<Mx> mx(String domain) {
            throw new AssertionError(domain);
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            throw new AssertionError(host);
        }

        @Override
        public Answer<String> names(InetAddress address) {
            throw new AssertionError(address);
        }

        @Override
        public Answer<Srv> srv(String service) {
            throw new AssertionError(service);
        }
    }

    private String spf(Counting dns, boolean dropped) throws IOException {
        Path file = Files.writeString(temp.resolve("main.cf"), "authentication_checks = spf\n");
        Map<String, String> names = Map.of("myhostname", "mx.test.example", "mydomain", "example");
        Authentication by =
                Authentication.of(
                        ServiceSettings.of(MainCf.read(file), Catalogue.load(), names),
                        new Authentication.Means(dns, null, Clock.system()));
        assertNotNull(by);
        Address sender = new Address("a@sender.example");
        InetAddress address = InetAddress.getByName("192.0.2.1");
        MailAuthentication checks =
                by.mail(
                        new Client(
                                "unknown",
                                NameStatus.NONE,
                                "unknown",
                                NameStatus.NONE,
                                address,
                                "192.0.2.1",
                                25,
                                null),
                        "c.example",
                        sender);
        try (Mail mail =
                new Mail(
                        sender,
                        MailParameters.mail(List.of(), false, OFFER),
                        0,
                        "MAIL FROM:<a@sender.example>",
                        "1")) {
            mail.authentication = checks;
            if (dropped) {
                mail.close();
            }
            SpfResult spf = checks.spfOfSender();
            assertNotNull(spf);
            return spf.verdict().word();
        }
    }

    private static final MailParameters.Offer OFFER =
            new MailParameters.Offer(Set.of(), false, null, "", null);

    @Test
    void nothingIsAskedAnyMore() throws IOException {
        Counting dns = new Counting();
        assertEquals("fail", spf(dns, false));
        assertEquals(1, dns.questions.get());
        assertEquals("temperror", spf(dns, true));
        assertEquals(1, dns.questions.get());
    }
}
