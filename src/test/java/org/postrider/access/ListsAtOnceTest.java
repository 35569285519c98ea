package org.postrider.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.dns.Resolver;

/// All lists in DNS that a command may ask are asked at once, and once a session.
class ListsAtOnceTest {
    private static final String MAIN =
            """
            smtpd_restriction_classes = listed
            listed = reject_rbl_client class.example, reject_rhsbl_helo class.example
            smtpd_client_restrictions = permit_mynetworks, reject_rbl_client a.example=127.0.0.9
            smtpd_helo_restrictions = reject_rhsbl_helo b.example
            smtpd_sender_restrictions = check_sender_access inline:{{there.example=listed}}, listed
            smtpd_recipient_restrictions = permit_dnswl_client c.example, reject_rhsbl_sender d.example
            smtpd_data_restrictions = reject_rbl_client later.example
            """;

    private static final List<String> ALL =
            List.of(
                    "1.100.51.198.a.example",
                    "1.100.51.198.c.example",
                    "1.100.51.198.class.example",
                    "client.example.b.example",
                    "client.example.class.example",
                    "there.example.d.example");

    @TempDir Path temp;

    /// Answers when as many have asked as there are lists: one after the other would wait for ever.
    private static final class Together implements Resolver {
        final Map<String, Integer> asked = new ConcurrentHashMap<>();
        private final CyclicBarrier all;

        Together(int many) {
            all = new CyclicBarrier(many);
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            asked.merge(host, 1, Integer::sum);
            try {
                all.await(120, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError(asked + " alone", e);
            }
            return new Answer.Found<>(
                    List.of(InetAddress.ofLiteral("127.0.0.2")), Duration.ofHours(1));
        }

        @Override
        public Answer<String> firstTexts(String name) {
            throw new AssertionError("nobody is told why");
        }

        @Override
        public Answer<Mx> mx(String domain) {
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

    private static Someone stranger(Doors doors) {
        return doors.writing().with("ip=198.51.100.1");
    }

    @Test
    void allThatACommandMayAskAreAskedAtOnceAndOnce() throws IOException {
        Together dns = new Together(ALL.size());
        String listing =
                MAIN.replace("class.example", "class.example=1.2.3.4")
                        .replace("b.example", "b.example=1.2.3.4");
        Doors doors = new Doors(temp, listing, new Capabilities(true, true, false), dns);
        Someone someone = stranger(doors);
        for (int mails = 0; mails < 3; mails++) {
            assertNull(doors.access.decide(Stage.RECIPIENT, someone).refusal());
        }
        Map<String, Integer> once = new TreeMap<>();
        ALL.forEach(each -> once.put(each, 1));
        assertEquals(once, new TreeMap<>(dns.asked));
    }

    @Test
    void whoIsLetPassBeforeAnyListIsAskedOfNone() throws IOException {
        Together dns = new Together(1);
        String lists =
                "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client a.example\n";
        Doors doors = new Doors(temp, lists, new Capabilities(true, true, false), dns);
        assertNull(doors.access.decide(Stage.RECIPIENT, doors.writing()).refusal());
        assertEquals(Map.of(), dns.asked);
    }
}
