package org.postrider.queue.spool;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.Mark;

/// Why the recipients of a message wait, found by recipient in logarithmic time: there may be a
/// hundred thousand. Immutable.
final class Reasons {
    private final Mark.Reason[] sorted;
    private final Mark.@Nullable Reasons many;

    Reasons(List<Mark.Reason> all) {
        many = all instanceof Mark.Reasons m ? m : null;
        sorted = many != null ? new Mark.Reason[0] : all.toArray(Mark.Reason[]::new);
        java.util.Arrays.sort(sorted, Comparator.comparingInt(Mark.Reason::recipient));
    }

    Mark.@Nullable Reason find(int recipient) {
        if (many != null) {
            return many.find(recipient);
        }
        int low = 0;
        int high = sorted.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int there = sorted[middle].recipient();
            if (there == recipient) {
                return sorted[middle];
            }
            if (there < recipient) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }
}
