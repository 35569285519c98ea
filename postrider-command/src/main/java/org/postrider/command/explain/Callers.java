package org.postrider.command.explain;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.PathParser;
import org.postrider.command.explain.Arguments.UsageException;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.Reading;
import org.postrider.dns.HostsFile;
import org.postrider.dns.Resolver;
import org.postrider.maps.Network;
import org.postrider.peer.Client;
import org.postrider.peer.ClientNames;
import org.postrider.peer.NameStatus;
import org.postrider.peer.Neutral;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.time.Clock;
import org.postrider.tls.PeerCertificate;

/// Makes a caller of what the command line says.
final class Callers {
    private static final String UNKNOWN = "unknown";

    private Callers() {}

    static Caller of(Arguments given, World world, Clock clock) throws IOException {
        ServiceSettings settings = world.listener();
        String helo = given.option("--helo");
        return new Caller(
                client(given, world, clock),
                helo == null ? "" : Neutral.of(helo),
                given.option("--user"),
                encryption(given.option("--tls"), settings),
                new Caller.Mail(
                        address(given.needed("--from"), "--from"),
                        recipient(given.needed("--to")),
                        before(given.option("--recipients"))));
    }

    /// @param recipients of the mail, with the one asked about
    private static int before(@Nullable String recipients) {
        if (recipients == null) {
            return 0;
        }
        boolean digits = recipients.chars().allMatch(c -> c >= '0' && c <= '9');
        int count = digits && recipients.length() < 7 ? Integer.parseInt("0" + recipients) : 0;
        if (count == 0) {
            throw new UsageException("--recipients: no number: " + recipients);
        }
        return count - 1;
    }

    private static Client client(Arguments given, World world, Clock clock) {
        byte[] octets = Network.literal(given.needed("--client"));
        if (octets == null) {
            throw new UsageException("--client: no address: " + given.needed("--client"));
        }
        InetAddress address;
        try {
            address = InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new UsageException("--client: no address: " + given.needed("--client"));
        }
        String name = given.option("--name");
        Resolver dns = world.dns();
        boolean lookUp = world.listener().get(SmtpdParams.PEERNAME_LOOKUP);
        if (name == null && dns != null && lookUp) {
            HostsFile hosts = new HostsFile(Path.of("/etc/hosts"));
            return new ClientNames(clock, dns, hosts).client(address, 0, true);
        }
        // Of a name that nobody looked up restrictions say nothing.
        NameStatus status = lookUp || name != null ? NameStatus.OK : NameStatus.NONE;
        String known = name == null ? UNKNOWN : name;
        status = UNKNOWN.equals(name) ? NameStatus.NONE : status;
        return new Client(known, status, known, status, address, Network.text(address), 0, null);
    }

    /// @throws UsageException for the null address, which nobody is
    static Address recipient(String text) {
        Address address = address(text, "--to");
        if (address.isNull()) {
            throw new UsageException("--to: no mail address: " + text);
        }
        return address;
    }

    /// As a command has it, with or without `<` and `>`; `<>` or nothing for the null address.
    static Address address(String text, String option) {
        if (text.isEmpty() || text.equals("<>")) {
            return Address.NULL;
        }
        String path = text.startsWith("<") ? text : "<" + text + ">";
        Address address = PathParser.parse(path, false);
        if (address == null || address.isNull()) {
            throw new UsageException(option + ": no mail address: " + text);
        }
        return address;
    }

    private static Caller.Encryption encryption(@Nullable String tls, ServiceSettings settings)
            throws IOException {
        boolean wrapped = settings.get(SmtpdParams.TLS_WRAPPERMODE) || "wrapped".equals(tls);
        PeerCertificate certificate = null;
        String word = tls == null || tls.equals("none") ? "no" : tls;
        boolean within = !word.equals("no");
        if (within && !word.equals("yes") && !word.equals("wrapped")) {
            certificate = certificate(Path.of(word), settings);
        }
        return new Caller.Encryption(wrapped || within, wrapped, certificate);
    }

    private static PeerCertificate certificate(Path file, ServiceSettings settings)
            throws IOException {
        byte[] octets = Reading.octets(file, Reading.SHORT);
        try {
            return PeerCertificate.of(
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(octets)),
                    String.valueOf(settings.text("smtpd_tls_fingerprint_digest")));
        } catch (CertificateException e) {
            throw new UsageException("--tls: " + file + ": no certificate: " + e.getMessage());
        }
    }
}
