package org.postrider.peer;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Who is connected.
///
/// @param name the verified host name, or `unknown`
/// @param nameStatus why it is `unknown`
/// @param reverseName the name that PTR says, or `unknown`
/// @param reverseStatus why it is `unknown`
/// @param address as matched by rules; an IPv4-mapped one is IPv4
/// @param ip the address as it is logged
/// @param complaint why the name was not believed, for the log
public record Client(
        String name,
        NameStatus nameStatus,
        String reverseName,
        NameStatus reverseStatus,
        InetAddress address,
        String ip,
        int port,
        @Nullable String complaint) {
    /// `name[ip]`, as logs and replies have it.
    public String nameAndAddress() {
        return name + "[" + ip + "]";
    }
}
