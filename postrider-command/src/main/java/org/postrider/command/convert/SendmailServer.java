package org.postrider.command.convert;

import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postrider.command.convert.Macros.Call;

/// What clients see of the server: lists in DNS, privacy flags, logins. One thread.
final class SendmailServer {
    private final Converted out;
    private @Nullable Source replies;

    SendmailServer(Converted out) {
        this.out = out;
    }

    /// FEATURE(dnsbl), FEATURE(enhdnsbl), FEATURE(rhsbl).
    void list(Call c) {
        if (c.arg(1).isEmpty()) {
            out.note(c.at(), c.arg(0), "names no list");
            return;
        }
        String zone = c.arg(1).replaceFirst("\\.$", "");
        if (c.arg(0).equals("rhsbl")) {
            out.add(c.at(), "smtpd_sender_restrictions", "reject_rhsbl_sender " + zone);
        } else if (c.args().size() <= 4) {
            out.add(c.at(), "smtpd_client_restrictions", "reject_rbl_client " + zone);
        }
        // The answers that count.
        for (int i = 4; i < c.args().size(); i++) {
            String answer = c.arg(i).replaceFirst("\\.$", "");
            if (answer.matches("127(\\.\\d{1,3}){3}")) {
                String asked = "reject_rbl_client " + zone + "=" + answer;
                out.add(c.at(), "smtpd_client_restrictions", asked);
            } else if (!answer.isEmpty()) {
                out.note(c.at(), zone + " " + answer, "see reject_rbl_client with d.d.d.d/prefix");
            }
        }
        String text =
                c.arg(2)
                        .replaceAll("[`']", "")
                        .replace("$&{client_addr}", "$client_address")
                        .replaceAll("\\s*\"\\s*", " ")
                        .strip();
        if (text.matches("[45]\\d\\d [^$]*(\\$client_address[^$]*)?")) {
            out.row("rbl_replies", zone, text);
            replies = c.at();
        } else if (!text.isEmpty() && !text.equals("t")) {
            out.note(c.at(), c.arg(2), "the reply is default_rbl_reply or rbl_reply_maps");
        }
    }

    /// After the last of them.
    void lists() {
        if (replies != null) {
            out.set(replies, "rbl_reply_maps", Converted.reference("rbl_replies"));
        }
    }

    /// confPRIVACY_FLAGS.
    void privacy(@Nullable Call c) {
        if (c == null) {
            return;
        }
        for (String flag : c.arg(1).split("[\\s,]+")) {
            switch (flag) {
                case "novrfy" -> out.set(c.at(), "disable_vrfy_command", "yes");
                case "goaway" -> {
                    out.set(c.at(), "disable_vrfy_command", "yes");
                    out.set(c.at(), "smtpd_helo_required", "yes");
                    noEtrn(c);
                }
                case "needmailhelo" -> out.set(c.at(), "smtpd_helo_required", "yes");
                case "noetrn" -> noEtrn(c);
                case "restrictmailq" -> out.set(c.at(), "authorized_mailq_users", "root");
                case "restrictqrun" -> out.set(c.at(), "authorized_flush_users", "root");
                case "noreceipts" -> out.add(c.at(), "smtpd_discard_ehlo_keywords", "dsn");
                case "noverb",
                        "noexpn",
                        "needexpnhelo",
                        "needvrfyhelo",
                        "restrictexpand",
                        "public",
                        "",
                        "nobodyreturn",
                        "authwarnings" -> {}
                default -> out.note(c.at(), "confPRIVACY_FLAGS " + flag, "has no counterpart");
            }
        }
    }

    private void noEtrn(Call c) {
        out.set(c.at(), "smtpd_etrn_restrictions", "reject");
        out.add(c.at(), "smtpd_discard_ehlo_keywords", "etrn");
    }

    /// confAUTH_MECHANISMS and confAUTH_OPTIONS.
    void logins(@Nullable Call mechanisms, @Nullable Call options) {
        if (mechanisms != null) {
            out.set(mechanisms.at(), "smtpd_sasl_auth_enable", "yes");
            out.note(
                    mechanisms.at(),
                    "confAUTH_MECHANISMS",
                    "put `mech_list: " + mechanisms.arg(1) + "` into sasl/smtpd.conf");
        }
        if (options == null) {
            return;
        }
        TreeSet<String> kept = new TreeSet<>();
        for (String each : options.arg(1).split("[\\s,]*")) {
            switch (each) {
                case "p" -> out.set(options.at(), "smtpd_tls_auth_only", "yes");
                case "A", "y", "" -> {}
                default -> kept.add(each);
            }
        }
        if (!kept.isEmpty()) {
            out.note(
                    options.at(),
                    "confAUTH_OPTIONS " + String.join(" ", kept),
                    "see smtpd_sasl_security_options");
        }
    }
}
