package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.time.Clock;

/// What each table type keeps: the value, null for what is not there, any thread, hostile keys are
/// plain keys, and a source that is gone is a fault and never "not found".
class TableContractTest {
    private static final List<String> HOSTILE =
            List.of(
                    "",
                    "*",
                    "..",
                    "/etc/passwd",
                    "a)(uid=*",
                    "x' --",
                    "a\nb",
                    "a\0b",
                    "\u00ff\u00fe",
                    "k".repeat(100_000),
                    "$key ${key}",
                    "%s%s%n");

    @TempDir Path temp;

    /// Types that hold `key` with `value` and nothing else.
    private Map<String, String> tables() throws IOException {
        Path text = temp.resolve("text");
        Files.writeString(text, "key value\n");
        List<Map.Entry<String, String>> one = List.of(Map.entry("key", "value"));
        new IndexWriter("cdb", temp.resolve("c"), 0).create(one, false);
        new IndexWriter("lmdb", temp.resolve("l"), 1 << 20).create(one, false);
        new IndexWriter("cdb", temp.resolve("h"), 0).create(one, false);
        Files.writeString(temp.resolve("rules"), "/^key$/ value\n");
        return Map.ofEntries(
                Map.entry("texthash", "texthash:" + text),
                Map.entry("hash from its text", "hash:" + text),
                Map.entry("hash from its index", "hash:" + temp.resolve("h")),
                Map.entry("btree", "btree:" + text),
                Map.entry("dbm", "dbm:" + text),
                Map.entry("cdb", "cdb:" + temp.resolve("c")),
                Map.entry("lmdb", "lmdb:" + temp.resolve("l")),
                Map.entry("inline", "inline:{key=value}"),
                Map.entry("regexp", "regexp:" + temp.resolve("rules")),
                Map.entry("pcre", "pcre:" + temp.resolve("rules")),
                Map.entry("unionmap", "unionmap:{inline:{key=value},inline:{a=b}}"),
                Map.entry("pipemap", "pipemap:{inline:{key=x},inline:{x=value}}"),
                Map.entry("proxy", "proxy:texthash:" + text),
                Map.entry("debug", "debug:texthash:" + text));
    }

    @Test
    void everyTypeKeepsTheContract() throws Exception {
        Needs.library("liblmdb.so.0");
        Needs.library("libpcre2-8.so.0");
        try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor();
                TableDirectory directory = new TableDirectory(Clock.system(), "hash")) {
            for (Map.Entry<String, String> each : tables().entrySet()) {
                Table table = directory.open(each.getValue());
                String type = each.getKey();
                assertEquals("value", table.lookup("key"), type);
                assertEquals("value", table.lookup("KEY"), type + " folds case");
                assertEquals(null, table.lookup("nokey"), type);
                for (String key : HOSTILE) {
                    assertEquals(null, table.lookup(key), type + " " + key);
                }
                List<Callable<String>> asks = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    asks.add(() -> String.valueOf(table.lookup("key")));
                }
                for (Future<String> answer : many.invokeAll(asks)) {
                    assertEquals("value", answer.get(), type);
                }
            }
        }
    }

    @Test
    void aSourceThatIsNotThereIsAFault() {
        TableDirectory directory = new TableDirectory(Clock.system(), "hash");
        for (String type :
                List.of(
                        "texthash",
                        "hash",
                        "btree",
                        "dbm",
                        "cdb",
                        "lmdb",
                        "regexp",
                        "pcre",
                        "cidr",
                        "memcache",
                        "mysql",
                        "pgsql",
                        "sqlite",
                        "ldap")) {
            Table table = directory.open(type + ":" + temp.resolve("none"));
            assertThrows(TableException.class, () -> table.lookup("key"), type);
            assertThrows(TableException.class, () -> table.lookup("key"), type + " again");
        }
        for (String spec :
                List.of(
                        "tcp:127.0.0.1:1",
                        "socketmap:inet:127.0.0.1:1:x",
                        "socketmap:unix:" + temp.resolve("none") + ":x",
                        "nosuch:x",
                        "fail:x",
                        "unix:nosuch",
                        "unionmap:{inline:{key=value},fail:x}",
                        "tcp:nocolon",
                        "inline:{",
                        "inline:{}",
                        "inline:{ }",
                        "inline:{key=value}{a=b}",
                        "inline:{{key=value}{a=b}}",
                        "inline:{{key=value}x, a=b}",
                        "static:{value",
                        "static:{value}x",
                        "randmap:value",
                        "randmap:{value}x",
                        "unionmap:static:value",
                        "unionmap:{static:value}x",
                        "pipemap:{static:value",
                        "pipemap:{static:value,value}",
                        "pipemap:{internal:x,nosuch:x}",
                        "cidr:{{0.0.0.0/0 value}}x",
                        "regexp:{{/key/ value}",
                        "pcre:{{/key/ value}x}")) {
            Table table = directory.open(spec);
            assertThrows(TableException.class, () -> table.lookup("key"), spec);
        }
    }

    @Test
    void aFileThatComesLaterIsFoundAndOneThatGoesLeavesTheLastGoodState() throws IOException {
        long[] now = {0};
        Clock clock =
                new Clock() {
                    @Override
                    public long wallMillis() {
                        return 0;
                    }

                    @Override
                    public long nanos() {
                        return now[0] += 2_000_000_000L;
                    }
                };
        Path file = temp.resolve("later");
        Table table = new TableDirectory(clock, "hash").open("texthash:" + file);
        assertThrows(TableException.class, () -> table.lookup("key"));
        Files.writeString(file, "key value\n");
        assertEquals("value", table.lookup("key"));
        Files.writeString(file, "key other value\n");
        assertEquals("other value", table.lookup("key"));
        Files.delete(file);
        assertEquals("other value", table.lookup("key"));
    }
}
