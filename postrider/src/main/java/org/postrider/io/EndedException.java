package org.postrider.io;

import java.io.IOException;

/// Our own side ends the connection ([Connection#end]); what is written still goes out.
public final class EndedException extends IOException {
    private static final long serialVersionUID = 1;

    public EndedException() {
        super("ended by this side");
    }
}
