package org.postrider.command;

import org.postrider.config.Param;

/// What the commands honour by themselves.
public final class CommandParams {
    private CommandParams() {}

    public static final Param<String> MAILLOG_FILE_COMPRESSOR =
            Param.string(
                    "maillog_file_compressor",
                    "gzip",
                    "What `postfix logrotate` compresses the old log with: a command that takes its"
                            + " name.");
    public static final Param<String> MAILLOG_FILE_ROTATE_SUFFIX =
            Param.string(
                    "maillog_file_rotate_suffix",
                    "%Y%m%d-%H%M%S",
                    "What `postfix logrotate` adds to the old log's name, after a dot, in the form"
                            + " of strftime(3): year, month, day, hour, minute, second.");
}
