package org.postrider.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.dns.Resolver;

/// Whoever names a slow server first is not let off what an access table says of the next.
class SlowNameServersTest {
    @TempDir Path temp;

    /// `slow.example`, and who serves `there.example`, are known after smtpd_dns_list_timeout only.
    private static final class Slow implements Resolver {
        @Override
        public Answer<Mx> mx(String domain) {
            return switch (domain) {
                case "there.example" ->
                        found(new Mx(10, "slow.example"), new Mx(20, "evil.example"));
                default -> found(new Mx(10, "good.example"), new Mx(20, "better.example"));
            };
        }

        @Override
        public Answer<String> nameServers(String domain) {
            if (domain.equals("there.example")) {
                rest();
            }
            return domain.equals("example") ? found("evil.example") : new Answer.NoData<>("none");
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            return switch (host) {
                case "slow.example" -> {
                    rest();
                    yield found(InetAddress.ofLiteral("198.51.100.1"));
                }
                case "evil.example" -> found(InetAddress.ofLiteral("203.0.113.9"));
                default -> found(InetAddress.ofLiteral("198.51.100.2"));
            };
        }

        private static void rest() {
            long end = System.nanoTime() + Duration.ofMillis(1050).toNanos();
            while (System.nanoTime() - end < 0) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
        }

        @SafeVarargs
        private static <T> Answer<T> found(T... all) {
            return new Answer.Found<>(List.of(all), Duration.ofHours(1));
        }

        @Override
        public Answer<String> firstTexts(String name) {
            return new Answer.NoName<>("none");
        }

        @Override
        public Answer<Srv> srv(String service) {
            throw new AssertionError(service);
        }

        @Override
        public Answer<String> names(InetAddress address) {
            return new Answer.NoName<>("none");
        }
    }

    private Decision decision(String seconds, String restriction, String sender)
            throws IOException {
        Doors doors =
                new Doors(
                        temp,
                        "smtpd_dns_list_timeout = "
                                + seconds
                                + "\nsmtpd_sender_restrictions = "
                                + restriction
                                + " inline:{203.0.113.9=REJECT}\n",
                        new Capabilities(true, true, false),
                        new Slow());
        return doors.access.decide(Stage.RECIPIENT, doors.writing().with("mail=a@" + sender));
    }

    private static String refusal(Decision decision) {
        return decision.refusal() == null ? "passes" : decision.refusal().line();
    }

    @Test
    void whatThereWasNoTimeForIsToldToComeAgain() throws IOException {
        assertEquals(
                "450 4.4.3 <a@there.example>: Sender address rejected: MX hosts take too long to"
                        + " look up",
                refusal(decision("1s", "check_sender_mx_access", "there.example")));
        assertEquals(
                "450 4.4.3 <a@there.example>: Sender address rejected: NS hosts take too long to"
                        + " look up",
                refusal(decision("1s", "check_sender_ns_access", "there.example")));
    }

    @Test
    void whoIsLookedUpInTimePasses() throws IOException {
        assertNull(decision("300s", "check_sender_mx_access", "quick.example").refusal());
    }
}
