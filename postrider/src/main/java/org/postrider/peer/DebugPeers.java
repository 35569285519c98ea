package org.postrider.peer;

import java.net.InetAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.maps.NetworkList;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// With whom every line that is said is logged: debug_peer_list, or everybody where the service's
/// line in master.cf has `-v` (DEBUG_README). Of AUTH only the mechanism is logged, and no content.
/// Immutable; any thread.
public final class DebugPeers {
    public static final DebugPeers NOBODY = new DebugPeers(null);

    private final @Nullable NetworkList peers;

    private DebugPeers(@Nullable NetworkList peers) {
        this.peers = peers;
    }

    /// A list that cannot be read lists nobody: `postfix check` and the start name it, and no mail
    /// waits for what only looks on.
    public static DebugPeers of(Settings settings, Tables tables) {
        try {
            NetworkList peers = NetworkList.of(settings, PeerParams.DEBUG_PEER_LIST, tables);
            return peers.isEmpty() ? NOBODY : new DebugPeers(peers);
        } catch (ConfigException e) {
            return NOBODY;
        }
    }

    /// Whether this one is listed. A table that cannot say is told of, and costs nobody the
    /// session.
    ///
    /// @param name the peer's, or its address where it has none
    public boolean contains(String name, InetAddress address, Consumer<String> warnings) {
        try {
            return peers != null && peers.contains(name, address);
        } catch (TableException e) {
            e.warnings().forEach(warnings);
            return false;
        }
    }
}
