package org.postrider.smtpd;

import org.postrider.wire.Command;

/// What the session counts commands by.
final class Verbs {
    private Verbs() {}

    /// As the disconnect line names it.
    static String verb(Command command) {
        return switch (command) {
            case Command.Unknown _ -> "UNKNOWN";
            case Command.Helo _ -> "HELO";
            case Command.Ehlo _ -> "EHLO";
            case Command.Mail _ -> "MAIL";
            case Command.Rcpt _ -> "RCPT";
            case Command.Data _ -> "DATA";
            case Command.Bdat _ -> "BDAT";
            case Command.Rset _ -> "RSET";
            case Command.Noop _ -> "NOOP";
            case Command.Vrfy _ -> "VRFY";
            case Command.Etrn _ -> "ETRN";
            case Command.Quit _ -> "QUIT";
            case Command.StartTls _ -> "STARTTLS";
            case Command.Auth _ -> "AUTH";
            case Command.Xclient _ -> "XCLIENT";
            case Command.Xforward _ -> "XFORWARD";
        };
    }

    /// Commands that do no work (smtpd_junk_command_limit).
    static boolean limited(Command command) {
        return switch (command) {
            case Command.Helo _, Command.Ehlo _, Command.Rset _, Command.Noop _ -> true;
            case Command.Vrfy _, Command.Etrn _ -> true;
            case Command.StartTls _, Command.Auth _, Command.Xclient _, Command.Xforward _ -> false;
            case Command.Mail _, Command.Rcpt _, Command.Data _, Command.Bdat _ -> false;
            case Command.Quit _, Command.Unknown _ -> false;
        };
    }

    /// Commands besides MAIL, and those that are none, that milters hear of and may answer before
    /// their own work is done.
    static boolean seenByMilters(Command command) {
        return switch (command) {
            case Command.Vrfy _, Command.Etrn _ -> true;
            case Command.Helo _, Command.Ehlo _, Command.StartTls _, Command.Noop _ -> false;
            case Command.Quit _, Command.Rset _, Command.Auth _, Command.Unknown _ -> false;
            case Command.Xclient _, Command.Xforward _ -> false;
            case Command.Mail _, Command.Rcpt _, Command.Data _, Command.Bdat _ -> false;
        };
    }

    /// Commands that wait for STARTTLS where TLS is required.
    static boolean needsTls(Command command) {
        return switch (command) {
            case Command.Helo _, Command.Ehlo _, Command.StartTls _, Command.Noop _ -> false;
            case Command.Quit _, Command.Unknown _ -> false;
            case Command.Xclient _, Command.Xforward _ -> false;
            case Command.Mail _, Command.Rcpt _, Command.Data _, Command.Bdat _ -> true;
            case Command.Rset _, Command.Vrfy _, Command.Etrn _, Command.Auth _ -> true;
        };
    }
}
