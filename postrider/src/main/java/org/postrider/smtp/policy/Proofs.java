package org.postrider.smtp.policy;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.dns.HostName;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.smtp.policy.TlsPolicyEntry.Attribute;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;
import org.postrider.tls.ServerProof;
import org.postrider.tls.ServerProof.Record;
import org.postrider.tls.TlsFiles;

/// What a server's certificate has to be at a level, by what a table says and by main.cf.
final class Proofs {
    /// The widest digest, each octet with a colon.
    private static final int MOST_OF_A_FINGERPRINT = 3 * 64;

    /// Stands in a line for the log where the next hop is to be.
    static final String NEXTHOP = "{nexthop}";

    private Proofs() {}

    /// With `hostname`, `nexthop` and `dot-nexthop` as they are written.
    ///
    /// @throws ConfigException with a line for the log, where mail of that policy has to wait
    ///
    /// @param warnings get what is passed over
    static ServerProof of(
            ClientSettings settings,
            TlsLevel level,
            TlsPolicyEntry entry,
            Consumer<String> warnings) {
        String name = settings.get(SmtpTlsParams.SERVERNAME);
        if (level != TlsLevel.NONE
                && entry.get(Attribute.SERVERNAME) == null
                && !name.isEmpty()
                && !HostName.valid(name)) {
            throw new ConfigException(
                    "\""
                            + settings.name(SmtpTlsParams.SERVERNAME)
                            + " = "
                            + name
                            + "\" specifies an invalid hostname");
        }
        String failure = entry.get(Attribute.POLICY_FAILURE);
        if (level.verifies() && failure != null) {
            return new ServerProof.Never(failure);
        }
        return level == TlsLevel.FINGERPRINT
                ? fingerprints(settings, entry, warnings)
                : level.named() ? named(settings, level, entry) : ServerProof.NONE;
    }

    private static ServerProof fingerprints(
            ClientSettings settings, TlsPolicyEntry entry, Consumer<String> warnings) {
        List<String> all = split(entry.all(Attribute.MATCH), "\\|");
        if (all.isEmpty()) {
            all = settings.get(SmtpTlsParams.FINGERPRINT_CERT_MATCH);
        }
        String digest = TlsFiles.digest(settings.get(SmtpTlsParams.FINGERPRINT_DIGEST));
        List<Record> records = new ArrayList<>();
        for (String each : all) {
            String data = octets(each);
            if (data == null) {
                warnings.accept(
                        "malformed fingerprint value: "
                                + each.substring(0, Math.min(each.length(), 384)));
                continue;
            }
            records.add(new Record(Record.LEAF, Record.CERTIFICATE, digest, data));
            records.add(new Record(Record.LEAF, Record.KEY, digest, data));
        }
        if (records.isEmpty()) {
            throw new ConfigException(
                    "nexthop domain "
                            + NEXTHOP
                            + ": configured at fingerprint security level, but with no fingerprints"
                            + " to match.");
        }
        return new ServerProof.Recorded(List.copyOf(records), List.of(), false);
    }

    private static @Nullable String octets(String fingerprint) {
        String digits = fingerprint.replace(":", "");
        if (fingerprint.length() <= MOST_OF_A_FINGERPRINT
                && fingerprint.matches("[0-9a-fA-F]{2}(:?[0-9a-fA-F]{2})*")) {
            return HexFormat.of().formatHex(HexFormat.of().parseHex(digits));
        }
        return null;
    }

    private static ServerProof named(
            ClientSettings settings, TlsLevel level, TlsPolicyEntry entry) {
        List<String> names = split(entry.all(Attribute.MATCH), ":");
        if (names.isEmpty()) {
            names =
                    split(
                            settings.get(
                                    level == TlsLevel.VERIFY
                                            ? SmtpTlsParams.VERIFY_CERT_MATCH
                                            : SmtpTlsParams.SECURE_CERT_MATCH),
                            ":");
        }
        if (bySts(settings, entry)) {
            names = List.of("hostname");
        }
        List<String> files = entry.all(Attribute.TAFILE);
        if (files.isEmpty()) {
            files = settings.get(SmtpTlsParams.TRUST_ANCHOR_FILE);
        }
        if (files.isEmpty()) {
            return new ServerProof.Named(names);
        }
        List<Record> records = new ArrayList<>();
        for (String file : files) {
            records.addAll(TlsFiles.anchors(Path.of(file)));
        }
        return new ServerProof.Recorded(List.copyOf(records), names, true);
    }

    /// The mail exchangers that the policy allows are those whose names count.
    static boolean bySts(ClientSettings settings, TlsPolicyEntry entry) {
        return "sts".equals(entry.get(Attribute.POLICY_TYPE))
                && !entry.all(Attribute.MATCH).isEmpty()
                && !entry.all(Attribute.MX_HOST_PATTERN).isEmpty()
                && settings.get(SmtpTlsParams.ENFORCE_STS_MX_PATTERNS);
    }

    private static List<String> split(List<String> values, String at) {
        List<String> out = new ArrayList<>();
        for (String value : values) {
            for (String each : value.split(at)) {
                if (!each.isBlank()) {
                    out.add(each.strip());
                }
            }
        }
        return List.copyOf(out);
    }

    /// With the names of one next hop and one server.
    ///
    /// @return the same where it has no names
    static ServerProof forServer(ServerProof proof, Destination to, Server server) {
        return switch (proof) {
            case ServerProof.None _, ServerProof.Never _ -> proof;
            case ServerProof.Named(List<String> names) ->
                    new ServerProof.Named(names(names, to, server));
            case ServerProof.Recorded r ->
                    r.names().isEmpty()
                            ? r
                            : new ServerProof.Recorded(
                                    r.records(), names(r.names(), to, server), r.leafNamed());
        };
    }

    /// A UNIX socket is this machine's, by its name.
    static String nexthop(Destination to, Server server) {
        return to.kind() == Destination.Kind.PATH ? server.name() : to.domain();
    }

    private static List<String> names(List<String> rules, Destination to, Server server) {
        List<String> out = new ArrayList<>();
        for (String rule : rules) {
            String name =
                    rule.equalsIgnoreCase("hostname")
                            ? server.name()
                            : rule.equalsIgnoreCase("nexthop")
                                    ? nexthop(to, server)
                                    : rule.equalsIgnoreCase("dot-nexthop")
                                            ? "." + nexthop(to, server)
                                            : rule;
            if (!name.equals(".")) {
                out.add(name.startsWith(".") ? "." + ascii(name.substring(1)) : ascii(name));
            }
        }
        return List.copyOf(out);
    }

    /// Names of certificates are ASCII (RFC 5280 4.2.1.6).
    private static String ascii(String octets) {
        if (octets.chars().allMatch(c -> c < 128)) {
            return octets;
        }
        byte[] utf8 = octets.getBytes(StandardCharsets.ISO_8859_1);
        try {
            return IDN.toASCII(new String(utf8, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            // It is no name of a host, so no certificate has it.
            return octets;
        }
    }
}
