package org.postrider.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.Until;
import org.postrider.config.ConfigException;
import org.postrider.maps.Opening;
import org.postrider.maps.TableException;
import org.postrider.threads.Supervisor;

/// What is known outlives the server, whenever that ends, and damage costs what it damages.
final class CacheFileTest {
    private static final SavedCache.Bounds BOUNDS =
            new SavedCache.Bounds(1000, 43_200, new Ages(2_678_400, 604_800, 259_200, 10_800));

    @TempDir Path directory;
    private final HandClock clock = new HandClock();
    private final Supervisor threads = Supervisor.alone();
    private final List<String> said = new ArrayList<>();

    private Opening opening() {
        return new Opening(clock, threads, name -> null, said::add);
    }

    private String map(String type) {
        return type + ":" + directory.resolve("verify_cache");
    }

    private SavedCache cache(String map) {
        return new SavedCache(map, BOUNDS, opening(), threads, said::add, said::add);
    }

    private CacheEntry entry(AddressStatus status, String text) {
        return new CacheEntry(status, 0, clock.seconds(), text);
    }

    private Map<String, String> read(String map) {
        Map<String, String> all = new TreeMap<>();
        Objects.requireNonNull(CacheFile.of(map, opening())).load(all::put);
        all.remove("_LAST_CACHE_CLEANUP_COMPLETED_");
        return all;
    }

    /// Keys of LMDB have at most 511 octets: one that is longer costs nothing of the others.
    @Test
    void aLongAddressIsInNoFileThatCannotHoldIt() {
        Needs.library("liblmdb.so.0");
        String address = "x".repeat(600) + "@b.example";
        for (String type : List.of("btree", "lmdb")) {
            try (SavedCache before = cache(map(type))) {
                before.put(address, entry(AddressStatus.UNDELIVERABLE, "550 no"));
                before.put("a@b.example", entry(AddressStatus.DELIVERABLE, "250 Ok"));
            }
            try (SavedCache after = cache(map(type))) {
                assertNotNull(after.get("a@b.example"), type + said);
                assertEquals(type.equals("btree"), after.get(address) != null, type);
            }
        }
    }

    @Test
    void whatIsKnownIsThereAfterARestart() {
        for (String type : List.of("btree", "hash", "cdb", "proxy:btree")) {
            try (SavedCache before = cache(map(type))) {
                before.put("a@b.example", entry(AddressStatus.DELIVERABLE, "250 Ok: as it was"));
                before.put("c@b.example", entry(AddressStatus.UNDELIVERABLE, "550 no: really"));
                before.put("d@b.example", CacheEntry.asked(clock.seconds()));
            }
            try (SavedCache after = cache(map(type))) {
                assertEquals(
                        entry(AddressStatus.DELIVERABLE, "250 Ok: as it was"),
                        after.get("a@b.example"));
                assertEquals(
                        entry(AddressStatus.UNDELIVERABLE, "550 no: really"),
                        after.get("c@b.example"));
                assertEquals(2, after.size(), "a probe is gone with its server");
            }
        }
    }

    @Test
    void wherePostfixKeepsNothingNothingIsKept() {
        for (String map : List.of("", "internal:x")) {
            try (SavedCache before = cache(map)) {
                before.put("a@b.example", entry(AddressStatus.DELIVERABLE, "250 Ok"));
            }
            try (SavedCache after = cache(map)) {
                assertEquals(0, after.size());
            }
        }
    }

    @Test
    void aTableThatCannotBeWrittenIsNamed() {
        for (String map : List.of("regexp:/x", "memcache:/x", "x", "sqlite:/x")) {
            ConfigException e = assertThrows(ConfigException.class, () -> cache(map));
            assertTrue(String.valueOf(e.getMessage()).contains(map), e.getMessage());
        }
    }

    @Test
    void aKillAtAnyOctetLeavesTheLastFileOrTheOneBefore() throws IOException {
        String map = map("btree");
        CacheFile file = Objects.requireNonNull(CacheFile.of(map, opening()));
        Map<String, String> before =
                new TreeMap<>(Map.of("old@b.example", "0:0:1795000000:250 ok"));
        file.save(List.copyOf(before.entrySet()));
        byte[] old = Files.readAllBytes(file.file());
        Map<String, String> after = new TreeMap<>(before);
        after.put("new@b.example", "2:0:1795000000:550 no");
        file.save(List.copyOf(after.entrySet()));
        byte[] fresh = Files.readAllBytes(file.file());
        Path beside = Path.of(file.file() + ".tmp");
        for (int cut = 0; cut <= fresh.length; cut += 97) {
            Files.write(file.file(), old);
            Files.write(beside, Arrays.copyOf(fresh, cut));
            assertEquals(before, read(map), "cut at " + cut);
        }
        Files.move(beside, file.file(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.write(file.file(), fresh);
        assertEquals(after, read(map));
        file.save(List.copyOf(before.entrySet()));
        assertEquals(before, read(map));
    }

    @Test
    void aDamagedFileIsReadAsFarAsItGoesAndKeepsNobodyFromStarting() throws IOException {
        String map = map("cdb");
        CacheFile file = Objects.requireNonNull(CacheFile.of(map, opening()));
        List<Map.Entry<String, String>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(Map.entry("user" + i + "@b.example", (i % 3) + ":0:1795000000:text " + i));
        }
        file.save(all);
        byte[] whole = Files.readAllBytes(file.file());
        Random random = new Random(45);
        for (int round = 0; round < 300; round++) {
            byte[] damaged =
                    Arrays.copyOf(
                            whole, round % 4 == 0 ? random.nextInt(whole.length) : whole.length);
            for (int k = 0; k < 1 + round % 7 && damaged.length > 0; k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Files.write(file.file(), damaged);
            try (SavedCache cache = cache(map)) {
                assertTrue(cache.size() <= 1000, "round " + round);
            }
        }
    }

    @Test
    void whatIsNoEntryIsLeftOut() {
        for (String line :
                List.of(
                        "",
                        "0",
                        "0:0",
                        "0:0:1",
                        "4:0:1795000000:x",
                        "-1:0:1795000000:x",
                        "0:0:0:never heard",
                        "3:1795000000:0:asked",
                        "0:0:99999999999999:late",
                        "x:0:1795000000:x")) {
            assertEquals(null, CacheEntry.parse(line), line);
        }
        assertEquals(
                "2:0:1795000000:a:b",
                Objects.requireNonNull(CacheEntry.parse("2:7:1795000000:a:b")).line());
    }

    @Test
    void whatIsTooOldIsForgottenAndSaid() throws InterruptedException {
        String map = map("btree");
        try (SavedCache before = cache(map)) {
            before.put("good@b.example", entry(AddressStatus.DELIVERABLE, "250 Ok"));
            before.put("bad@b.example", entry(AddressStatus.UNDELIVERABLE, "550 no"));
        }
        clock.go(259_201);
        said.clear();
        try (SavedCache after = cache(map)) {
            Until.seen("one is left", () -> after.size() == 1);
        }
        assertEquals(List.of("cache " + map + " full cleanup: retained=1 dropped=1 entries"), said);
        assertEquals(List.of("good@b.example"), List.copyOf(read(map).keySet()));
    }

    @Test
    void aCacheThatCannotBeReadIsSaid() throws IOException {
        Files.createDirectories(directory.resolve("verify_cache.cdb"));
        try (SavedCache cache = cache(map("cdb"))) {
            assertEquals(0, cache.size());
        }
        assertTrue(said.stream().anyMatch(each -> each.contains("asked for anew")), said::toString);
        assertThrows(TableException.class, () -> read(map("cdb")));
    }

    /// In the words of real Postfix, whose verify says them when it starts.
    @Test
    void whatIsInADirectoryOfOthersIsInTheDataDirectory() {
        java.util.function.Function<String, String> settings =
                name -> name.equals("data_directory") ? directory.toString() : "nobody-at-all";
        Path others = Path.of("/usr");
        String own = "btree:" + directory.resolve("own");
        assertEquals(own, CacheFile.place(own, settings::apply, said::add));
        String missing = "cdb:" + directory.resolve("none/cache");
        assertEquals(missing, CacheFile.place(missing, settings::apply, said::add));
        assertEquals(List.of(), said);
        assertEquals(
                "btree:" + directory.resolve("cache"),
                CacheFile.place("btree:" + others.resolve("cache"), settings::apply, said::add));
        assertEquals(
                List.of(
                        "request to update table btree:"
                                + others.resolve("cache")
                                + " in non-nobody-at-all directory "
                                + others,
                        "redirecting the request to nobody-at-all-owned data_directory "
                                + directory),
                said);
    }
}
