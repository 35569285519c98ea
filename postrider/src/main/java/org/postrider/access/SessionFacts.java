package org.postrider.access;

/// What policy servers are told of a session and its mail, beside what [Subject] has for rules
/// (SMTPD_POLICY_README). What is not known is empty. An immutable value.
///
/// @param state the command under way; `CONNECT` before the first, `END-OF-MESSAGE` after the
///   content
/// @param protocol `SMTP` or `ESMTP`
public record SessionFacts(
        String state,
        String protocol,
        Server server,
        Mail mail,
        Login login,
        Encryption encryption) {
    /// Where the client connected to.
    public record Server(String address, String port) {}

    /// @param queueId empty before there is one
    /// @param instance the same for all requests about one mail, and no other's
    /// @param received octets of the content, once it is there
    public record Mail(String queueId, String instance, long received) {}

    /// @param method as the client wrote it
    /// @param sender on whose behalf (AUTH= of MAIL)
    public record Login(String method, String sender) {}

    /// @param bits of the cipher's key; 0 outside of TLS
    /// @param serverName the name that the client asked for (SNI)
    public record Encryption(String protocol, String cipher, int bits, String serverName) {
        public static final Encryption NONE = new Encryption("", "", 0, "");
    }

    public static final SessionFacts NONE =
            new SessionFacts(
                    "",
                    "SMTP",
                    new Server("", ""),
                    new Mail("", "", 0),
                    new Login("", ""),
                    Encryption.NONE);
}
