package org.postrider.command.explain;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Cause;
import org.postrider.command.heard.Heard;
import org.postrider.config.Values;

/// Finds one's way in what was heard.
final class Steps {
    private Steps() {}

    /// All restrictions in the order in which they were asked; those of a class behind its name.
    static List<Heard.Step> all(List<Heard.Part> parts) {
        List<Heard.Step> out = new ArrayList<>();
        for (Heard.Part each : parts) {
            if (each instanceof Heard.Step step) {
                out.add(step);
                out.addAll(all(step.parts()));
            }
        }
        return out;
    }

    /// The one that a cause names, the last if there are several.
    static Heard.@Nullable Step of(List<Heard.Part> parts, Cause cause) {
        Heard.Step found = null;
        for (Heard.Step step : all(parts)) {
            if (step.asked().parameter().equals(cause.parameter())
                    && step.asked().restriction().equals(cause.restriction())) {
                found = step;
            }
        }
        return found;
    }

    /// Those of the same list that were asked before, the nearest first.
    static List<Heard.Step> before(List<Heard.Part> parts, Heard.Step step) {
        List<Heard.Step> out = new ArrayList<>();
        for (Heard.Step each : all(parts)) {
            if (each.equals(step)) {
                break;
            }
            if (each.asked().list().equals(step.asked().list())) {
                out.addFirst(each);
            }
        }
        return out;
    }

    /// The restriction classes that one stands in, the innermost first.
    static List<Heard.Step> around(List<Heard.Part> parts, Heard.Step step) {
        for (Heard.Part each : parts) {
            if (each instanceof Heard.Step outer && all(outer.parts()).contains(step)) {
                List<Heard.Step> out = new ArrayList<>(around(outer.parts(), step));
                out.add(outer);
                return out;
            }
        }
        return List.of();
    }

    /// A list without one of its restrictions, for each place in which that stands.
    static List<String> without(String text, String restriction) {
        List<String> words = Values.words(text);
        List<String> gone = Values.words(restriction);
        List<String> out = new ArrayList<>();
        for (int i = 0; i + gone.size() <= words.size(); i++) {
            boolean here = words.get(i).equalsIgnoreCase(gone.getFirst());
            if (here
                    && words.subList(i + 1, i + gone.size()).equals(gone.subList(1, gone.size()))) {
                List<String> left = new ArrayList<>(words);
                left.subList(i, i + gone.size()).clear();
                out.add(String.join(", ", left));
            }
        }
        return out;
    }
}
