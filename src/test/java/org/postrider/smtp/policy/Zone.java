package org.postrider.smtp.policy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postrider.dns.Resolver;

/// A DNS with TLSA records and aliases, of which nothing else is asked.
final class Zone implements Resolver {
    final Map<String, Answer<Tlsa>> records = new HashMap<>();
    final Map<String, Answer<String>> aliases = new HashMap<>();
    int asked;

    /// @param text `2 0 1 DATA | …`; `-` for none, `!` for no answer, a `?` at the end where nobody
    ///   vouches for them
    void put(String name, String text) {
        records.put(name, answer(text));
    }

    private static Answer<Tlsa> answer(String text) {
        if (text.equals("!")) {
            return new Answer.TryAgain<>("no answer");
        }
        if (text.equals("-")) {
            return new Answer.NoData<>("none");
        }
        boolean secure = !text.endsWith("?");
        List<Tlsa> all =
                java.util.Arrays.stream(text.replace("?", "").split("\\|"))
                        .map(each -> each.strip().split(" "))
                        .map(w ->
                                new Tlsa(
                                        Integer.parseInt(w[0]),
                                        Integer.parseInt(w[1]),
                                        Integer.parseInt(w[2]),
                                        w[3]))
                        .toList();
        return new Answer.Found<>(all, Duration.ofMinutes(1), secure, "");
    }

    @Override
    public Answer<Tlsa> tlsa(String name) {
        asked++;
        return records.getOrDefault(name, new Answer.NoName<>("none"));
    }

    @Override
    public Answer<String> alias(String name) {
        return aliases.getOrDefault(name, new Answer.NoName<>("none"));
    }

    @Override
    public Answer<Mx> mx(String domain) {
        throw new AssertionError("not asked here");
    }

    @Override
    public Answer<Srv> srv(String service) {
        throw new AssertionError("not asked here");
    }

    @Override
    public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
        throw new AssertionError("not asked here");
    }

    @Override
    public Answer<String> names(InetAddress address) {
        throw new AssertionError("not asked here");
    }
}
