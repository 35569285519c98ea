package org.postrider.smtpd;

/// Where a session stands, for the log: the command, and within content how much of it has come.
/// Session thread only.
final class Place {
    private String command = "CONNECT";
    private long octets = -1;

    /// A command, outside of content.
    void at(String name) {
        command = name;
        octets = -1;
    }

    /// How much content has come, -1 outside of content.
    void received(long count) {
        octets = count;
    }

    String command() {
        return command;
    }

    @Override
    public String toString() {
        return octets < 0 ? command : command + " (" + octets + " bytes)";
    }
}
