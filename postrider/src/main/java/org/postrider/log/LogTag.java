package org.postrider.log;

/// Who speaks in the log: `postfix/smtpd[4194401]`. The number is a pseudo-pid, stable for a
/// session slot, because pflogsumm pairs connect and disconnect by it.
///
/// @param name syslog_name and program, e.g. `postfix/smtpd`
/// @param pid above the machine's pid_max for slots, or the process's own
public record LogTag(String name, long pid) {}
