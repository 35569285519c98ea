package org.postrider.report;

import java.util.List;

/// Whether and where a domain wants reports.
public sealed interface Wanted {
    /// There; each of them a URI that [Report#send] understands.
    record Places(List<String> uris) implements Wanted {
        public Places {
            uris = List.copyOf(uris);
        }
    }

    /// Nowhere.
    record Not() implements Wanted {}

    /// The DNS does not say now.
    record Unknown() implements Wanted {}
}
