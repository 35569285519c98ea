package org.postrider.milter.client;

import org.postrider.milter.wire.Event;

/// What a milter is offered when it is connected to: a version of the protocol, what it may change,
/// and what it may ask to be done otherwise.
///
/// @param version of the protocol
/// @param actions flags of what it may change (SMFIF_…)
/// @param protocol flags of what it may ask for (SMFIP_…)
/// @param silentHeaders it does not answer fields of a header, without saying so
record Offer(int version, int actions, int protocol, boolean silentHeaders) {
    static final int RCPT_REJECTED = 0x800;
    static final int LEADING_SPACE = 0x100000;
    static final int SKIP = 0x400;

    /// All that may be changed, whatever the version.
    private static final int ACTIONS = 0x1ff;

    private static final int PROTOCOL_2 = 0x7f;

    static Offer of(int version, boolean silentHeaders) {
        return new Offer(version, ACTIONS, flags(version), silentHeaders);
    }

    /// Every flag that a version knows.
    static int flags(int version) {
        return PROTOCOL_2
                | (version >= 3 ? Event.UNKNOWN.unheard() : 0)
                | (version >= 4 ? Event.DATA.unheard() : 0)
                | (version >= 6 ? 0x1fffff : 0);
    }
}
