package org.postrider.authentication;

import java.io.IOException;
import java.net.InetAddress;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.postrider.dns.Resolver;
import org.postrider.dns.ResolverOptions;

/// Asks another, as long as anybody wants to know: a client that begins mails and drops them must
/// not leave questions behind. Any thread.
///
/// @param wanted false once and for all when nobody does any more; then nobody can say
record WhileWanted(Resolver to, BooleanSupplier wanted) implements Resolver {
    private <T> Answer<T> asked(Supplier<Answer<T>> question) {
        return wanted.getAsBoolean()
                ? question.get()
                : new Answer.TryAgain<>("nobody wants to know any more");
    }

    @Override
    public Answer<Mx> mx(String domain) {
        return asked(() -> to.mx(domain));
    }

    @Override
    public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
        return asked(() -> to.addresses(host, ipv4, ipv6));
    }

    @Override
    public Answer<String> names(InetAddress address) {
        return asked(() -> to.names(address));
    }

    @Override
    public Answer<Srv> srv(String service) {
        return asked(() -> to.srv(service));
    }

    @Override
    public Answer<String> texts(String name) {
        return asked(() -> to.texts(name));
    }

    @Override
    public Resolver under(ResolverOptions options) throws IOException {
        return new WhileWanted(to.under(options), wanted);
    }

    @Override
    public Resolver ofAnyName() {
        return new WhileWanted(to.ofAnyName(), wanted);
    }

    @Override
    public Resolver until(long nanos) {
        return new WhileWanted(to.until(nanos), wanted);
    }
}
