package org.postrider.anvil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.Disk;
import org.postrider.disk.FaultyDisk;
import org.postrider.disk.RealDisk;
import org.postrider.threads.Supervisor;

/// Counts over a restart, over kill -9 and power loss at every call, and over damaged files.
class RateFileTest {
    private static final Path DIR = Path.of("/data");
    private static final Rates.Limit DAILY = new Rates.Limit(1_000, 86_400, Rates.Unit.MESSAGES);

    private final HandClock clock = new HandClock(1_800_000_000_000L);
    private final List<String> warnings = new ArrayList<>();

    /// One run of a mail system over a disk.
    private final class Run {
        final Rates rates = new Rates(clock, 10_000, warnings::add);
        final RateFile file;

        Run(Disk disk, Path directory) {
            file = new RateFile(disk, directory, rates, warnings::add);
            rates.collect(() -> {});
            file.load();
        }

        void mail(String login) {
            rates.take(key(login), DAILY, 1, true);
            rates.keep(key(login), DAILY, 1);
        }

        int count(String login) {
            return rates.count(key(login), DAILY);
        }
    }

    private static Rates.Key key(String login) {
        return new Rates.Key(Rates.Kind.LOGIN, login);
    }

    @Test
    void aStopAndAStartKeepAllCounts(@TempDir Path real) {
        Run first = new Run(new RealDisk(), real);
        for (int i = 0; i < 100; i++) {
            first.mail("u" + i % 10);
        }
        first.rates.take(key("u0"), DAILY, 1, true);
        first.file.close();
        clock.go(3_600_000);
        Run second = new Run(new RealDisk(), real);
        for (int i = 0; i < 10; i++) {
            assertEquals(10, second.count("u" + i), "what was on its way is not counted");
        }
        second.file.close();
        clock.go(25 * 3_600_000 + 2 * 3_600_000);
        assertEquals(0, new Run(new RealDisk(), real).count("u1"));
        assertEquals(List.of(), warnings);
    }

    @Test
    void aKillLosesOnlyWhatWasNotWritten(@TempDir Path real) {
        Random random = new Random(7);
        Map<String, Integer> written = new HashMap<>();
        for (int round = 0; round < 30; round++) {
            Run run = new Run(new RealDisk(), real);
            written.forEach((login, n) -> assertEquals(n, run.count(login), login));
            int saves = random.nextInt(4);
            for (int save = 0; save < saves; save++) {
                Map<String, Integer> batch = new HashMap<>();
                for (int i = random.nextInt(50); i > 0; i--) {
                    String login = "u" + random.nextInt(20);
                    run.mail(login);
                    batch.merge(login, 1, Integer::sum);
                }
                run.file.save(random.nextBoolean());
                batch.forEach((login, n) -> written.merge(login, n, Integer::sum));
                clock.go(random.nextInt(3_000));
            }
            run.mail("lost");
            assertEquals(1, run.count("lost"));
        }
        assertEquals(List.of(), warnings);
    }

    /// Says what it did; ends early where the disk crashes.
    private void scenario(FaultyDisk disk, long seed, int[] kept, int[] saved, int[] forced) {
        Random random = new Random(seed);
        try {
            Run run = new Run(disk, DIR);
            for (int i = 0; i < 40; i++) {
                for (int k = random.nextInt(5); k > 0; k--) {
                    run.mail("joe");
                    kept[0]++;
                }
                boolean force = i % 7 == 0;
                run.file.save(force);
                saved[0] = kept[0];
                forced[0] = force ? kept[0] : forced[0];
                if (i == 20) {
                    run.file.close();
                    run = new Run(disk, DIR);
                    run.file.save(true);
                    forced[0] = kept[0];
                }
            }
        } catch (FaultyDisk.Crash e) {
            // what the disk holds counts now
        }
    }

    /// @return what is wrong behind a crash at this call, null for nothing
    private @Nullable String crashed(FaultyDisk disk, long seed, long at, FaultyDisk.Fate fate) {
        int[] kept = {0};
        int[] saved = {0};
        int[] forced = {0};
        disk.crashAt(at);
        scenario(disk, seed, kept, saved, forced);
        FaultyDisk after = disk.afterCrash(fate, at);
        Run next = new Run(after, DIR);
        int found = next.count("joe");
        next.mail("joe");
        next.file.save(true);
        String where = "seed " + seed + ", call " + at + ", " + fate + ": ";
        if (found > kept[0]) {
            return where + "counted twice";
        }
        if (found < forced[0]) {
            return where + "forced counts are lost";
        }
        if (fate == FaultyDisk.Fate.ALL && found < saved[0]) {
            return where + "kill -9 loses what was written";
        }
        return new Run(after, DIR).count("joe") == found + 1 ? null : where + "it does not go on";
    }

    @Test
    void everyCrashPointLeavesCountsThatAreTrue() {
        int points = 0;
        for (long seed = 1; seed <= 5; seed++) {
            FaultyDisk whole = new FaultyDisk();
            scenario(whole, seed, new int[1], new int[1], new int[1]);
            for (long at = 1; at <= whole.calls(); at++) {
                for (FaultyDisk.Fate fate : FaultyDisk.Fate.values()) {
                    assertNull(crashed(new FaultyDisk(), seed, at, fate));
                    points++;
                }
            }
        }
        System.out.println("rates: " + points + " crash points");
        assertTrue(points > 1_000, points + " points");
    }

    @Test
    void theCrashTestSeesForcesThatAreLeftOut() {
        int seen = 0;
        for (long at = 1; at <= 60; at++) {
            FaultyDisk data = new FaultyDisk();
            data.lieAboutData();
            FaultyDisk names = new FaultyDisk();
            names.lieAboutNames();
            seen += crashed(data, 1, at, FaultyDisk.Fate.NONE) == null ? 0 : 1;
            seen += crashed(names, 1, at, FaultyDisk.Fate.NONE) == null ? 0 : 1;
        }
        assertTrue(seen > 20, seen + " seen");
    }

    @Test
    void aDiskThatFailsIsToldOnceAndAllIsSavedWhenItIsBack() {
        FaultyDisk disk = new FaultyDisk();
        Run run = new Run(disk, DIR);
        run.mail("joe");
        run.file.save(true);
        disk.failAt(disk.calls() + 1, disk.calls() + 40, "No space left on device");
        for (int i = 0; i < 5; i++) {
            run.mail("joe");
            run.file.save(true);
        }
        assertEquals(1, warnings.size(), warnings.toString());
        disk.failAt(Long.MAX_VALUE, Long.MAX_VALUE, "");
        run.mail("joe");
        run.file.save(true);
        assertEquals(7, new Run(disk, DIR).count("joe"));
    }

    private static byte[] read(Disk disk, Path path) throws IOException {
        try (Disk.File file = disk.openToRead(path)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.size());
            file.read(all, 0);
            return all.array();
        }
    }

    private static FaultyDisk with(Map<Path, byte[]> files) throws IOException {
        FaultyDisk disk = new FaultyDisk();
        for (Map.Entry<Path, byte[]> each : files.entrySet()) {
            disk.open(each.getKey()).write(ByteBuffer.wrap(each.getValue()), 0);
        }
        return disk;
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] bad = good.clone();
        switch (random.nextInt(5)) {
            case 0 -> bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bad = java.util.Arrays.copyOf(bad, random.nextInt(bad.length));
            case 2 -> {
                int from = random.nextInt(bad.length);
                int to = Math.min(bad.length, from + 1 + random.nextInt(512));
                java.util.Arrays.fill(bad, from, to, (byte) (random.nextBoolean() ? 0 : 0xff));
            }
            case 3 -> random.nextBytes(bad);
            default -> {
                int at = random.nextInt(Math.max(1, bad.length - 4));
                ByteBuffer.wrap(bad).putInt(at, random.nextInt());
            }
        }
        return bad;
    }

    @Test
    void aThousandDamagedFilesNeverSpoilAStart() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        Run first = new Run(disk, DIR);
        for (int i = 0; i < 200; i++) {
            first.mail("u" + i % 10);
        }
        first.file.close();
        Run second = new Run(disk, DIR);
        second.file.save(true);
        for (int i = 0; i < 200; i++) {
            second.mail("u" + i % 10);
            if (i % 20 == 0) {
                second.file.save(true);
            }
        }
        second.file.save(true);
        Map<Path, byte[]> good = new HashMap<>();
        for (String name : disk.list(DIR)) {
            good.put(DIR.resolve(name), read(disk, DIR.resolve(name)));
        }
        assertEquals(2, good.size(), good.keySet().toString());
        assertEquals(List.of(), warnings);
        int told = 0;
        for (long seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            Map<Path, byte[]> files = new HashMap<>(good);
            Path victim = new ArrayList<>(good.keySet()).get(random.nextInt(good.size()));
            byte[] intact = java.util.Objects.requireNonNull(good.get(victim));
            byte[] bad = damaged(intact, random);
            files.put(victim, bad);
            warnings.clear();
            FaultyDisk broken = with(files);
            Run run = new Run(broken, DIR);
            int sum = 0;
            for (int u = 0; u < 10; u++) {
                assertTrue(run.count("u" + u) <= 40, "seed " + seed);
                sum += run.count("u" + u);
            }
            told += warnings.isEmpty() ? 0 : 1;
            assertTrue(
                    sum == 400 || !warnings.isEmpty() || bad.length < intact.length,
                    "lost in silence: seed " + seed);
            run.mail("new");
            run.file.save(true);
            run.file.close();
            warnings.clear();
            Run again = new Run(broken, DIR);
            assertEquals(1, again.count("new"), "seed " + seed);
            assertEquals(List.of(), warnings, "the damage is gone: seed " + seed);
        }
        assertTrue(told > 900, told + " told");
    }

    @Test
    void aClockSetBackForgetsNothing(@TempDir Path real) {
        Run first = new Run(new RealDisk(), real);
        first.mail("joe");
        first.file.close();
        clock.go(-40L * 86_400_000);
        Run second = new Run(new RealDisk(), real);
        assertEquals(1, second.count("joe"));
        clock.go(26 * 3_600_000 + 3_600_000);
        assertEquals(0, second.count("joe"));
    }

    @Test
    void aSecondMailSystemDoesNotTouchTheFiles() {
        FaultyDisk disk = new FaultyDisk();
        try (SavedRates one =
                        new SavedRates(
                                disk, DIR, Supervisor.alone(), clock, 100, 1_000, warnings::add);
                SavedRates two =
                        new SavedRates(
                                disk, DIR, Supervisor.alone(), clock, 100, 1_000, warnings::add)) {
            one.rates().keep(key("joe"), DAILY, 1);
            two.rates().keep(key("ann"), DAILY, 1);
            assertEquals(1, warnings.size(), warnings.toString());
            assertTrue(warnings.getFirst().contains("in use by another"));
        }
        try (SavedRates three =
                new SavedRates(disk, DIR, Supervisor.alone(), clock, 100, 1_000, warnings::add)) {
            assertEquals(1, three.rates().count(key("joe"), DAILY));
            assertEquals(0, three.rates().count(key("ann"), DAILY));
        }
        assertFalse(disk.list(DIR).isEmpty());
    }

    @Test
    void whatADestinationHadCountsAfterARestart() {
        FaultyDisk disk = new FaultyDisk();
        Rates.Key to = new Rates.Key(Rates.Kind.DESTINATION, "smtp example.com");
        try (SavedRates one =
                new SavedRates(disk, DIR, Supervisor.alone(), clock, 100, 1_000, warnings::add)) {
            one.rates().take(to, DAILY, 2, true);
            one.rates().keep(to, DAILY, 2);
        }
        clock.go(60_000);
        try (SavedRates two =
                new SavedRates(disk, DIR, Supervisor.alone(), clock, 100, 1_000, warnings::add)) {
            assertEquals(2, two.rates().count(to, DAILY));
        }
    }

    @Test
    void nothingIsOpenedBeforeSomethingIsLimited() {
        FaultyDisk disk = new FaultyDisk();
        new SavedRates(disk, DIR, Supervisor.alone(), clock, 100, 1_000, warnings::add).close();
        assertEquals(0, disk.calls());
    }
}
