package org.postrider.smtp.probe;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigParams;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Finger;
import org.postrider.smtp.Foretold;
import org.postrider.smtp.Foretold.Finding;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.smtp.Twin;
import org.postrider.smtp.policy.TlsLevel;
import org.postrider.smtp.policy.TlsPolicy;
import org.postrider.smtp.route.Server;
import org.postrider.smtp.session.Opener;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.ServerProof;
import org.postrider.tls.ServerProof.Record;
import org.postrider.tls.TlsClient;
import org.postrider.tls.TlsClientSettings;
import org.postrider.tls.TlsConnection;
import org.postrider.tls.TlsParams;

/// Why a server's certificate is not what a policy wants: the server is spoken to as far as its
/// certificate, and what it shows is told beside what was wanted. One thread.
final class Verification {
    /// How long each step may take: somebody waits for it.
    private static final String PATIENCE = "10s";

    /// Names and fingerprints that are shown.
    private static final int MOST = 10;

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

    private final ClientSettings settings;
    private final Tables tables;
    private final Foretold.Means means;
    private final Connector connector;
    private final List<Finding> out = new ArrayList<>();

    /// @param tables that the way out may ask
    Verification(
            ClientSettings settings, Tables tables, Foretold.Means means, Connector connector) {
        this.settings = settings;
        this.tables = tables;
        this.means = means;
        this.connector = connector;
    }

    /// @param client null where it cannot be had
    /// @param byTable smtp_tls_policy_maps or smtp_tls_per_site says the level
    List<Finding> of(Server server, TlsPolicy policy, @Nullable TlsClient client, boolean byTable) {
        List<String> said = said(byTable);
        TlsLevel level = policy.level();
        if (!level.verifies()) {
            add(
                    "level "
                            + level.word()
                            + ", which wants no proof; a policy of MTA-STS, which the running"
                            + " server keeps, may want one",
                    said);
            return out;
        }
        add("level " + level.word() + ": the server has to prove who it is", said);
        if (client == null || client.fault() != null) {
            String fault = client == null ? null : client.fault();
            add(fault == null ? "no TLS engine" : fault, List.of());
            return out;
        }
        TlsConnection made = made(server, policy, client);
        if (made != null) {
            shown(made, policy);
            if (made.verdict().matched()) {
                add("it is verified now", List.of());
                return out;
            }
        }
        wanted(policy, said);
        return out;
    }

    private void add(String text, List<String> parameters) {
        out.add(new Finding(text, parameters));
    }

    private List<String> said(boolean byTable) {
        Twin<List<String>> table =
                settings.get(SmtpTlsParams.POLICY_MAPS).isEmpty()
                        ? SmtpTlsParams.PER_SITE
                        : SmtpTlsParams.POLICY_MAPS;
        return List.of(settings.name(byTable ? table : SmtpTlsParams.SECURITY_LEVEL));
    }

    /// @return null where there is no TLS, as was said
    private @Nullable TlsConnection made(Server server, TlsPolicy policy, TlsClient client) {
        Map<String, String> quick = new HashMap<>();
        quick.put(settings.name(SmtpParams.CONNECT_TIMEOUT), PATIENCE);
        quick.put(settings.name(SmtpParams.HELO_TIMEOUT), PATIENCE);
        ClientSettings own =
                new ClientSettings(
                        settings.all().with(quick), settings.protocol(), settings.flags());
        List<String> heard = new ArrayList<>();
        Conversation.Manner manner =
                new Conversation.Manner(
                        own.protocol(),
                        own.get(ConfigParams.MYHOSTNAME),
                        own.get(SmtpParams.HELO_TIMEOUT).toMillis(),
                        own.get(SmtpParams.HELO_TIMEOUT).toMillis(),
                        (_, event) -> heard.add(event.line()),
                        means.tag());
        Connection connection;
        try {
            connection =
                    new Opener(own, tables, connector, means.clock(), means.log(), means.tag())
                            .connection(server);
        } catch (IOException e) {
            add("it cannot be asked: " + e.getMessage(), List.of());
            return null;
        }
        Finger.Shows nothing = new Finger.Shows(false, false, Set.of(), _ -> {});
        Handshake tls = new Handshake(server, policy, client, nothing, manner);
        try {
            tls.talk(connection, own.get(SmtpTlsParams.WRAPPERMODE), false);
        } catch (Finger.Fatal e) {
            heard.add(String.valueOf(e.getMessage()));
        }
        heard.forEach(line -> add(line, List.of()));
        if (!tls.established() && heard.isEmpty()) {
            add("it offers no STARTTLS now", List.of());
        }
        return tls.made();
    }

    private void shown(TlsConnection made, TlsPolicy policy) {
        List<X509Certificate> chain = made.chain();
        if (chain.isEmpty()) {
            add("it shows no certificate", List.of());
            return;
        }
        PeerCertificate own = PeerCertificate.of(chain.getFirst(), policy.speaks().digest());
        List<String> names = own.hosts();
        add(
                "certificate: "
                        + own.subjectLine()
                        + ", for "
                        + (names.isEmpty() ? "no host" : few(names))
                        + ", issued by "
                        + own.issuerLine()
                        + ", valid from "
                        + date(own.certificate().getNotBefore())
                        + " to "
                        + date(own.certificate().getNotAfter()),
                List.of());
        Instant now = Instant.ofEpochMilli(means.clock().wallMillis());
        for (X509Certificate each : chain) {
            String whose = PeerCertificate.of(each, policy.speaks().digest()).subjectLine();
            if (each.getNotAfter().toInstant().isBefore(now)) {
                add("expired since " + date(each.getNotAfter()) + ": " + whose, List.of());
            } else if (each.getNotBefore().toInstant().isAfter(now)) {
                add("not valid before " + date(each.getNotBefore()) + ": " + whose, List.of());
            }
        }
        if (policy.level() == TlsLevel.FINGERPRINT) {
            add(
                    "its fingerprints: "
                            + own.fingerprint()
                            + ", of the key "
                            + own.keyFingerprint(),
                    List.of(settings.name(SmtpTlsParams.FINGERPRINT_DIGEST)));
        }
    }

    private static String date(Date date) {
        return DATE.format(date.toInstant());
    }

    private static String few(List<String> all) {
        String some = String.join(", ", all.subList(0, Math.min(MOST, all.size())));
        return all.size() > MOST ? some + " and " + (all.size() - MOST) + " more" : some;
    }

    // ---- what was wanted

    private void wanted(TlsPolicy policy, List<String> said) {
        switch (policy.proof()) {
            case ServerProof.None _ -> {}
            case ServerProof.Never(String why) -> add("its policy failed: " + why, said);
            case ServerProof.Named(List<String> names) -> {
                authorities(policy.speaks().trust());
                names(names, policy.level(), said);
            }
            case ServerProof.Recorded recorded -> recorded(recorded, policy.level(), said);
        }
    }

    private void authorities(TlsClientSettings.Trust trust) {
        String file = settings.name(SmtpTlsParams.CAFILE);
        String directory = settings.name(SmtpTlsParams.CAPATH);
        String platform = TlsParams.APPEND_DEFAULT_CA.name();
        if (trust.file().isEmpty() && trust.directory().isEmpty() && !trust.platform()) {
            add("believed authorities: none", List.of(file, directory, platform));
            return;
        }
        if (!trust.file().isEmpty()) {
            add("believed authorities: those of " + trust.file(), List.of(file));
        }
        if (!trust.directory().isEmpty()) {
            add("believed authorities: those of " + trust.directory(), List.of(directory));
        }
        if (trust.platform()) {
            add("believed authorities: those of the system", List.of(platform));
        }
    }

    private void names(List<String> names, TlsLevel level, List<String> said) {
        List<String> hosts = new ArrayList<>();
        for (String each : names) {
            hosts.add(each.startsWith(".") ? "any host below " + each.substring(1) : each);
        }
        String match =
                settings.name(
                        level == TlsLevel.VERIFY
                                ? SmtpTlsParams.VERIFY_CERT_MATCH
                                : SmtpTlsParams.SECURE_CERT_MATCH);
        List<String> by = beside(match, said);
        add("wanted: a certificate for " + (hosts.isEmpty() ? "nobody" : few(hosts)), by);
    }

    /// A table that says the level may say this, too.
    private List<String> beside(String parameter, List<String> said) {
        boolean main = said.contains(settings.name(SmtpTlsParams.SECURITY_LEVEL));
        return main ? List.of(parameter) : List.of(parameter, said.getFirst());
    }

    private void recorded(ServerProof.Recorded recorded, TlsLevel level, List<String> said) {
        List<Record> records = recorded.records();
        if (level == TlsLevel.FINGERPRINT) {
            List<String> prints =
                    records.stream()
                            .map(Record::data)
                            .distinct()
                            .map(Verification::colons)
                            .toList();
            List<String> by = beside(settings.name(SmtpTlsParams.FINGERPRINT_CERT_MATCH), said);
            add("wanted: one of the fingerprints " + few(prints), by);
        } else if (level.dane()) {
            add(
                    "wanted: what its TLSA records in the DNS say, of which there are "
                            + records.size(),
                    List.of());
        } else {
            add(
                    "believed authorities: those of trust anchor files, "
                            + records.size()
                            + " records",
                    beside(settings.name(SmtpTlsParams.TRUST_ANCHOR_FILE), said));
            names(recorded.names(), level, said);
        }
    }

    private static String colons(String digits) {
        HexFormat form = HexFormat.ofDelimiter(":").withUpperCase();
        return form.formatHex(HexFormat.of().parseHex(digits));
    }
}
