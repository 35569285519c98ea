package org.postrider.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.dns.HostsFile;
import org.postrider.dns.Resolver;
import org.postrider.time.Clock;

/// Names of clients: what is asked, what is believed, and that nobody waits for another's.
class ClientNamesTest {
    @TempDir Path directory;

    private final Map<String, Resolver.Answer<String>> names = new ConcurrentHashMap<>();
    private final Map<String, Resolver.Answer<InetAddress>> addresses = new ConcurrentHashMap<>();
    private final CountDownLatch silent = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    private static InetAddress at(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    private static <T> Resolver.Answer<T> found(T one) {
        return new Resolver.Answer.Found<>(List.of(one), Duration.ofMinutes(1));
    }

    /// Does not answer for 192.0.2.x until it is let go.
    private final class Dns implements Resolver {
        @Override
        public Answer<Mx> mx(String domain) {
            throw new AssertionError("nobody asks for MX");
        }

        @Override
        public Answer<Srv> srv(String service) {
            throw new AssertionError("nobody asks for SRV");
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            return addresses.getOrDefault(host, new Answer.NoName<>("no"));
        }

        @Override
        public Answer<String> names(InetAddress address) {
            asked.incrementAndGet();
            if (address.getHostAddress().startsWith("192.0.2.")) {
                try {
                    silent.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return names.getOrDefault(address.getHostAddress(), new Answer.NoName<>("no"));
        }
    }

    private ClientNames made(String hosts) throws IOException {
        Path file = directory.resolve("hosts");
        Files.writeString(file, hosts);
        return new ClientNames(Clock.system(), new Dns(), new HostsFile(file));
    }

    @Test
    void aNameIsBelievedWhereItLeadsBack() throws IOException {
        ClientNames clients = made("198.51.100.9 in.hosts.example\n");
        names.put("198.51.100.1", found("good.example"));
        addresses.put("good.example", found(at("198.51.100.1")));
        names.put("198.51.100.2", found("bad.example"));
        addresses.put("bad.example", found(at("198.51.100.1")));
        names.put("198.51.100.3", found("gone.example"));
        names.put("198.51.100.4", found("later.example"));
        addresses.put("later.example", new Resolver.Answer.TryAgain<>("later"));
        assertEquals("good.example[198.51.100.1]", named(clients, "198.51.100.1"));
        assertEquals("in.hosts.example[198.51.100.9]", named(clients, "198.51.100.9"));
        assertEquals("unknown[198.51.100.7]", named(clients, "198.51.100.7"));
        Client bad = clients.client(at("198.51.100.2"), 25, true);
        assertEquals("unknown", bad.name());
        assertEquals("bad.example", bad.reverseName());
        assertEquals(
                "hostname bad.example does not resolve to address 198.51.100.2", bad.complaint());
        assertEquals(
                "hostname gone.example does not resolve to address 198.51.100.3: Name or service"
                        + " not known",
                clients.client(at("198.51.100.3"), 25, true).complaint());
        assertEquals(
                "hostname later.example does not resolve to address 198.51.100.4: Temporary failure"
                        + " in name resolution",
                clients.client(at("198.51.100.4"), 25, true).complaint());
        assertNull(clients.client(at("198.51.100.7"), 25, true).complaint());
    }

    /// What nobody could say now is asked again by the next session.
    @Test
    void aTemporaryFailureIsNotRemembered() throws IOException {
        ClientNames clients = made("");
        names.put("198.51.100.1", new Resolver.Answer.TryAgain<>("later"));
        names.put("198.51.100.2", found("two.example"));
        addresses.put("two.example", new Resolver.Answer.TryAgain<>("later"));
        for (String each : List.of("198.51.100.1", "198.51.100.2")) {
            Client client = clients.client(at(each), 25, true);
            assertEquals(NameStatus.TEMPORARY, client.nameStatus());
        }
        names.put("198.51.100.1", found("one.example"));
        addresses.put("one.example", found(at("198.51.100.1")));
        addresses.put("two.example", found(at("198.51.100.2")));
        assertEquals("one.example[198.51.100.1]", named(clients, "198.51.100.1"));
        assertEquals("two.example[198.51.100.2]", named(clients, "198.51.100.2"));
    }

    private static String named(ClientNames clients, String address) {
        return clients.client(at(address), 25, true).nameAndAddress();
    }

    /// With 200 look-ups that no name server answers another client is named at once, and of one
    /// client there is one look-up, however many connections it has.
    @Test
    @Timeout(240)
    void nobodyWaitsForAnothers() throws Exception {
        ClientNames clients = made("");
        names.put("198.51.100.1", found("good.example"));
        addresses.put("good.example", found(at("198.51.100.1")));
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String address = "192.0.2." + (i % 100);
            waiting.add(Thread.ofVirtual().start(() -> named(clients, address)));
        }
        Until.seen("100 are asked for", () -> asked.get() >= 100);
        // Who came only after the answer would ask once more, before it is remembered.
        Until.seen(
                "all wait",
                () -> waiting.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
        assertEquals("good.example[198.51.100.1]", named(clients, "198.51.100.1"));
        silent.countDown();
        for (Thread each : waiting) {
            each.join();
        }
        assertEquals(101, asked.get());
    }
}
