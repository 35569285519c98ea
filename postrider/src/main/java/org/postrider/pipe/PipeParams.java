package org.postrider.pipe;

import java.util.List;
import org.postrider.config.Param;

/// Parameters of pipe(8).
public final class PipeParams {
    public static final Param<List<String>> PIPE_DELIVERY_STATUS_FILTER =
            Param.list(
                    "pipe_delivery_status_filter",
                    "$default_delivery_status_filter",
                    "A table of other statuses and texts for those that pipe(8) has.");

    private PipeParams() {}
}
