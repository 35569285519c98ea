package org.postrider.rights.system;

import org.postrider.rights.Errno;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;

/// What stops an act, thrown to its front.
public final class Act extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Trouble trouble;

    public Act(Kind kind, int errno, String text) {
        this(new Trouble(kind, errno, text));
    }

    private Act(Trouble trouble) {
        super(trouble.text(), null, false, false);
        this.trouble = trouble;
    }

    /// The same, of which the log is told something besides.
    public Act warning(String warning) {
        return new Act(new Trouble(trouble.kind(), trouble.errno(), trouble.text(), warning));
    }

    public Trouble trouble() {
        return trouble;
    }

    /// Throws if a call failed.
    public static void must(String what, int result) throws Act {
        if (result < 0) {
            throw failed(what, result);
        }
    }

    /// A call that failed.
    ///
    /// @param result as the call gave it, negative
    public static Act failed(String what, int result) {
        return new Act(Kind.SYSTEM, -result, what + ": " + Errno.text(-result));
    }

    public static Act unsafe(int errno, String text) {
        return new Act(Kind.UNSAFE, errno, text);
    }
}
