package org.postrider.smtp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postrider.config.ServicePorts;
import org.postrider.config.ServiceSettings;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.peer.DebugPeers;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Hop;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.policy.Login;
import org.postrider.smtp.policy.SessionKey;
import org.postrider.smtp.policy.TlsLevel;
import org.postrider.smtp.policy.TlsPolicy;
import org.postrider.smtp.policy.TlsPolicyEntry;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.tls.ServerProof;

/// Whose mail a kept session may carry: that of its own server, policy and login, and no other.
class SessionCacheTest {
    private static final ClientSettings SETTINGS =
            new ClientSettings(
                    ServiceSettings.none().with(Map.of("smtp_connection_cache_time_limit", "1m")),
                    Protocol.SMTP);

    private static Login.User user(String name, String password) {
        return new Login.User(name, new Login.Secret(password), "");
    }

    private static final Login.User ONE = user("user", "password");

    private static Server server(String name, int last) {
        try {
            InetAddress at = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
            return new Server(name, new InetSocketAddress(at, 25), true);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static Destination to(String nexthop) {
        return Destination.parse(nexthop, ServicePorts.of(SETTINGS.all()), Protocol.SMTP)
                .getFirst();
    }

    private static TlsPolicy policy(TlsLevel level) {
        return policy(level, "");
    }

    private static TlsPolicy policy(TlsLevel level, String name) {
        TlsPolicy made =
                TlsPolicy.of(
                        SETTINGS,
                        level,
                        TlsPolicyEntry.plain("a test", level.word()),
                        ServerProof.NONE);
        return new TlsPolicy(level, made.speaks(), name, made.proof(), made.reuse(), null);
    }

    private static SessionKey key(String nexthop, int server, TlsPolicy policy, Login login) {
        return SessionKey.of(to(nexthop), server("mx.example", server), policy, login);
    }

    private static SessionCache cache() {
        return new SessionCache(SETTINGS, Supervisor.alone(), Clock.system());
    }

    private static SmtpSession session(SessionKey key) {
        try (Hop hop = new Hop()) {
            LogTag tag = new LogTag("postfix/smtp", 1);
            Opened opened = new Opened(new Silent(), tag, Clock.system().nanos());
            return new SmtpSession(
                    opened,
                    key,
                    false,
                    new SmtpSession.Manner(
                            2048,
                            0,
                            "maps",
                            new ReplyFilter("", null),
                            false,
                            new Transcript.Readers(false, DebugPeers.NOBODY)),
                    hop.kept);
        }
    }

    /// One session of each key is kept; each key gets its own and nobody else's.
    private static void apart(SessionKey... keys) {
        long names = Stream.of(keys).map(SessionKey::tlsSession).distinct().count();
        assertEquals(keys.length, names, "each has TLS sessions of its own");
        try (SessionCache cache = cache()) {
            List<SmtpSession> all = new ArrayList<>();
            for (SessionKey key : keys) {
                assertNull(cache.take(key), "a session of another: " + key);
                SmtpSession s = session(key);
                all.add(s);
                cache.give(s);
            }
            for (int i = keys.length - 1; i >= 0; i--) {
                assertSame(all.get(i), cache.take(keys[i]));
                assertNull(cache.take(keys[i]));
            }
        }
    }

    @Test
    void eachServerHasItsOwn() {
        TlsPolicy may = policy(TlsLevel.MAY);
        apart(key("d.example", 1, may, Login.NONE), key("d.example", 2, may, Login.NONE));
    }

    @Test
    void eachPolicyHasItsOwn() {
        List<SessionKey> keys = new ArrayList<>();
        for (TlsLevel level : TlsLevel.values()) {
            keys.add(key("d.example", 1, policy(level), Login.NONE));
            keys.add(key("d.example", 1, policy(level, "asked.example"), Login.NONE));
        }
        apart(keys.toArray(new SessionKey[0]));
    }

    /// One that was found content with one server or name is not so with another.
    @Test
    void eachProofHasItsOwn() {
        List<ServerProof.Record> records = List.of(new ServerProof.Record(3, 0, "SHA-256", "00"));
        List<SessionKey> keys = new ArrayList<>();
        for (ServerProof proof :
                List.of(
                        ServerProof.NONE,
                        new ServerProof.Never("a test"),
                        new ServerProof.Named(List.of("a.example")),
                        new ServerProof.Named(List.of("b.example")),
                        new ServerProof.Recorded(records, List.of(), false),
                        new ServerProof.Recorded(records, List.of("a.example"), false),
                        new ServerProof.Recorded(records, List.of("a.example"), true))) {
            TlsPolicy made = policy(TlsLevel.ENCRYPT);
            TlsPolicy own =
                    new TlsPolicy(made.level(), made.speaks(), "", proof, made.reuse(), null);
            keys.add(key("d.example", 1, own, Login.NONE));
        }
        apart(keys.toArray(new SessionKey[0]));
    }

    @Test
    void eachLoginHasItsOwn() {
        TlsPolicy encrypt = policy(TlsLevel.ENCRYPT);
        apart(
                key("d.example", 1, encrypt, Login.NONE),
                key("d.example", 1, encrypt, ONE),
                key("d.example", 1, encrypt, user("other", "password")),
                key("d.example", 1, encrypt, user("user", "changed")),
                key("d.example", 1, encrypt, user("user", "")),
                key(
                        "d.example",
                        1,
                        encrypt,
                        new Login.User("user", new Login.Secret("password"), "a@s.example")));
    }

    /// A server that is verified for one next hop is not for another, whatever its address is.
    @ParameterizedTest
    @EnumSource
    void aVerifiedSessionIsItsNextHopsOnly(TlsLevel level) {
        SessionKey one = key("a.example", 1, policy(level), Login.NONE);
        SessionKey other = key("b.example", 1, policy(level), Login.NONE);
        if (level.verifies()) {
            apart(one, other);
        } else {
            assertEquals(one, other);
        }
    }

    @Test
    void aLoginIsItsNextHopsOnly() {
        TlsPolicy encrypt = policy(TlsLevel.ENCRYPT);
        apart(key("a.example", 1, encrypt, ONE), key("b.example", 1, encrypt, ONE));
    }

    /// As in Postfix: one connection for all domains of a server, where nothing was proved.
    @Test
    void mailOfTheSamePolicySharesAcrossNextHops() {
        try (SessionCache cache = cache()) {
            SmtpSession s = session(key("a.example", 1, policy(TlsLevel.MAY), Login.NONE));
            cache.give(s);
            assertSame(s, cache.take(key("b.example", 1, policy(TlsLevel.MAY), Login.NONE)));
        }
    }

    @Test
    void noFormOfALoginShowsItsSecret() {
        SessionKey key = key("d.example", 1, policy(TlsLevel.ENCRYPT), ONE);
        for (Object each : List.of(key, ONE, ONE.secret())) {
            assertFalse(each.toString().contains("password"), each::toString);
        }
        assertEquals(2, new HashSet<>(List.of(ONE, user("user", "other"))).size());
        assertEquals("pass:word", user("user", "pass:word").secret().octets());
    }

    /// A connection to nobody.
    private static final class Silent implements Connection {
        @Override
        public void deadline(long millis) {}

        @Override
        public int read(byte[] into, int offset, int length) {
            return -1;
        }

        @Override
        public void write(byte[] from, int offset, int length) {}

        @Override
        public void write(byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength) {}

        @Override
        public SocketAddress remote() {
            return new InetSocketAddress(0);
        }

        @Override
        public SocketAddress local() {
            return new InetSocketAddress(0);
        }

        @Override
        public void close() {}
    }
}
