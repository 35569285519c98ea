package org.postrider.access.listed;

import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.address.Address;
import org.postrider.dnsbl.DnsList;
import org.postrider.peer.Client;

/// What of a session lists are asked about.
enum Entry {
    ADDRESS(Stage.CLIENT.what()),
    CLIENT(Stage.CLIENT.what()),
    REVERSE_CLIENT("Unverified Client host"),
    HELO(Stage.HELO.what()),
    SENDER(Stage.SENDER.what()),
    RECIPIENT(Stage.RECIPIENT.what());

    private static final String NAMELESS = "unknown";

    private final String what;

    Entry(String what) {
        this.what = what;
    }

    /// In replies: `Client host`, `Sender address` …
    String what() {
        return what;
    }

    /// What is listed or not; null if there is none.
    @Nullable String of(Subject s) {
        Client client = s.client();
        return switch (this) {
            case ADDRESS -> client.ip();
            case CLIENT -> named(client.name());
            case REVERSE_CLIENT -> named(client.reverseName());
            case HELO -> s.helo().isEmpty() ? null : s.helo();
            case SENDER -> text(s.sender());
            case RECIPIENT -> text(s.recipient());
        };
    }

    private static @Nullable String named(String name) {
        return name.equalsIgnoreCase(NAMELESS) ? null : name;
    }

    private static @Nullable String text(@Nullable Address address) {
        return address == null || address.isNull() ? null : address.text();
    }

    /// The name that is looked up; null if the list cannot have it: an address literal, and what
    /// ends in a number, are no domains.
    @Nullable String query(DnsList list, Subject s) {
        if (this == ADDRESS) {
            return list.query(s.client().address());
        }
        String text = of(s);
        if (text == null) {
            return null;
        }
        String domain = text.substring(text.lastIndexOf('@') + 1);
        String last = domain.substring(domain.lastIndexOf('.') + 1);
        boolean literal = domain.startsWith("[") && text.length() > domain.length();
        boolean number = !last.isEmpty() && last.chars().allMatch(c -> c >= '0' && c <= '9');
        return domain.isEmpty() || literal || number ? null : list.query(domain);
    }
}
