package org.postrider.command.heard;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.command.OctetOut;

/// Values of JSON (RFC 8259): maps, lists, texts, numbers, booleans, null.
public final class Json {
    private Json() {}

    public static void write(@Nullable Object value, OctetOut out) throws IOException {
        switch (value) {
            case null -> out.text("null");
            case Map<?, ?> map -> {
                String before = "{";
                for (Map.Entry<?, ?> each : map.entrySet()) {
                    out.text(before).json(String.valueOf(each.getKey())).text(": ");
                    write(each.getValue(), out);
                    before = ", ";
                }
                out.text(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                String before = "[";
                for (Object each : list) {
                    out.text(before);
                    write(each, out);
                    before = ", ";
                }
                out.text(list.isEmpty() ? "[]" : "]");
            }
            case Boolean yes -> out.text(yes.toString());
            case Number number -> out.text(number.toString());
            default -> out.json(value.toString());
        }
    }
}
