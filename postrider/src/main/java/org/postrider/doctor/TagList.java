package org.postrider.doctor;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;

/// `v=DMARC1; p=none`: tags of a record, in their order.
///
/// @param tags by name in lower case
record TagList(Map<String, String> tags) {
    /// @return null if it is no such list, or a tag is there twice
    static @Nullable TagList of(String text) {
        Map<String, String> out = new LinkedHashMap<>();
        String[] parts = text.split(";", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i].strip();
            if (part.isEmpty() && i == parts.length - 1) {
                continue;
            }
            int equals = part.indexOf('=');
            if (equals <= 0) {
                return null;
            }
            String name = Fold.lower(part.substring(0, equals).strip());
            if (out.put(name, part.substring(equals + 1).strip()) != null) {
                return null;
            }
        }
        return new TagList(out);
    }

    /// Empty where it is not there.
    String tag(String name) {
        return tags.getOrDefault(name, "");
    }
}
