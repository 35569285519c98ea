package org.postrider.anvil;

import java.util.ArrayList;
import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;

/// What `postfix check` finds wrong in the rate limits of a service.
public final class RateChecks {
    private RateChecks() {}

    /// Each malformed limit or action, with file, line and reason; empty where all is well.
    public static List<String> all(Settings settings) {
        List<String> out = new ArrayList<>();
        RateGrammar.Action action = RateGrammar.Action.DEFER;
        try {
            action = RateGrammar.parsed(settings, RateParams.ACTION, RateGrammar.Action::of);
        } catch (ConfigException e) {
            out.add(String.valueOf(e.getMessage()));
        }
        RateGrammar.Action fallback = action;
        for (Param<List<String>> each :
                List.of(
                        RateParams.LOGIN,
                        RateParams.SENDER,
                        RateParams.SENDER_DOMAIN,
                        RateParams.RECIPIENT_DOMAIN)) {
            try {
                RateGrammar.parsed(settings, each, words -> RateGrammar.parse(words, fallback));
            } catch (ConfigException e) {
                out.add(String.valueOf(e.getMessage()));
            }
        }
        return out;
    }
}
