package org.postrider.sasl;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.io.Connector;
import org.postrider.sasl.mechanism.Bearer;
import org.postrider.sasl.mechanism.CramMd5;
import org.postrider.sasl.mechanism.DigestMd5;
import org.postrider.sasl.mechanism.External;
import org.postrider.sasl.mechanism.LoginDialogue;
import org.postrider.sasl.mechanism.Mechanism;
import org.postrider.sasl.mechanism.Ntlm;
import org.postrider.sasl.mechanism.Plain;
import org.postrider.sasl.mechanism.Scram;
import org.postrider.sasl.token.Tokens;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// `smtpd_sasl_type = cyrus`: what Cyrus's settings for one application ask for. Any thread.
///
/// Supported: `pwcheck_method` auxprop and saslauthd, `auxprop_plugin` sasldb, `mech_list`. A
/// mechanism that needs what is not there (a client certificate, a channel binding, a token end
/// point) is not offered.
public final class CyrusServer implements SaslServer {
    /// What is the same for all exchanges.
    ///
    /// @param domain smtpd_sasl_local_domain
    /// @param hostname myhostname
    public record Site(
            String service,
            String domain,
            String hostname,
            Secrets secrets,
            Verifier verifier,
            @Nullable Tokens tokens) {
        public Login login(String written) {
            return Login.of(written, domain, hostname);
        }
    }

    private final Site site;
    private final List<Mechanism> mechanisms;

    /// @param service smtpd_sasl_service
    /// @param queueDirectory where a chrooted service finds its socket and database, null for none
    /// @throws ConfigException for a setting that is not supported
    public CyrusServer(
            CyrusConfig config,
            String service,
            String domain,
            String hostname,
            @Nullable Path queueDirectory,
            Connector connector,
            Supervisor threads,
            Clock clock) {
        SaslDb database =
                new SaslDb(
                        places(config.get("sasldb_path", "/etc/sasldb2"), queueDirectory), clock);
        List<Verifier> verifiers = new ArrayList<>();
        for (String method : config.words("pwcheck_method", "auxprop")) {
            verifiers.add(
                    switch (method) {
                        case "auxprop" -> database;
                        case "saslauthd" ->
                                new Saslauthd(
                                        connector,
                                        places(
                                                config.get(
                                                        "saslauthd_path", "/var/run/saslauthd/mux"),
                                                queueDirectory),
                                        service);
                        default ->
                                throw new ConfigException(
                                        config.file()
                                                + ": pwcheck_method "
                                                + method
                                                + " is not supported: use auxprop or saslauthd");
                    });
        }
        for (String plugin : config.words("auxprop_plugin", "sasldb")) {
            if (!plugin.equals("sasldb")) {
                throw new ConfigException(
                        config.file()
                                + ": auxprop_plugin "
                                + plugin
                                + " is not supported: use sasldb");
            }
        }
        Tokens tokens = Tokens.of(config, threads, clock);
        site = new Site(service, domain, hostname, database, any(verifiers), tokens);
        mechanisms = chosen(config, tokens != null);
    }

    private static List<Mechanism> chosen(CyrusConfig config, boolean tokens) {
        List<Mechanism> out = new ArrayList<>();
        List<String> all = Mechanism.titles();
        for (String name : config.words("mech_list", String.join(" ", all))) {
            Mechanism m = Mechanism.named(name);
            // Without a list EXTERNAL stays out, as a certificate alone was not meant to let send.
            boolean meant = m != Mechanism.EXTERNAL || config.values().containsKey("mech_list");
            if (m != null && meant && (tokens || !m.bearer())) {
                out.add(m);
            }
        }
        return List.copyOf(out);
    }

    private static List<Path> places(String path, @Nullable Path queueDirectory) {
        Path plain = Path.of(path);
        return queueDirectory == null
                ? List.of(plain)
                : List.of(queueDirectory.resolve(path.replaceFirst("^/+", "")), plain);
    }

    private static Verifier any(List<Verifier> verifiers) {
        return (login, password) -> {
            IOException last = null;
            for (Verifier each : verifiers) {
                try {
                    if (each.verify(login, password)) {
                        return true;
                    }
                } catch (IOException e) {
                    last = e;
                }
            }
            if (last != null) {
                throw last;
            }
            return false;
        };
    }

    @Override
    public List<String> mechanisms(Channel channel) {
        return mechanisms.stream().filter(m -> possible(m, channel)).map(m -> m.title).toList();
    }

    private boolean possible(Mechanism m, Channel channel) {
        if (!m.fulfils(channel.required())) {
            return false;
        }
        boolean binds = channel.endPoint() != null || channel.exporter() != null;
        return (!m.bound() || binds)
                && (m != Mechanism.EXTERNAL || channel.certificateName() != null);
    }

    @Override
    public Exchange begin(String name, Channel channel) {
        Mechanism m = Mechanism.named(name);
        if (m == null || !mechanisms.contains(m)) {
            return refused("no mechanism available");
        }
        if (m.plaintext() && channel.required().contains(SecurityOption.NOPLAINTEXT)) {
            return refused("encryption needed to use mechanism");
        }
        if (!possible(m, channel)) {
            return refused("no mechanism available");
        }
        return new CyrusExchange(
                site,
                switch (m) {
                    case PLAIN -> new Plain(site);
                    case LOGIN -> new LoginDialogue(site);
                    case CRAM_MD5 -> new CramMd5(site);
                    case DIGEST_MD5 -> new DigestMd5(site);
                    case NTLM -> new Ntlm(site);
                    case EXTERNAL -> new External(site, channel);
                    case OAUTHBEARER, XOAUTH2 -> new Bearer(site, m);
                    case SCRAM_SHA_1, SCRAM_SHA_256, SCRAM_SHA_1_PLUS, SCRAM_SHA_256_PLUS ->
                            new Scram(site, m, channel, offersBinding(m, channel));
                });
    }

    /// Whether a client that could bind the channel was told of it (RFC 5802 6).
    private boolean offersBinding(Mechanism m, Channel channel) {
        Mechanism plus = Mechanism.named(m.title + "-PLUS");
        return plus != null && mechanisms.contains(plus) && possible(plus, channel);
    }

    private static Exchange refused(String reason) {
        return response -> {
            String fault = response == null ? null : Base64Text.fault(response);
            return new Step.Failure(fault == null ? reason : fault);
        };
    }
}
