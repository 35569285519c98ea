package org.postrider.maps.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;

/// `socketmap:inet:host:port:name` and `socketmap:unix:path:name` (socketmap_table(5)): netstrings
/// `name key`, answered by `OK value`, `NOTFOUND`, `TEMP`, `TIMEOUT` or `PERM`. Case counts.
public final class SocketmapTable implements Table, AutoCloseable {
    private static final long MILLIS = 100_000;

    private final String name;
    private final String map;
    private final int longest;
    private final Wire wire;

    /// @param address without `socketmap:`
    /// @param longest socketmap_max_reply_size
    public SocketmapTable(String name, String address, int longest) {
        int colon = address.lastIndexOf(':');
        if (colon <= 0 || !address.startsWith("inet:") && !address.startsWith("unix:")) {
            throw new IllegalArgumentException(
                    "socketmap:"
                            + address
                            + ": need socketmap:inet:host:port:name or socketmap:unix:path:name");
        }
        this.name = name;
        this.map = address.substring(colon + 1);
        this.longest = longest;
        this.wire = new Wire(name, address.substring(0, colon), MILLIS);
    }

    @Override
    public @Nullable String lookup(String key) {
        String request = map + " " + key;
        String answer =
                wire.ask((in, out) -> {
                    Wire.write(out, request.length() + ":" + request + ",");
                    return netstring(in);
                });
        int space = answer.indexOf(' ');
        String status = space < 0 ? answer : answer.substring(0, space);
        String text = space < 0 ? "" : answer.substring(space + 1);
        return switch (status) {
            case "OK" -> text;
            case "NOTFOUND" -> null;
            case "TEMP", "TIMEOUT", "PERM" ->
                    throw new TableException(name + ": " + status + " " + text);
            default -> throw new TableException(name + ": unexpected reply status: " + status);
        };
    }

    private String netstring(InputStream in) throws IOException {
        int length = 0;
        int digits = 0;
        for (int c = in.read(); c != ':'; c = in.read()) {
            if (c < '0' || c > '9' || ++digits > 9) {
                throw new IOException("bad netstring length");
            }
            length = 10 * length + c - '0';
        }
        if (digits == 0 || length > longest) {
            throw new IOException("netstring longer than " + longest + " octets");
        }
        byte[] octets = in.readNBytes(length);
        if (octets.length < length || in.read() != ',') {
            throw new IOException("netstring cut short");
        }
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean patterned() {
        return true;
    }

    @Override
    public void close() {
        wire.close();
    }
}
