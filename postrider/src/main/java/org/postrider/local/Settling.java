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
import org.postrider.rights.Request.DeliveryKey;

/// Which of those that a recipient stands for have had the mail in an earlier attempt. One thread.
final class Settling {
    /// More is not remembered: they are delivered to again, as Postfix does.
    static final int MOST = 1000;

    /// All that went to other addresses, where they are too many to be told one by one.
    static final String FORWARDED = "forwarded";

    /// Stands before which mail it was at first, and which of its recipients.
    private static final String FROM = "from=";

    private static final int DIGITS = 8;

    private final String service;
    private final Set<String> keys = new LinkedHashSet<>();
    private String origin;

    /// Of a recipient.
    ///
    /// @param own which mail and recipient this is
    /// @param settled as the mail has it; null for none. What another service wrote there, to which
    ///   the recipient was passed on, is not looked at
    /// @param service the agent's own
    Settling(String own, @Nullable String settled, String service) {
        origin = own;
        this.service = service + ":";
        if (settled != null) {
            List<String> words = Arrays.asList(settled.split(" ", -1));
            String whose = words.getFirst();
            if (whose.equals(this.service)) {
                words.subList(1, words.size()).forEach(this::heard);
            } else if (!whose.endsWith(":")) {
                keys.addAll(words);
            }
        }
    }

    private void heard(String word) {
        if (word.startsWith(FROM)) {
            origin = word.substring(FROM.length());
        } else {
            keys.add(word);
        }
    }

    /// The same for all mails that one became because some places had to wait: a place that had it
    /// from one, and nobody lived to say so, does not get it from the next.
    DeliveryKey delivery(Leaf leaf) {
        return DeliveryKey.of(origin + " " + service + " " + key(leaf));
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
        return service + " " + FROM + origin + " " + String.join(" ", keys);
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
