package org.postrider.sasl.client;

import java.util.Arrays;
import java.util.List;
import org.postrider.sasl.Response;

/// An exchange cannot go on. Without a stack: what a server says is no fault of ours.
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private static final String FAILURE = "SASL authentication failure: ";
    static final String PROTOCOL = "bad protocol / cancel";
    static final String GENERIC = "generic failure";
    static final String WRONG = "authentication failure";
    static final String NOT_MUTUAL = "server failed mutual authentication step";

    /// Where a server goes on after all that the mechanism says was said.
    private static final String DONE =
            "SASL authentication problem: attempting client step after doneflag";

    private final String reason;
    private final List<String> warnings;

    /// @param reason in Cyrus's words
    private Refusal(String reason, List<String> warnings) {
        super(reason, null, false, false);
        this.reason = reason;
        this.warnings = warnings;
    }

    /// @param details for the log, in Cyrus's words
    Refusal(String reason, String... details) {
        this(reason, Arrays.stream(details).map(each -> FAILURE + each).toList());
    }

    /// The server goes on after all was said.
    static Refusal done() {
        return new Refusal(GENERIC, List.of(DONE));
    }

    public Response response() {
        return new Response.Cannot(reason, warnings);
    }
}
