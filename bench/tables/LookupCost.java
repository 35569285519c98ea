import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.postrider.maps.IndexWriter;
import org.postrider.maps.Table;
import org.postrider.maps.TableDirectory;
import org.postrider.time.Clock;

/// What one lookup costs, by table type: medians of 9 rounds, in nanoseconds. Run by lookup-cost.
class LookupCost {
    private static final int ENTRIES = 20_000;
    private static final int ROUNDS = 9;
    private static long sink;

    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args[0]);
        List<String> keys = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        List<Map.Entry<String, String>> entries = new ArrayList<>();
        for (int i = 0; i < ENTRIES; i++) {
            String key = "user" + i + "@example.com";
            keys.add(key);
            text.append(key).append(" box").append(i).append('\n');
            entries.add(Map.entry(key, "box" + i));
        }
        java.util.Collections.shuffle(keys, new Random(1));
        Files.writeString(dir.resolve("t"), text);
        new IndexWriter("cdb", dir.resolve("t"), 0).create(entries, false);
        new IndexWriter("lmdb", dir.resolve("t"), 64 << 20).create(entries, false);
        StringBuilder cidr = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            cidr.append("10.").append(i).append(".0.0/16 net").append(i).append('\n');
        }
        Files.writeString(dir.resolve("c"), cidr);
        Map<String, String> specs = new LinkedHashMap<>();
        specs.put("inline", "inline:{" + "user1@example.com=x}");
        specs.put("static", "static:x");
        specs.put("texthash", "texthash:" + dir.resolve("t"));
        specs.put("hash (cdb index)", "hash:" + dir.resolve("t"));
        if (Files.exists(dir.resolve("db.db"))) {
            specs.put("hash (Berkeley DB)", "hash:" + dir.resolve("db"));
        }
        specs.put("cdb", "cdb:" + dir.resolve("t"));
        specs.put("lmdb", "lmdb:" + dir.resolve("t"));
        specs.put("unionmap of two", "unionmap:{cdb:" + dir.resolve("t") + ",inline:{a=b}}");
        specs.put("pipemap of two", "pipemap:{cdb:" + dir.resolve("t") + ",static:x}");
        System.out.printf("%-28s %10s%n", "type, " + ENTRIES + " entries", "ns/lookup");
        try (TableDirectory tables = new TableDirectory(Clock.system(), "hash")) {
            for (Map.Entry<String, String> e : specs.entrySet()) {
                cost(e.getKey(), tables.open(e.getValue()), keys);
            }
            cost("unix:passwd.byname", tables.open("unix:passwd.byname"), List.of("root", "nobody"));
            List<String> addresses = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                addresses.add("10." + i + ".1.2");
            }
            cost("cidr, 100 rules", tables.open("cidr:" + dir.resolve("c")), addresses);
            System.out.printf("%n%-28s %10s %14s%n", "patterns", "ns/lookup", "ns/pattern");
            String header = "Subject: an ordinary header of some sixty octets, no match at all";
            for (String type : List.of("regexp", "pcre")) {
                for (int n : new int[] {1, 10, 100}) {
                    StringBuilder rules = new StringBuilder();
                    for (int i = 0; i < n; i++) {
                        rules.append("/^X-Spam-" + i + ": (yes|maybe).*score=([0-9]+)/ REJECT $2\n");
                    }
                    Path file = dir.resolve(type + n);
                    Files.writeString(file, rules);
                    double ns = measured(tables.open(type + ":" + file), List.of(header), 2_000);
                    System.out.printf(
                            "%-28s %10.0f %14.0f%n", type + ", anchored, " + n, ns, ns / n);
                    rules.setLength(0);
                    for (int i = 0; i < n; i++) {
                        rules.append("/(buy|sell)[[:space:]]+thing" + i + "[a-z]*now/ REJECT\n");
                    }
                    file = dir.resolve(type + "u" + n);
                    Files.writeString(file, rules);
                    ns = measured(tables.open(type + ":" + file), List.of(header), 1_000);
                    System.out.printf(
                            "%-28s %10.0f %14.0f%n", type + ", unanchored, " + n, ns, ns / n);
                }
            }
        }
        System.err.println(sink);
    }

    private static void cost(String name, Table table, List<String> keys) {
        System.out.printf("%-28s %10.0f%n", name, measured(table, keys, 200_000));
    }

    private static double measured(Table table, List<String> keys, int lookups) {
        String[] all = keys.toArray(new String[0]);
        double[] rounds = new double[ROUNDS];
        for (int r = -3; r < ROUNDS; r++) {
            long start = System.nanoTime();
            for (int i = 0; i < lookups; i++) {
                String found = table.lookup(all[i % all.length]);
                sink += found == null ? 1 : found.length();
            }
            if (r >= 0) {
                rounds[r] = (System.nanoTime() - start) / (double) lookups;
            }
        }
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }
}
