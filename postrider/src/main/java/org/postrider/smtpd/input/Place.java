package org.postrider.smtpd.input;

/// Where a session stands, for the log: the command, and within content how much of it has come.
/// Session thread only.
public final class Place {
    /// After the last octet of content.
    public static final String AFTER_MAIL = "END-OF-MESSAGE";

    private String command = "CONNECT";
    private String line = "";
    private long octets = -1;

    /// A command, outside of content.
    public void at(String name) {
        command = name;
        octets = -1;
    }

    /// The command line, as it came.
    public void line(String text) {
        line = text;
    }

    public String line() {
        return line;
    }

    /// How much content has come, -1 outside of content.
    public void received(long count) {
        octets = count;
    }

    /// Octets of a command that was not finished, behind content: Postfix counts them with it.
    public void more(int count) {
        octets += octets < 0 ? 0 : count;
    }

    public String command() {
        return command;
    }

    @Override
    public String toString() {
        return octets < 0 ? command : command + " (" + octets + " bytes)";
    }
}
