package org.postrider.access.restriction;

/// warn_if_reject: a refusal by the next restriction is logged and goes no further.
public record WarnIfReject() implements Restriction {
    @Override
    public String name() {
        return "warn_if_reject";
    }
}
