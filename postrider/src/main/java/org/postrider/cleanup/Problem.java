package org.postrider.cleanup;

import org.postrider.dsn.Status;
import org.postrider.wire.NotifyClass;

/// Why a message is not taken, in the order in which Postfix reports several.
enum Problem {
    DEFER(451, new Status(4, 7, 1), "Error: service unavailable", NotifyClass.POLICY),
    RECIPIENTS(550, new Status(5, 1, 0), "Error: no recipients specified", NotifyClass.SOFTWARE),
    HOPS(554, new Status(5, 4, 0), "Error: too many hops", NotifyClass.BOUNCE),
    SIZE(552, new Status(5, 3, 4), "Error: message file too big", NotifyClass.BOUNCE),
    CONTENT(550, new Status(5, 7, 1), "message content rejected", NotifyClass.POLICY),
    WRITE(451, new Status(4, 3, 0), "Error: queue file write error", NotifyClass.RESOURCE);

    private final int code;
    private final Status status;
    private final String text;
    private final NotifyClass about;

    Problem(int code, Status status, String text, NotifyClass about) {
        this.code = code;
        this.status = status;
        this.text = text;
        this.about = about;
    }

    CleanupService.Result.Rejected rejected() {
        return new CleanupService.Result.Rejected(code, status, text, about);
    }

    /// With a text of a table's, which may begin with a status of its own.
    CleanupService.Result.Rejected rejected(Status own, String reason) {
        return new CleanupService.Result.Rejected(code, own, reason, about);
    }

    Status status() {
        return status;
    }
}
