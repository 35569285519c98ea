package org.postrider.access.restriction;

import org.postrider.access.AccessParams;
import org.postrider.config.Settings;

/// reject, defer
public record Refuse(String name, int code, int subject, int detail, String why) implements Rule {
    public static Refuse reject(Settings settings) {
        int code = settings.get(AccessParams.REJECT_CODE);
        return new Refuse("reject", code, 7, 1, "Access denied");
    }

    public static Refuse defer(Settings settings) {
        int code = settings.get(AccessParams.DEFER_CODE);
        return new Refuse("defer", code, 3, 2, "Try again later");
    }

    @Override
    public boolean last() {
        return true;
    }

    @Override
    public boolean guardsRelay() {
        return true;
    }

    @Override
    public Ruling ask(Question q) {
        return q.rejected(code, subject, detail, why);
    }
}
