package org.postrider.access;

import org.postrider.maps.TableException;
import org.postrider.wire.Reply;

/// Replies that no single restriction has for itself, in Postfix's words.
public final class AccessReplies {
    /// A restriction that cannot be asked keeps everybody out for now.
    public static final Reply CONFIGURATION = Reply.of(451, 3, 5, "Server configuration error");

    private AccessReplies() {}

    /// A table cannot answer about what it was asked.
    public static Reply lookupFailure(TableException why, Stage stage, Subject about) {
        if (why.misconfigured()) {
            return Reply.of(451, 3, 5, "Server configuration error");
        }
        return Reply.of(451, 3, 0, "<" + stage.of(about) + ">: Temporary lookup failure");
    }
}
