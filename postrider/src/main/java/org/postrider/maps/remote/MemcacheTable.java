package org.postrider.maps.remote;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// `memcache:/file` (memcache_table(5)), the ASCII protocol; an optional `backup` table answers
/// what the server does not.
public final class MemcacheTable implements Table, AutoCloseable {
    private final String name;
    private final String keyFormat;
    private final int longestLine;
    private final int longestData;
    private final int tries;
    private final QueryText text;
    private final @Nullable Table backup;
    private final Wire wire;

    public MemcacheTable(String name, TableSettings settings, Tables tables) {
        this.name = name;
        keyFormat = settings.text("key_format", "%s");
        longestLine = settings.number("line_size_limit", 1024, 1);
        longestData = settings.number("data_size_limit", 10240, 1);
        tries = settings.number("max_try", 2, 1);
        text = new QueryText(name, settings, tables);
        String second = settings.text("backup");
        backup = second == null || second.isEmpty() ? null : tables.open(second);
        String address = settings.text("memcache", "inet:localhost:11211");
        wire = new Wire(name, address, 1000L * settings.number("timeout", 2, 1));
    }

    /// [Table#lookup] or [Table#lookupWhole].
    private interface Asking {
        @Nullable String of(Table table, String key);
    }

    @Override
    public @Nullable String lookup(String key) {
        return found(key, Table::lookup);
    }

    @Override
    public @Nullable String lookupWhole(String key) {
        return found(key, Table::lookupWhole);
    }

    private @Nullable String behind(String key, Asking asking) {
        return backup == null ? null : asking.of(backup, key);
    }

    private @Nullable String found(String key, Asking asking) {
        if (!text.asked(key)) {
            return null;
        }
        String asked = QueryText.query(keyFormat, key, part -> part);
        if (asked == null || asked.isEmpty()) {
            return null;
        }
        if (asked.length() > 250 || asked.chars().anyMatch(c -> c <= ' ' || c == 127)) {
            // memcached has no such key.
            return behind(key, asking);
        }
        for (int tried = 1; ; tried++) {
            try {
                String found =
                        wire.ask((in, out) -> {
                            Wire.write(out, "get " + asked + "\r\n");
                            String line = Wire.line(in, longestLine);
                            if (line.equals("END")) {
                                return "";
                            }
                            List<String> words = List.of(line.split(" ", -1));
                            int length =
                                    words.size() < 4 || !words.getFirst().equals("VALUE")
                                            ? -1
                                            : Integer.parseInt(words.get(3));
                            if (length < 0 || length > longestData) {
                                throw new java.io.IOException("bad reply: " + line);
                            }
                            byte[] octets = in.readNBytes(length);
                            Wire.line(in, 2);
                            Wire.line(in, longestLine);
                            return " " + new String(octets, StandardCharsets.ISO_8859_1);
                        });
                if (!found.isEmpty()) {
                    return found.substring(1);
                }
                return behind(key, asking);
            } catch (TableException | NumberFormatException e) {
                if (tried >= tries) {
                    if (backup != null) {
                        return behind(key, asking);
                    }
                    throw new TableException(name + ": " + e.getMessage());
                }
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {
        wire.close();
    }
}
