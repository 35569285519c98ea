package org.postrider.command;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the commands honour by themselves.
public final class CommandParams {
    private CommandParams() {}

    public static final Param<List<String>> ALTERNATE_CONFIG_DIRECTORIES =
            Param.list(
                    "alternate_config_directories",
                    "",
                    "In the default main.cf: directories besides it that users without rights may"
                            + " name to sendmail, postdrop, postqueue and mailq, as those of"
                            + " multi_instance_directories.");

    public static final Param<Duration> IPC_TIMEOUT =
            Param.time(
                    "ipc_timeout",
                    "3600s",
                    1,
                    0,
                    "How long postqueue, mailq and qshape wait for a server that says nothing.");

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

    public static final Param<String> OPENSSL_PATH =
            Param.string(
                    "openssl_path",
                    "openssl",
                    "The program with which `postfix tls` makes keys, certificates and requests.");
    public static final Param<String> README_DIRECTORY =
            Param.string(
                    "readme_directory",
                    "no",
                    "Where the README files are, for who asks postconf; `no` where there are"
                            + " none.");
    public static final Param<String> HTML_DIRECTORY =
            Param.string(
                    "html_directory",
                    "no",
                    "Where the documents are as HTML, for who asks postconf; `no` where there are"
                            + " none.");
    public static final Param<String> MANPAGE_DIRECTORY =
            Param.string(
                    "manpage_directory",
                    "/usr/local/man",
                    "Where the man pages are, for who asks postconf.");
}
