package org.postrider.metrics;

import org.postrider.log.Occurrence;

/// Who speaks, as in the JSON log.
record Speaker(String syslogName, String processName) {
    private static final String SYSLOG_NAME = "syslog_name";
    static final String PROCESS_NAME = "process_name";

    static Speaker of(Occurrence occurrence) {
        String name = occurrence.tag().name();
        int slash = name.lastIndexOf('/');
        return new Speaker(name.substring(0, Math.max(0, slash)), name.substring(slash + 1));
    }

    /// A counter whose first two labels are a speaker's names.
    static Counter counter(String name, String help, String... labels) {
        String[] all = new String[labels.length + 2];
        all[0] = SYSLOG_NAME;
        all[1] = PROCESS_NAME;
        System.arraycopy(labels, 0, all, 2, labels.length);
        return new Counter(name, help, all);
    }

    /// The class of a reply or of a status code; empty where it begins with none.
    static String digit(String text) {
        return !text.isEmpty() && text.charAt(0) >= '2' && text.charAt(0) <= '5'
                ? text.substring(0, 1)
                : "";
    }
}
