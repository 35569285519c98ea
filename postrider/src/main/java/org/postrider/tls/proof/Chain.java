package org.postrider.tls.proof;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.postrider.tls.ServerProof.Fault;

/// A peer's certificate with those above it, as far as they can be found: what is the matter where
/// nothing leads to an authority. As in Postfix the fault nearest to the peer's own certificate is
/// told, of those of one certificate the first.
///
/// @param path the peer's own first
/// @param anchored the last one's issuer is an authority
public record Chain(List<X509Certificate> path, boolean anchored) {
    private static final int MOST = 100;
    private static final String MAIL_ADDRESS = "1.2.840.113549.1.9.1";

    /// @param help certificates that may stand between
    static Chain of(X509Certificate leaf, List<X509Certificate> help, Set<TrustAnchor> trusted) {
        List<X509Certificate> path = new ArrayList<>();
        X509Certificate at = leaf;
        while (at != null && path.size() < MOST) {
            path.add(at);
            if (authority(at, trusted)) {
                return new Chain(path, true);
            }
            at = selfIssued(at) ? null : above(at, help, path);
        }
        return new Chain(path, false);
    }

    private static boolean authority(X509Certificate of, Set<TrustAnchor> trusted) {
        for (TrustAnchor each : trusted) {
            X509Certificate own = each.getTrustedCert();
            X500Principal name = own == null ? each.getCA() : own.getSubjectX500Principal();
            PublicKey key = own == null ? each.getCAPublicKey() : own.getPublicKey();
            if (of.getIssuerX500Principal().equals(name) && signed(of, key)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable X509Certificate above(
            X509Certificate of, List<X509Certificate> help, List<X509Certificate> path) {
        for (X509Certificate each : help) {
            if (of.getIssuerX500Principal().equals(each.getSubjectX500Principal())
                    && !path.contains(each)
                    && signed(of, each.getPublicKey())) {
                return each;
            }
        }
        return null;
    }

    static boolean signed(X509Certificate certificate, PublicKey by) {
        try {
            certificate.verify(by);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    static boolean selfIssued(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    /// Its signature could be forged (OpenSSL's level 1).
    static boolean weak(X509Certificate certificate) {
        String name = certificate.getSigAlgName();
        return name.startsWith("SHA1with") || name.startsWith("MD5") || name.startsWith("MD2");
    }

    /// @param most certificates between the peer's own and the authority's
    /// @param otherwise what is said where nothing leads to an authority; null for OpenSSL's words
    Fault fault(Authorities.Purpose purpose, int most, long now, @Nullable Fault otherwise) {
        int top = path.size() - 1;
        for (int depth = 0; depth <= top; depth++) {
            X509Certificate at = path.get(depth);
            Fault found = depth == top && !anchored ? unanchored(otherwise) : null;
            if (found == null && depth > 0 && at.getBasicConstraints() < 0) {
                found = new Fault("CA ", "num=79:invalid CA certificate", "invalid CA certificate");
            }
            if (found == null && !purpose.fits(at)) {
                found = unfit(purpose, depth == 0);
            }
            if (found == null) {
                found = outOfTime(at, depth, now);
            }
            if (found != null) {
                return found;
            }
        }
        if (top > most) {
            return new Fault(
                    "",
                    "certificate chain longer than limit(" + (most - 1) + ")",
                    "certificate chain too long");
        }
        return new Fault("server ", "num=1:unspecified certificate verification error", "invalid");
    }

    private Fault unanchored(@Nullable Fault otherwise) {
        if (otherwise != null) {
            return otherwise;
        }
        X509Certificate last = path.getLast();
        if (path.size() == 1 && selfIssued(last)) {
            return new Fault("", "self-signed certificate", "self-signed certificate");
        }
        return new Fault(
                "",
                "untrusted issuer " + oneLine(last.getIssuerX500Principal()),
                "unable to get local issuer certificate");
    }

    static @Nullable Fault outOfTime(X509Certificate certificate, int depth, long now) {
        String whose = depth == 0 ? "server " : "CA ";
        if (now < certificate.getNotBefore().getTime()) {
            return new Fault(whose, "certificate not yet valid", "certificate is not yet valid");
        }
        if (now > certificate.getNotAfter().getTime()) {
            return new Fault(whose, "certificate has expired", "certificate has expired");
        }
        return null;
    }

    static Fault unfit(Authorities.Purpose purpose, boolean own) {
        String what = !own ? "CA" : purpose == Authorities.Purpose.SERVER ? "server" : "client";
        return new Fault(
                "",
                "not designated for use as a " + what + " certificate",
                "unsuitable certificate purpose");
    }

    /// `/O=Twin/CN=Twin CA`, as OpenSSL has it.
    public static String oneLine(X500Principal name) {
        StringBuilder out = new StringBuilder();
        try {
            String text = name.getName(X500Principal.RFC2253, Map.of(MAIL_ADDRESS, "emailAddress"));
            for (Rdn rdn : new LdapName(text).getRdns()) {
                out.append('/').append(rdn.getType()).append('=').append(rdn.getValue());
            }
        } catch (InvalidNameException e) {
            return "<unknown>";
        }
        for (int i = 0; i < out.length(); i++) {
            if (out.charAt(i) < ' ' || out.charAt(i) > '~') {
                out.setCharAt(i, '?');
            }
        }
        return out.length() > 255 ? out.substring(0, 255) : out.toString();
    }
}
