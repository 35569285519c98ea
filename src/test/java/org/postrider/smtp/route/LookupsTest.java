package org.postrider.smtp.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.dns.ResolverOptions;
import org.postrider.log.LogTag;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Protocol;

class LookupsTest {
    /// Remembers how it is to ask.
    private static final class Asked implements Resolver {
        private final List<ResolverOptions> options = new ArrayList<>();

        @Override
        public Resolver under(ResolverOptions wanted) throws IOException {
            options.add(wanted);
            if (wanted.trustAnchors().equals("/nowhere")) {
                throw new IOException("No such file or directory");
            }
            return this;
        }

        @Override
        public Answer<Mx> mx(String domain) {
            throw new IllegalStateException();
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            throw new IllegalStateException();
        }

        @Override
        public Answer<String> names(InetAddress address) {
            throw new IllegalStateException();
        }

        @Override
        public Answer<Srv> srv(String service) {
            throw new IllegalStateException();
        }
    }

    private static final Tables NONE =
            new Tables() {
                @Override
                public Table open(String typeAndName) {
                    throw new IllegalStateException();
                }

                @Override
                public Table chain(List<String> typesAndNames) {
                    throw new IllegalStateException();
                }
            };

    private static ResolverOptions options(Protocol protocol, String... settings) {
        Map<String, String> own = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            own.put(settings[i], settings[i + 1]);
        }
        Asked asked = new Asked();
        Resolver made =
                Lookups.of(
                        asked,
                        new ClientSettings(ServiceSettings.none().with(own), protocol),
                        NONE,
                        (_, _) -> {},
                        new LogTag("test", 1));
        assertSame(asked, made);
        return asked.options.getLast();
    }

    @Test
    void eachOptionIsAskedForByItsName() {
        assertEquals(ResolverOptions.NONE, options(Protocol.SMTP));
        assertEquals(
                new ResolverOptions(true, true, ""),
                options(Protocol.SMTP, "smtp_dns_resolver_options", "res_defnames, res_dnsrch"));
        assertEquals(
                new ResolverOptions(false, true, ""),
                options(Protocol.LMTP, "lmtp_dns_resolver_options", "res_dnsrch"));
        ConfigException wrong =
                assertThrows(
                        ConfigException.class,
                        () -> options(Protocol.SMTP, "smtp_dns_resolver_options", "RES_DNSRCH"));
        assertTrue(
                String.valueOf(wrong.getMessage())
                        .endsWith("unknown smtp_dns_resolver_options value \"RES_DNSRCH\""),
                wrong.getMessage());
    }

    @Test
    void answersAreValidatedOnlyWhereDnssecIsAskedFor() {
        String file = "smtp_dnssec_trust_anchor_file";
        String level = "smtp_dns_support_level";
        assertEquals("", options(Protocol.SMTP, file, "/nowhere").trustAnchors());
        assertEquals("", options(Protocol.SMTP, file, "/nowhere", level, "enabled").trustAnchors());
        assertEquals("/a", options(Protocol.SMTP, file, "/a", level, "DNSSEC").trustAnchors());
        ConfigException wrong =
                assertThrows(
                        ConfigException.class,
                        () -> options(Protocol.SMTP, file, "/nowhere", level, "dnssec"));
        assertTrue(
                String.valueOf(wrong.getMessage())
                        .endsWith(file + ": /nowhere: No such file or directory"),
                wrong.getMessage());
    }
}
