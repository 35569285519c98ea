package org.postrider.maps.remote;

import org.jspecify.annotations.Nullable;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;

/// `tcp:host:port` (tcp_table(5)): `get KEY`, answered by `200 value`, `400 trouble` or `500 not
/// found`, `%XX` for octets that a line cannot hold. Case counts. Asked with whole keys only.
public final class TcpTable implements Table, AutoCloseable {
    private static final int LONGEST = 4096;
    private static final long MILLIS = 100_000;
    private static final String HEX = "0123456789ABCDEF";

    private final String name;
    private final Wire wire;

    public TcpTable(String name, String address) {
        this.name = name;
        this.wire = new Wire(name, address, MILLIS);
    }

    @Override
    public @Nullable String lookup(String key) {
        String answer =
                wire.ask((in, out) -> {
                    Wire.write(out, "get " + quoted(key) + "\n");
                    return Wire.line(in, LONGEST);
                });
        String text = answer.length() > 4 ? answer.substring(4).strip() : "";
        boolean status = answer.length() >= 4 && answer.charAt(3) == ' ';
        if (status && answer.startsWith("500")) {
            return null;
        }
        if (status && answer.startsWith("200")) {
            return unquoted(text);
        }
        throw new TableException(
                name + ": " + (status && answer.startsWith("400") ? text : "bad reply: " + answer));
    }

    private static String quoted(String key) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c <= ' ' || c >= 127 || c == '%') {
                out.append('%').append(HEX.charAt(c >> 4 & 15)).append(HEX.charAt(c & 15));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private String unquoted(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            int high = i + 1 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                throw new TableException(name + ": bad %XX in reply: " + text);
            }
            out.append((char) (high * 16 + low));
            i += 2;
        }
        return out.toString();
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
