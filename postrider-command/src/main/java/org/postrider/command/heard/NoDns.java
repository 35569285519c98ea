package org.postrider.command.heard;

import java.net.InetAddress;
import org.postrider.dns.Resolver;

/// Nobody is asked.
public record NoDns() implements Resolver {
    private static <T> Answer<T> none() {
        return new Answer.TryAgain<>("DNS is left out");
    }

    @Override
    public Answer<Mx> mx(String domain) {
        return none();
    }

    @Override
    public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
        return none();
    }

    @Override
    public Answer<String> names(InetAddress address) {
        return none();
    }

    @Override
    public Answer<Srv> srv(String service) {
        return none();
    }
}
