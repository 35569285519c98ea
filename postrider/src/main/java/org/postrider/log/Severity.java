package org.postrider.log;

/// How bad what happened is, in Postfix's five degrees (msg(3)). [#PANIC] is a bug of ours.
public enum Severity {
    INFO("info", "", 6),
    WARNING("warning", "warning: ", 4),
    ERROR("error", "error: ", 3),
    FATAL("fatal", "fatal: ", 2),
    PANIC("panic", "panic: ", 2);

    private final String word;
    private final String prefix;
    private final int syslog;

    Severity(String word, String prefix, int syslog) {
        this.word = word;
        this.prefix = prefix;
        this.syslog = syslog;
    }

    /// As in a JSON line.
    public String word() {
        return word;
    }

    /// What Postfix puts before the text of a line.
    public String prefix() {
        return prefix;
    }

    /// syslog(3)'s number.
    int syslog() {
        return syslog;
    }
}
