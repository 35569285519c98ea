package org.postrider.smtpd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.io.Connector;
import org.postrider.maps.Network;
import org.postrider.maps.NetworkList;
import org.postrider.maps.StringList;
import org.postrider.maps.Tables;
import org.postrider.peer.Client;
import org.postrider.sasl.Channel;
import org.postrider.sasl.CyrusConfig;
import org.postrider.sasl.CyrusServer;
import org.postrider.sasl.DovecotServer;
import org.postrider.sasl.SaslServer;
import org.postrider.sasl.SecurityOption;
import org.postrider.smtpd.session.Session;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.TlsConnection;

/// What the SASL settings of one service come to (SASL_README). Immutable; any thread.
public final class SmtpdSasl implements AutoCloseable {
    private static final Path NOWHERE = Path.of("/");

    final boolean enabled;

    /// Null where it is off, or its settings cannot be used: then AUTH is put off.
    public final @Nullable SaslServer server;

    final boolean authOnly;
    public final boolean broken;
    final boolean header;
    public final int responseLimit;
    private final Set<SecurityOption> required;
    private final Set<SecurityOption> requiredInTls;
    private final StringList filter;
    private final NetworkList exceptions;

    private SmtpdSasl(
            Settings settings, Tables tables, boolean enabled, @Nullable SaslServer server) {
        this.enabled = enabled;
        this.server = server;
        authOnly = settings.get(SmtpdParams.TLS_AUTH_ONLY);
        broken = settings.get(SmtpdParams.BROKEN_SASL_CLIENTS);
        header = settings.get(SmtpdParams.SASL_AUTHENTICATED_HEADER);
        responseLimit = settings.get(SmtpdParams.SASL_RESPONSE_LIMIT);
        required = options(settings, false);
        requiredInTls = options(settings, true);
        filter =
                new StringList(
                        SmtpdParams.SASL_MECHANISM_FILTER.name(),
                        settings.get(SmtpdParams.SASL_MECHANISM_FILTER),
                        tables);
        exceptions = NetworkList.of(settings, SmtpdParams.SASL_EXCEPTIONS_NETWORKS, tables);
    }

    private static Set<SecurityOption> options(Settings settings, boolean tls) {
        return tls
                ? SecurityOption.parse(
                        settings.get(SmtpdParams.SASL_TLS_SECURITY_OPTIONS),
                        "smtpd_sasl_tls_security_options")
                : SecurityOption.parse(
                        settings.get(SmtpdParams.SASL_SECURITY_OPTIONS),
                        "smtpd_sasl_security_options");
    }

    /// For a service that authenticates nobody.
    public static SmtpdSasl none(Settings settings, Tables tables) {
        return new SmtpdSasl(settings, tables, false, null);
    }

    /// @param chrooted the chroot column of the service: sockets and the user database are looked
    ///   for below the queue directory first
    /// @param warnings gets what cannot be used, and why
    public static SmtpdSasl of(
            Settings settings,
            Tables tables,
            Connector connector,
            boolean chrooted,
            Supervisor threads,
            Clock clock,
            Consumer<String> warnings) {
        boolean enabled = settings.get(SmtpdParams.SASL_AUTH_ENABLE);
        SaslServer server = null;
        if (enabled) {
            try {
                server = server(settings, connector, chrooted, threads, clock);
            } catch (ConfigException e) {
                warnings.accept("SASL: " + e.getMessage() + ": nobody can authenticate");
            }
        }
        return new SmtpdSasl(settings, tables, enabled, server);
    }

    /// Makes the back end.
    ///
    /// @throws ConfigException where it cannot be used
    public static SaslServer server(
            Settings settings,
            Connector connector,
            boolean chrooted,
            Supervisor threads,
            Clock clock) {
        Path queue = directory(settings, "queue_directory");
        String path = settings.get(SmtpdParams.SASL_PATH);
        String service = settings.get(SmtpdParams.SASL_SERVICE);
        String type = settings.get(SmtpdParams.SASL_TYPE);
        return switch (type) {
            case "cyrus" ->
                    new CyrusServer(
                            CyrusConfig.find(
                                    path,
                                    settings.get(SmtpdParams.CYRUS_CONFIG_PATH),
                                    directory(settings, "config_directory")),
                            service,
                            settings.get(SmtpdParams.SASL_LOCAL_DOMAIN),
                            settings.get(ConfigParams.MYHOSTNAME),
                            chrooted ? queue : null,
                            connector,
                            threads,
                            clock);
            case "dovecot" -> new DovecotServer(path, queue, service, connector);
            default ->
                    throw new ConfigException(
                            "smtpd_sasl_type: unsupported SASL server implementation: " + type);
        };
    }

    private static Path directory(Settings settings, String name) {
        String text = settings.text(name);
        return text == null || text.isEmpty() ? NOWHERE : Path.of(text);
    }

    /// What `postfix check` says of a service's SASL settings.
    public static List<String> problems(Settings settings, boolean chrooted, Clock clock) {
        List<String> out = new ArrayList<>();
        if (!settings.get(SmtpdParams.SASL_AUTH_ENABLE)) {
            return out;
        }
        try {
            options(settings, false);
            options(settings, true);
            Connector none =
                    (to, bindTo, timeoutMillis) -> {
                        throw new IOException("not asked");
                    };
            server(settings, none, chrooted, Supervisor.alone(), clock);
            if (settings.get(SmtpdParams.SASL_TYPE).equals("cyrus")) {
                cyrusProblems(settings, out);
            }
        } catch (ConfigException e) {
            out.add(e.getMessage() + ": nobody can authenticate");
        }
        return out;
    }

    private static void cyrusProblems(Settings settings, List<String> out) {
        String name = settings.get(SmtpdParams.SASL_PATH);
        CyrusConfig config =
                CyrusConfig.find(
                        name,
                        settings.get(SmtpdParams.CYRUS_CONFIG_PATH),
                        directory(settings, "config_directory"));
        if (config.file() == null) {
            out.add(
                    "smtpd_sasl_path: there is no "
                            + name
                            + ".conf in the directory sasl beside main.cf or the usual ones:"
                            + " /etc/sasldb2 and all mechanisms count");
        }
        for (String each : config.values().keySet()) {
            if (!CyrusConfig.KNOWN.contains(each)) {
                out.add(config.file() + ": " + each + " is accepted and not honoured");
            }
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }

    /// Whether this session may authenticate at all.
    public boolean active(Session s) {
        return enabled && (s.tls() != null || !authOnly);
    }

    public Channel channel(Session s) {
        TlsConnection tls = s.tls();
        return new Channel(
                local(s),
                s.peer().ip(),
                tls != null,
                tls == null ? null : tls.serverEndPoint(),
                tls == null ? null : tls.exporter(),
                tls == null ? null : certificateName(tls.peer()),
                tls == null ? required : requiredInTls);
    }

    /// The mail address in a trusted client certificate, else its common name.
    private static @Nullable String certificateName(@Nullable PeerCertificate peer) {
        if (peer == null || !peer.trusted()) {
            return null;
        }
        String address = peer.mailAddress();
        String name = address == null ? peer.commonName() : address;
        return name.isEmpty() ? null : name;
    }

    private static String local(Session s) {
        InetSocketAddress here = s.local();
        return here == null ? "" : Network.text(here.getAddress());
    }

    /// The mechanisms that EHLO offers; none where AUTH is not offered.
    public List<String> offered(Session s) {
        SaslServer back = server;
        Client client = s.peer();
        if (back == null || !active(s) || exceptions.contains(client.name(), client.address())) {
            return List.of();
        }
        try {
            List<String> all =
                    back.mechanisms(channel(s)).stream()
                            .filter(m -> filter.contains(m.toLowerCase(Locale.ROOT)))
                            .toList();
            if (all.isEmpty()) {
                s.warn("no SASL authentication mechanisms");
            }
            return all;
        } catch (IOException e) {
            s.warn(String.valueOf(e.getMessage()));
            return List.of();
        }
    }
}
