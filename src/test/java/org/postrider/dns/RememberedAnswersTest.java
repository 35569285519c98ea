package org.postrider.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RememberedAnswersTest {
    private final List<String> asked = new ArrayList<>();
    private final RememberedAnswers remembered = new RememberedAnswers();

    /// Names say what their answer is.
    private final Resolver resolver =
            new Resolver() {
                @Override
                public Answer<Mx> mx(String domain) {
                    asked.add("MX " + domain);
                    if (domain.startsWith("later")) {
                        return new Answer.TryAgain<>(domain);
                    }
                    if (domain.startsWith("none")) {
                        return new Answer.NoName<>(domain);
                    }
                    int many = domain.startsWith("many") ? RememberedAnswers.MOST_RECORDS + 1 : 1;
                    return new Answer.Found<>(
                            Collections.nCopies(many, new Mx(10, "mx." + domain)), Duration.ZERO);
                }

                @Override
                public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
                    asked.add("A " + host);
                    return new Answer.NoData<>(host);
                }

                @Override
                public Answer<String> names(InetAddress address) {
                    return new Answer.NoName<>("");
                }

                @Override
                public Answer<Srv> srv(String service) {
                    return new Answer.NoName<>("");
                }
            };

    private void twice(String domain) {
        Resolver.Answer<Resolver.Mx> first = remembered.mx(resolver, domain);
        assertEquals(first, remembered.mx(resolver, domain));
    }

    @Test
    void whatWasSaidIsNotAskedAgain() {
        twice("a.example");
        twice("none.example");
        assertEquals(List.of("MX a.example", "MX none.example"), asked);
    }

    @Test
    void anExchangerIsNotAnAddress() {
        assertInstanceOf(Resolver.Answer.Found.class, remembered.mx(resolver, "a.example"));
        assertInstanceOf(Resolver.Answer.NoData.class, remembered.addresses(resolver, "a.example"));
        remembered.addresses(resolver, "a.example");
        assertEquals(List.of("MX a.example", "A a.example"), asked);
    }

    @Test
    void troubleIsAskedAgain() {
        twice("later.example");
        assertEquals(2, asked.size());
    }

    @Test
    void whatTakesMuchMemoryIsAskedAgain() {
        twice("many.example");
        assertEquals(2, asked.size());
        asked.clear();
        remembered.mx(resolver, "first.example");
        for (int i = 0; i < RememberedAnswers.MOST; i++) {
            remembered.mx(resolver, i + ".example");
        }
        remembered.mx(resolver, "first.example");
        assertEquals(RememberedAnswers.MOST + 2, asked.size());
    }
}
