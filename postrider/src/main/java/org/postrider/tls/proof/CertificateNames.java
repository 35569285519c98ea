package org.postrider.tls.proof;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Network;

/// The names of a certificate beside those that are wanted (RFC 6125, as OpenSSL takes it): the
/// alternative names of the kind; of hosts the common names, where there is none of them. A
/// wildcard is a whole first label and stands for one label.
final class CertificateNames {
    private static final int HOST = 2;
    private static final int ADDRESS = 7;

    private final List<String> hosts;
    private final List<byte[]> addresses = new ArrayList<>();

    private CertificateNames(List<String> hosts) {
        this.hosts = hosts;
    }

    static CertificateNames of(X509Certificate certificate) {
        CertificateNames out = new CertificateNames(new ArrayList<>());
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                if (name.get(1) instanceof String text) {
                    out.add((Integer) name.getFirst(), text);
                }
            }
        } catch (CertificateParsingException e) {
            // Names that cannot be read are none, and stand before common names.
            return out;
        }
        if (out.hosts.isEmpty()) {
            out.commonNames(certificate.getSubjectX500Principal());
        }
        return out;
    }

    private void add(int kind, String text) {
        byte[] address = kind == ADDRESS ? Network.literal(text) : null;
        if (address != null) {
            addresses.add(address);
        } else if (kind == HOST) {
            hosts.add(text);
        }
    }

    private void commonNames(X500Principal subject) {
        try {
            for (Rdn rdn : new LdapName(subject.getName(X500Principal.RFC2253)).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN") && rdn.getValue() instanceof String s) {
                    hosts.add(s);
                }
            }
        } catch (InvalidNameException e) {
            // a name that cannot be read is none
        }
    }

    /// The name of the certificate that is one of those wanted; null for none.
    @Nullable String matching(List<String> wanted) {
        String found = null;
        boolean asked = false;
        for (String each : wanted) {
            byte[] address = Network.literal(each);
            if (address != null) {
                if (addresses.stream().noneMatch(a -> Arrays.equals(a, address))) {
                    return null;
                }
                found = found == null && !asked ? each : found;
                continue;
            }
            found = asked ? found : null;
            asked = true;
            for (String own : hosts) {
                if (found == null && same(own, each)) {
                    found = own;
                }
            }
        }
        return found;
    }

    private static boolean same(String own, String wanted) {
        if (wanted.startsWith(".")) {
            int more = own.length() - wanted.length();
            return wanted.length() > 1
                    && more >= 0
                    && own.regionMatches(true, more, wanted, 0, wanted.length());
        }
        if (own.startsWith("*.")) {
            int dot = wanted.indexOf('.');
            String rest = own.substring(1);
            return dot > 0
                    && rest.indexOf('.', 1) > 0
                    && labels(rest)
                    && label(wanted.substring(0, dot))
                    && rest.equalsIgnoreCase(wanted.substring(dot));
        }
        return own.equalsIgnoreCase(wanted);
    }

    /// Of host names, each not empty, after a dot.
    private static boolean labels(String text) {
        return Arrays.stream(text.substring(1).split("\\.", -1)).allMatch(CertificateNames::label);
    }

    private static boolean label(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && !(c >= '0' && c <= '9') && c != '-') {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
