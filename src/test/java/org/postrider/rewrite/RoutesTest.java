package org.postrider.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.address.Address;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.Opening;
import org.postrider.maps.Table;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What dialogues do not show: entries that say nothing, and what later versions of Postfix do.
class RoutesTest {
    private final List<String> warnings = new ArrayList<>();

    private TrivialRewrite with(String... settings) {
        Map<String, String> own = new HashMap<>(Map.of("myhostname", "mx.own.example"));
        for (int i = 0; i < settings.length; i += 2) {
            own.put(settings[i], settings[i + 1]);
        }
        Tables real =
                new TableDirectory(
                        new Opening(Clock.system(), Supervisor.alone(), n -> null, w -> {}));
        return new TrivialRewrite(
                ServiceSettings.none().with(own),
                new Tables() {
                    @Override
                    public Table open(String word) {
                        return word.equals("inline:empty") ? empty() : real.open(word);
                    }

                    @Override
                    public Table chain(List<String> words) {
                        return real.chain(words);
                    }
                },
                warnings::add);
    }

    /// As a directory or a database may answer.
    private static Table empty() {
        return new Table() {
            @Override
            public String lookup(String key) {
                return "";
            }

            @Override
            public String name() {
                return "inline:empty";
            }
        };
    }

    private static String route(TrivialRewrite rewrite) {
        Resolved r = rewrite.resolve(new Address("s@a.example"), new Address("r@b.example"));
        return r.transport() + " " + r.nexthop();
    }

    /// transport(5): else whoever writes would choose where mail goes.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "transport_maps",
                "sender_dependent_relayhost_maps",
                "sender_dependent_default_transport_maps"
            })
    void noPatternPutsAPartOfAnAddressIntoARoute(String name, @TempDir Path temp)
            throws IOException {
        String rule = name.equals("sender_dependent_relayhost_maps") ? "[$$1]" : "smtp:[$$1]";
        String rules = "regexp:{{/@([a-z]*)\\.example/ " + rule + "}}";
        // Nobody listens there: the backup is asked.
        Path cache = temp.resolve("cache.cf");
        Files.writeString(
                cache,
                "memcache = inet:127.0.0.1:1\nmax_try = 1\nbackup = "
                        + rules.replace("$$", "$")
                        + "\n",
                StandardCharsets.US_ASCII);
        for (String table :
                List.of(rules, "unionmap:{" + rules + "}", "debug:" + rules, "memcache:" + cache)) {
            TrivialRewrite rewrite = with(name, table);
            assertThrows(TableException.class, () -> route(rewrite), table);
            assertTrue(warnings.toString().contains("substitution"), warnings.toString());
            warnings.clear();
        }
    }

    @Test
    void anEntryOfASenderThatSaysNothingIsAFault() {
        assertThrows(
                TableException.class,
                () ->
                        route(
                                with(
                                        "relayhost",
                                        "relay.example",
                                        "sender_dependent_relayhost_maps",
                                        "inline:empty")));
        assertEquals(
                List.of(
                        "sender_dependent_relayhost_maps lookup of s@a.example returns an empty"
                                + " string result",
                        "sender_dependent_relayhost_maps should return NO RESULT in case of NOT"
                                + " FOUND",
                        "sender_dependent_relayhost_maps lookup failure"),
                warnings);
    }

    /// relocated_prefix_enable, Postfix 3.11.
    @Test
    void withoutThePrefixRelocatedMapsSayStatusAndText() {
        String maps = "inline:{ {r@b.example = %s} }";
        for (String[] each :
                new String[][] {
                    {"yes", "5.2.1 gone", "error 5.1.6 User has moved to 5.2.1 gone"},
                    {"no", "5.2.1 gone", "error 5.2.1 gone"},
                    {"no", "4.2.1  later", "error 4.2.1 later"},
                    {"no", "r@new.example", "error 5.2.0 Mailbox is unavailable"},
                    {"no", "5.2.1", "error 5.2.0 Mailbox is unavailable"}
                }) {
            assertEquals(
                    each[2],
                    route(
                            with(
                                    "relocated_prefix_enable",
                                    each[0],
                                    "relocated_maps",
                                    maps.formatted(each[1]))),
                    each[1]);
        }
        assertEquals(
                List.of(
                        "relocated_maps result must contain RFC 3463 status and text:"
                                + " 'r@new.example'",
                        "relocated_maps result must contain RFC 3463 status and text: '5.2.1'"),
                warnings);
    }

    /// As Postfix, which was asked with a tcp: table before it: last, and what was answered holds
    /// for 30 seconds, that nothing could be answered does not.
    @Test
    void whatAnotherProgramSaysOfTheStarIsKept() {
        List<String> asked = new ArrayList<>();
        String[] star = {"discard:star"}; // empty: the program is away
        long[] nanos = {Long.MAX_VALUE};
        Clock clock =
                new Clock() {
                    @Override
                    public long wallMillis() {
                        return 0;
                    }

                    @Override
                    public long nanos() {
                        return nanos[0];
                    }
                };
        Table remote =
                new Table() {
                    @Override
                    public @Nullable String lookup(String key) {
                        asked.add(key);
                        if (key.equals("*") && star[0].isEmpty()) {
                            throw new TableException("away");
                        }
                        return key.equals("*") ? star[0] : null;
                    }

                    @Override
                    public String name() {
                        return "ldap:there";
                    }
                };
        for (String word : List.of("ldap:there", "proxy:ldap:there", "texthash:there")) {
            TrivialRewrite rewrite =
                    new TrivialRewrite(
                            ServiceSettings.none()
                                    .with(
                                            Map.of(
                                                    "myhostname",
                                                    "mx.own.example",
                                                    "transport_maps",
                                                    word)),
                            ignored -> remote,
                            clock,
                            warnings::add);
            boolean keeps = !word.startsWith("texthash:");
            star[0] = "discard:star";
            asked.clear();
            assertEquals("discard star", route(rewrite));
            assertEquals(List.of("r@b.example", "b.example", ".example", "*"), asked);
            star[0] = "discard:other";
            nanos[0] += 29_000_000_000L;
            assertEquals("discard " + (keeps ? "star" : "other"), route(rewrite), word);
            assertEquals(keeps ? 1 : 2, asked.stream().filter("*"::equals).count());
            star[0] = "";
            nanos[0] += 2_000_000_000L;
            assertThrows(TableException.class, () -> route(rewrite));
            star[0] = "discard:other";
            assertEquals("discard other", route(rewrite));
        }
    }
}
