package org.postrider.authentication.field;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;

/// What a field Authentication-Results or ARC-Authentication-Results says (RFC 8601 2.2).
///
/// @param identifier of whose word it is (authserv-id), as written
/// @param results at most [#MOST]; one that cannot be read is left out
public record ResultsField(String identifier, List<Result> results) {
    private static final int MOST = 100;

    /// One method's.
    ///
    /// @param method in lower case: `dkim`
    /// @param result in lower case: `pass`
    /// @param properties `header.d` and its like, in lower case, and their values; of several the
    ///   first
    public record Result(String method, String result, Map<String, String> properties) {
        /// Empty for none.
        public String property(String name) {
            return properties.getOrDefault(name, "");
        }
    }

    /// @param value all behind the colon, folds included, octets as chars
    /// @return null where it is no such field: nobody can say whose word it is
    public static @Nullable ResultsField of(String value) {
        Words in = new Words(value);
        String identifier = in.word(";=");
        if (identifier == null || identifier.isEmpty()) {
            return null;
        }
        // Beside its name there may be a version, and then results or the end.
        if (!in.ended() && !in.takes(';')) {
            String version = in.word(";=");
            boolean digits = version != null && version.chars().allMatch(Character::isDigit);
            if (!digits || !in.ended() && !in.takes(';')) {
                return null;
            }
        }
        List<Result> out = new ArrayList<>();
        while (!in.ended() && out.size() < MOST) {
            Result one = result(in);
            if (one != null) {
                out.add(one);
            }
            in.skip();
        }
        return in.broken() ? null : new ResultsField(identifier, List.copyOf(out));
    }

    private static @Nullable Result result(Words in) {
        String method = in.word(";=/");
        if (method != null && in.takes('/')) {
            in.word(";=");
        }
        if (method == null || !in.takes('=')) {
            return null;
        }
        String result = in.word(";");
        if (result == null) {
            return null;
        }
        Map<String, String> properties = new LinkedHashMap<>();
        while (properties.size() < MOST) {
            String type = in.word(";=.");
            String name = type == null ? null : type;
            if (type != null && in.takes('.')) {
                String property = in.word(";=");
                name = property == null ? null : type + "." + property;
            }
            if (name == null || !in.takes('=')) {
                break;
            }
            String value = in.word(";");
            properties.putIfAbsent(Fold.lower(name), value == null ? "" : value);
        }
        return new Result(Fold.lower(method), Fold.lower(result), Map.copyOf(properties));
    }
}
