package org.postrider.local;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.Way;
import org.postrider.queue.Recipient;
import org.postrider.rights.Account;

/// Which of those that a recipient stands for have had the mail in an earlier attempt. One thread.
final class Settling {
    /// More is not remembered: they are delivered to again, as Postfix does.
    static final int MOST = 1000;

    /// All that went to other addresses, where they are too many to be told one by one.
    static final String FORWARDED = "forwarded";

    private static final int DIGITS = 8;

    private final String service;
    private final Set<String> keys = new LinkedHashSet<>();

    /// @param settled as the mail has it; null for none. What another service wrote there, to which
    ///   the recipient was passed on, is not looked at
    /// @param service the agent's own
    Settling(@Nullable String settled, String service) {
        this.service = service + ":";
        if (settled != null) {
            List<String> words = Arrays.asList(settled.split(" ", -1));
            String whose = words.getFirst();
            if (whose.equals(this.service)) {
                keys.addAll(words.subList(1, words.size()));
            } else if (!whose.endsWith(":")) {
                keys.addAll(words);
            }
        }
    }

    boolean has(String key) {
        return keys.contains(key);
    }

    void add(String key) {
        keys.add(key);
    }

    int size() {
        return keys.size();
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    /// As the mail has it.
    String text() {
        return service + " " + String.join(" ", keys);
    }

    /// Tells one place from all others of a recipient.
    static String key(Leaf leaf) {
        Way way = leaf.way();
        Account as = way.as();
        String whose = as == null ? "" : Integer.toUnsignedString(as.uid());
        return digest(
                switch (leaf) {
                    case Leaf.Mailbox m -> "mailbox " + m.file();
                    case Leaf.Maildir m -> "maildir " + whose + " " + m.directory();
                    case Leaf.ToFile f -> "file " + whose + " " + f.file();
                    case Leaf.ToCommand c ->
                            "command " + way.name().user() + ":" + whose + " " + c.command();
                    case Leaf.Pass p -> "pass " + p.service() + " " + way.to().address();
                    case Leaf.Settled s -> "told " + way.to().address() + " " + s.text();
                    case Leaf.Forward _ -> FORWARDED;
                });
    }

    /// Tells one of those addresses from all others.
    static String key(Forwarding.Group group, Recipient to) {
        String list = group.list() ? " of the list of " + group.sender() : "";
        return digest("forward " + to.address() + list);
    }

    private static String digest(String text) {
        try {
            byte[] sum =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.ISO_8859_1));
            return HexFormat.of().formatHex(sum, 0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
