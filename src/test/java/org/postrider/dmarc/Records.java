package org.postrider.dmarc;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postrider.dns.Resolver;

/// A zone of a few lines: `name TXT text`, `name -` for one that exists without anything, `name ?`
/// for one that nobody can say anything of.
final class Records implements Resolver {
    private final Map<String, List<String>> texts = new HashMap<>();
    private final Set<String> silent = new HashSet<>();
    private final Set<String> there = new HashSet<>();
    final Set<String> asked = new HashSet<>();

    void add(String line) {
        String[] words = line.split(" ", 3);
        switch (words[1]) {
            case "TXT" -> texts.computeIfAbsent(words[0], _ -> new ArrayList<>()).add(words[2]);
            case "?" -> silent.add(words[0]);
            default -> there.add(words[0]);
        }
    }

    @Override
    public Answer<String> texts(String name) {
        asked.add(name);
        List<String> found = texts.get(name);
        return silent.contains(name)
                ? new Answer.TryAgain<>(name)
                : found == null
                        ? new Answer.NoName<>(name)
                        : new Answer.Found<>(found, Duration.ZERO);
    }

    @Override
    public Answer<Mx> mx(String domain) {
        return silent.contains(domain)
                ? new Answer.TryAgain<>(domain)
                : there.contains(domain)
                        ? new Answer.NoData<>(domain)
                        : new Answer.NoName<>(domain);
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
