package org.postrider.access;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postrider.address.Address;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.dnsbl.DnsLists;
import org.postrider.io.Connector;
import org.postrider.maps.TableDirectory;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.verify.AddressStatus;
import org.postrider.verify.VerifyService;

/// Access under a main.cf, with the real tables and the real rewriting, and no server.
final class Doors {
    private static final String MAIN =
            """
            compatibility_level = 3.6
            mydestination = own.example
            local_recipient_maps = inline:{known=x}
            alias_maps =
            mynetworks = 192.0.2.0/24
            relay_domains = relayed.example
            smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
            smtpd_reject_unlisted_recipient = no
            """;

    final ServiceSettings settings;
    final Access access;
    final TrivialRewrite rewrite;

    Doors(Path directory, String mainCf) throws IOException {
        this(directory, mainCf, new Capabilities(true, true, false));
    }

    Doors(Path directory, String mainCf, Capabilities capabilities) throws IOException {
        this(directory, mainCf, capabilities, new Names());
    }

    Doors(Path directory, String mainCf, Capabilities capabilities, Resolver dns)
            throws IOException {
        this(directory, mainCf, capabilities, unreachable(), dns);
    }

    Doors(Path directory, String mainCf, Capabilities capabilities, PolicyServices policies)
            throws IOException {
        this(directory, mainCf, capabilities, policies, new Names());
    }

    private Doors(
            Path directory,
            String mainCf,
            Capabilities capabilities,
            PolicyServices policies,
            Resolver dns)
            throws IOException {
        settings =
                ServiceSettings.of(
                        MainCf.read(Files.writeString(directory.resolve("main.cf"), MAIN + mainCf)),
                        Catalogue.load(),
                        Map.of("myhostname", "mx.own.example", "mydomain", "own.example"));
        TableDirectory tables = new TableDirectory(Clock.system(), "hash");
        rewrite = new TrivialRewrite(settings, tables, warning -> {});
        Set<InetAddress> own = Set.of(InetAddress.ofLiteral("192.0.2.25"));
        Access.Asked asked =
                new Access.Asked(
                        new DnsLists(dns, Supervisor.alone(), Clock.system()),
                        policies,
                        false,
                        _ -> Doors::verified);
        access = new Access(settings, tables, rewrite, asked, own, capabilities);
    }

    private static PolicyServices unreachable() {
        Connector nowhere =
                (to, bindTo, timeoutMillis) -> {
                    throw new IOException("Network is unreachable");
                };
        return new PolicyServices(nowhere, Supervisor.alone(), Clock.system());
    }

    /// Of users that begin with `known` mail is taken, of `later` nobody can say now, others are
    /// refused.
    private static VerifyService.Answer verified(Address address, VerifyService.Patience patience) {
        if (address.text().startsWith("known")) {
            return new VerifyService.Answer(AddressStatus.DELIVERABLE, "250 Ok");
        }
        return address.text().startsWith("later")
                ? new VerifyService.Answer(AddressStatus.DEFERRED, "host there said: 450 later")
                : new VerifyService.Answer(AddressStatus.UNDELIVERABLE, "host there said: 550 no");
    }

    Someone someone() {
        return new Someone(rewrite, access.lists());
    }

    /// A mail from `a@there.example` to `known@own.example`.
    Someone writing() {
        return someone()
                .with("helo=client.example")
                .with("mail=a@there.example")
                .with("rcpt=known@own.example");
    }

    /// Names below `there.example` exist, `later` names cannot be looked up now, `never.example`
    /// takes no mail, no other exists.
    private static final class Names implements Resolver {
        @Override
        public Answer<Mx> mx(String domain) {
            return switch (domain) {
                case "there.example" -> found(new Mx(10, "mx.there.example"));
                case "backed.example" ->
                        new Answer.Found<>(
                                List.of(
                                        new Mx(10, "host.there.example"),
                                        new Mx(20, "own.example")),
                                Duration.ofHours(1));
                case "never.example" -> found(new Mx(0, ""));
                case "later.example" -> new Answer.TryAgain<>("later");
                default -> new Answer.NoName<>("none");
            };
        }

        @Override
        public Answer<Srv> srv(String service) {
            throw new AssertionError("nobody asks for SRV");
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            return switch (host) {
                case "host.there.example" -> found(InetAddress.ofLiteral("192.0.2.9"));
                case "1.2.0.192.list.example",
                        "there.example.list.example",
                        "192.0.2.1.list.example" ->
                        found(InetAddress.ofLiteral("127.0.0.2"));
                case "own.example" -> found(InetAddress.ofLiteral("127.0.0.1"));
                case "later.example", "1.2.0.192.later.example" -> new Answer.TryAgain<>("later");
                default -> new Answer.NoName<>("none");
            };
        }

        @Override
        public Answer<String> nameServers(String domain) {
            return domain.equals("there.example")
                    ? found("ns.there.example")
                    : new Answer.NoData<>("none");
        }

        @Override
        public Answer<String> firstTexts(String name) {
            return name.equals("1.2.0.192.list.example")
                    ? found("spam")
                    : new Answer.NoName<>("none");
        }

        @Override
        public Answer<String> names(InetAddress address) {
            return new Answer.NoName<>("none");
        }

        private static <T> Answer<T> found(T record) {
            return new Answer.Found<>(List.of(record), Duration.ofHours(1));
        }
    }
}
