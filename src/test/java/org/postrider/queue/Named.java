package org.postrider.queue;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Attributes by the names that they have on disk, for tests.
public final class Named {
    private Named() {}

    public static Attributes of(Map<String, String> all) {
        NamedAttributes.Reader reader = new NamedAttributes.Reader();
        all.forEach(reader::attribute);
        return reader.read();
    }

    /// @param pairs names and values by turns
    public static Attributes of(String... pairs) {
        NamedAttributes.Reader reader = new NamedAttributes.Reader();
        for (int i = 0; i < pairs.length; i += 2) {
            reader.attribute(pairs[i], pairs[i + 1]);
        }
        return reader.read();
    }

    /// @return the value of one; null where it is not said
    public static @Nullable String find(Envelope envelope, String name) {
        Map<String, String> all = new HashMap<>();
        NamedAttributes.each(envelope.attributes(), all::put);
        return all.get(name);
    }
}
