package org.postrider.smtp.probe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigParams;
import org.postrider.config.ServicePorts;
import org.postrider.config.Settings;
import org.postrider.dns.Resolver;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Finger;
import org.postrider.smtp.Finger.Detail;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.smtp.policy.TlsAnswer;
import org.postrider.smtp.policy.TlsLevel;
import org.postrider.smtp.policy.TlsPolicies;
import org.postrider.smtp.policy.TlsPolicy;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Lookups;
import org.postrider.smtp.route.Route;
import org.postrider.smtp.route.Server;
import org.postrider.smtp.route.Sockets;
import org.postrider.smtp.session.Opener;
import org.postrider.tls.TlsClient;

/// One run of posttls-finger(1): the servers of a next hop until one answers, what it says, and
/// what its TLS is worth. Blocking, one thread.
public final class Probe {
    private final ClientSettings settings;
    private final Finger.Wish wish;
    private final Finger.Shows shows;
    private final MailLog log;
    private final LogTag tag;
    private final Route route;
    private final Opener opener;
    private final TlsPolicies policies;
    private final TlsPolicies secure;
    private final boolean daneOnly;
    private final Conversation.Manner manner;

    /// @param set main.cf's with what takes its place
    public Probe(Settings set, Finger.Wish wish, Finger.Shows shows, Finger.Means means) {
        this.wish = wish;
        this.shows = shows;
        log = means.log();
        tag = means.tag();
        ClientSettings given = new ClientSettings(set, wish.protocol());
        String level = given.name(SmtpTlsParams.SECURITY_LEVEL);
        boolean socket = wish.protocol() == Protocol.LMTP && wish.destination().startsWith("unix:");
        daneOnly = wish.level().equalsIgnoreCase(TlsLevel.DANE_ONLY.word());
        // What dane-only would not take is shown here as well.
        settings =
                socket
                        ? with(given, level, onThisMachine(wish.level()))
                        : daneOnly ? with(given, level, TlsLevel.DANE.word()) : given;
        Tables none = new NoTables();
        Resolver dns = Lookups.of(means.dns(), settings, none, log, tag);
        policies = new TlsPolicies(settings, none, dns, means.clock(), this::warn);
        boolean another = !given.get(SmtpTlsParams.SECURITY_LEVEL).equalsIgnoreCase("secure");
        secure =
                another
                        ? new TlsPolicies(
                                with(settings, level, TlsLevel.SECURE.word()),
                                none,
                                dns,
                                means.clock(),
                                // It was said once.
                                _ -> {})
                        : policies;
        String name = settings.get(ConfigParams.MYHOSTNAME);
        Path queue = Path.of(String.valueOf(settings.text("queue_directory")));
        route =
                new Route(
                        settings,
                        none,
                        new Route.Means(
                                dns,
                                new CallersThread(),
                                Set.of(),
                                new Sockets(name, queue, false)),
                        log);
        opener = new Opener(settings, none, means.connector(), means.clock(), log, tag);
        manner =
                new Conversation.Manner(
                        wish.protocol(),
                        name,
                        settings.get(SmtpParams.CONNECT_TIMEOUT).toMillis(),
                        settings.get(SmtpParams.HELO_TIMEOUT).toMillis(),
                        log,
                        tag);
    }

    /// Mail would not ask for TLS there, nor the DNS.
    private static String onThisMachine(String word) {
        TlsLevel level = TlsLevel.of(word);
        return level == TlsLevel.MAY
                ? TlsLevel.ENCRYPT.word()
                : level != null && level.dane() ? TlsLevel.SECURE.word() : word;
    }

    private static ClientSettings with(ClientSettings settings, String name, String value) {
        return new ClientSettings(settings.all().with(Map.of(name, value)), settings.protocol());
    }

    private void warn(String text) {
        log.warning(tag, text);
    }

    /// @throws Finger.Fatal where it cannot go on
    public void run() {
        if (shows.details().contains(Detail.VERBOSE)) {
            manner.info("initializing the client-side TLS engine");
        }
        List<Destination> all =
                Destination.parse(
                        wish.destination(), ServicePorts.of(settings.all()), wish.protocol());
        if (all.isEmpty()) {
            throw new Finger.Fatal("empty destination");
        }
        Destination to = all.getFirst();
        String fault = to.fault();
        if (fault != null) {
            throw new Finger.Fatal(fault);
        }
        switch (route.find(to, tag)) {
            case Route.Found.None none ->
                    manner.info("Destination address lookup failed: " + none.text());
            case Route.Found.Servers found -> {
                for (Server server : found.servers()) {
                    if (answered(to, server)) {
                        return;
                    }
                }
            }
        }
    }

    // ---- one server

    private boolean answered(Destination to, Server server) {
        TlsPolicy policy = policy(to, server);
        if (policy == null) {
            return false;
        }
        Connection connection = connected(to, server);
        if (connection == null) {
            return false;
        }
        if (shows.chat()) {
            manner.info("Connected to " + server.labelWithPort());
        }
        TlsClient client = wish.level().equalsIgnoreCase("none") ? null : policies.client(policy);
        Handshake tls = new Handshake(server, policy, client, shows, manner);
        String name = tls.talk(connection, wish.wrapped(), false);
        again(to, server, tls, name);
        if (shows.chain()) {
            tls.printChain();
        }
        return true;
    }

    private @Nullable Connection connected(Destination to, Server server) {
        try {
            return opener.connection(server);
        } catch (IOException e) {
            failed(to, server, "connect to " + server.labelWithPort() + ": " + e.getMessage());
            return null;
        }
    }

    private void failed(Destination to, Server server, String why) {
        boolean inet = to.kind() != Destination.Kind.PATH;
        manner.info(
                "Failed to establish session to "
                        + wish.destination()
                        + (inet ? " via " + server.name() : "")
                        + ": "
                        + why);
    }

    /// To see whether it goes on with the TLS session.
    private void again(Destination to, Server server, Handshake tls, @Nullable String first) {
        Finger.Again again = wish.again();
        if (again.seconds() <= 0 || first == null || !tls.established()) {
            return;
        }
        if (!tls.keepsSession()) {
            manner.info("Server declined session caching. Done reconnecting.");
            return;
        }
        Set<String> seen = new HashSet<>(Set.of(first));
        for (int round = 0; round < again.most(); round++) {
            manner.info("Reconnecting after " + again.seconds() + " seconds");
            again.waits().seconds(again.seconds());
            Connection connection = connected(to, server);
            String name = connection == null ? null : tls.talk(connection, wish.wrapped(), true);
            if (name == null) {
                return;
            }
            if (!seen.add(name)) {
                manner.info("Found a previously used server.  Done reconnecting.");
                return;
            }
        }
        manner.info("Maximum reconnect count reached.");
    }

    // ---- its policy

    /// @return null where it cannot be had, as was said
    private @Nullable TlsPolicy policy(Destination to, Server server) {
        TlsAnswer answer = policies.of(to, server);
        TlsLevel level = TlsLevel.of(wish.level());
        if (level == TlsLevel.FINGERPRINT && answer instanceof TlsAnswer.Wait) {
            // Nothing to compare with: what can be said is whether an authority vouches for it.
            return chosen(secure.of(to, server), to, server);
        }
        TlsPolicy policy = chosen(answer, to, server);
        if (policy == null
                || level == null
                || !level.dane()
                || to.kind() == Destination.Kind.PATH) {
            return policy;
        }
        boolean stranger = server.trail().exchanged() && !server.trail().domainSecure();
        TlsLevel strange = TlsLevel.of(settings.get(SmtpTlsParams.DANE_INSECURE_MX_POLICY));
        if (policy.level() == TlsLevel.HALF_DANE) {
            manner.info("MX RRset insecure: log verified as trusted");
        } else if (stranger && strange == TlsLevel.MAY) {
            manner.info("MX RRset is insecure: try to encrypt");
        } else if (stranger && strange == TlsLevel.ENCRYPT && policy.level() == strange) {
            manner.info("TLSA RRs found, MX RRset insecure: just encrypt");
        } else if (!policy.level().dane()) {
            if (daneOnly) {
                boolean some = policy.level() == TlsLevel.ENCRYPT;
                String why = some ? "TLSA records unusable" : "no TLSA records found";
                manner.info(why + ", resorting to \"secure\"");
            }
            return chosen(secure.of(to, server), to, server);
        }
        return policy;
    }

    private @Nullable TlsPolicy chosen(TlsAnswer answer, Destination to, Server server) {
        return switch (answer) {
            case TlsAnswer.Go go -> go.policy();
            case TlsAnswer.Wait wait -> {
                failed(to, server, wait.text());
                yield null;
            }
        };
    }

    /// All that is told, with what another thing includes.
    static Set<Detail> all(Set<Detail> details) {
        Set<Detail> out = EnumSet.noneOf(Detail.class);
        out.addAll(details);
        if (details.contains(Detail.VERBOSE)) {
            out.addAll(Set.of(Detail.PEER, Detail.MATCH, Detail.CACHE, Detail.UNTRUSTED));
        }
        return out;
    }
}
