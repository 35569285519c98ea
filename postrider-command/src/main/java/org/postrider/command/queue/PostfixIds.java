package org.postrider.command.queue;

import org.postrider.maps.Network;

/// Which words can be a queue id or a flush destination.
final class PostfixIds {
    private PostfixIds() {}

    /// Letters, digits and `_`, as Postfix takes them on a command line.
    static boolean valid(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean word =
                    c >= '0' && c <= '9'
                            || c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c == '_';
            if (!word) {
                return false;
            }
        }
        return !id.isEmpty() && id.length() <= 100;
    }

    /// What may stand between the brackets of an address literal.
    static boolean literal(String name) {
        boolean six = name.regionMatches(true, 0, "IPv6:", 0, 5);
        byte[] octets = Network.literal(six ? name.substring(5) : name);
        return octets != null && (!six || octets.length == 16);
    }
}
