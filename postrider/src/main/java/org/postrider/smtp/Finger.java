package org.postrider.smtp;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.postrider.config.Settings;
import org.postrider.dns.Resolver;
import org.postrider.io.Connector;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.smtp.policy.TlsLevel;
import org.postrider.smtp.probe.Probe;
import org.postrider.time.Clock;

/// Speaks to one server to show what its TLS is worth (posttls-finger(1)), by the very policies,
/// proofs, DANE and TLS that mail goes by. Blocking, one thread.
public final class Finger {
    /// What of TLS is told.
    public enum Detail {
        /// `Verified TLS connection established to …`
        SUMMARY,
        /// Why a certificate is not trusted, at levels that do not ask for it as well.
        UNTRUSTED,
        /// Whose certificate it is.
        PEER,
        /// What made the proof content, besides.
        MATCH,
        /// Sessions that are gone on with.
        CACHE,
        /// How the handshake is begun, and all the above but the summary.
        VERBOSE
    }

    /// @param destination a next hop
    /// @param level as [#level] knows it
    /// @param wrapped TLS from the first octet
    public record Wish(
            Protocol protocol, String destination, String level, boolean wrapped, Again again) {}

    /// Whether the server goes on with earlier TLS sessions is tried.
    ///
    /// @param seconds between two connections; 0: it is not tried
    /// @param most connections after the first
    /// @param waits for so many seconds
    public record Again(int seconds, int most, Wait waits) {}

    /// Waits.
    public interface Wait {
        void seconds(int n);
    }

    /// @param chat what both sides say
    /// @param chain the server's certificates, at the end
    /// @param out gets them, a line each
    public record Shows(boolean chat, boolean chain, Set<Detail> details, Out out) {}

    /// Gets lines.
    public interface Out {
        void line(String text);
    }

    /// What leads out.
    public record Means(Resolver dns, Connector connector, Clock clock, MailLog log, LogTag tag) {}

    /// It ends by this; the message says why.
    public static final class Fatal extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Fatal(String why) {
            super(why);
        }
    }

    private Finger() {}

    /// Whether there is such a level of TLS.
    public static boolean level(String word) {
        return TlsLevel.of(word) != null;
    }

    /// Whether certificates are looked at by names or fingerprints at it.
    public static boolean matches(String word) {
        TlsLevel level = TlsLevel.of(word);
        return level != null && level.verifies();
    }

    /// @param main main.cf's settings
    /// @param given what takes their place, unexpanded, by the parameter's name
    /// @throws Fatal where it cannot go on
    /// @throws org.postrider.config.ConfigException for a setting that cannot be used
    public static void run(
            Settings main, Map<String, String> given, Wish wish, Shows shows, Means means) {
        ClientSettings names = new ClientSettings(main, wish.protocol());
        Map<String, String> own = new TreeMap<>();
        // No tables are asked, and no setting of the server's own way out counts.
        for (Twin<?> each :
                List.of(
                        SmtpTlsParams.POLICY_MAPS,
                        SmtpTlsParams.PER_SITE,
                        SmtpTlsParams.EXCLUDE_CIPHERS,
                        SmtpTlsParams.MANDATORY_EXCLUDE_CIPHERS,
                        SmtpTlsParams.ECCERT_FILE,
                        SmtpTlsParams.ECKEY_FILE,
                        SmtpParams.REPLY_FILTER,
                        SmtpParams.DNS_REPLY_FILTER,
                        SmtpParams.DNS_RESOLVER_OPTIONS,
                        SmtpParams.BIND_ADDRESS,
                        SmtpParams.BIND_ADDRESS6)) {
            own.put(names.name(each), "");
        }
        own.put(SmtpParams.USE_SRV_LOOKUP.name(), "");
        own.put(SmtpParams.IGNORE_MX_ERROR.name(), "no");
        own.put(names.name(SmtpTlsParams.WRAPPERMODE), "no");
        own.put(names.name(SmtpParams.ADDRESS_LIMIT), "0");
        own.put(names.name(SmtpTlsParams.SECURITY_LEVEL), wish.level());
        own.putAll(given);
        new Probe(main.with(own), wish, shows, means).run();
    }
}
