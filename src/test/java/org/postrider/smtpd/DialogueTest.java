package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.queue.Recipient;
import org.postrider.smtpd.command.Verb;
import org.postrider.smtpd.input.MailParameters;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Mail;
import org.postrider.smtpd.session.State;
import org.postrider.wire.Command;

/// The order of commands, over all pairs of a command and a state: what is not in the table does
/// not exist. `target/dialogue.txt` is what the verbs say now.
class DialogueTest {
    private static final Path TABLE =
            Path.of("src/test/resources/org/postrider/smtpd/dialogue.txt");

    /// Each verb with and without arguments; what a client may say is one of these to [Dialogue].
    private static final List<String> COMMANDS =
            List.of(
                    "HELO",
                    "HELO c",
                    "EHLO",
                    "EHLO c",
                    "MAIL",
                    "MAIL x",
                    "RCPT",
                    "RCPT x",
                    "DATA",
                    "DATA x",
                    "BDAT",
                    "BDAT 1",
                    "RSET",
                    "RSET x",
                    "NOOP",
                    "NOOP x",
                    "VRFY",
                    "VRFY x",
                    "ETRN",
                    "ETRN x",
                    "QUIT",
                    "QUIT x",
                    "STARTTLS",
                    "STARTTLS x",
                    "AUTH",
                    "AUTH x",
                    "XCLIENT",
                    "XCLIENT x",
                    "XFORWARD",
                    "XFORWARD x",
                    "UNKNOWN",
                    "UNKNOWN x");

    @TempDir Path temp;

    private static Mail mail() {
        Set<String> none = Set.of();
        MailParameters.Offer offer = new MailParameters.Offer(none, false, null, "", null);
        return new Mail(Address.NULL, MailParameters.mail(List.of(), true, offer), 0, "", "");
    }

    private static void recipient(Mail mail) {
        Recipient one = Recipient.of(new Address("a@b.example"));
        mail.keeps(one, 0, new NoMail());
        try {
            mail.add(one);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, State> states() {
        Map<String, State> out = new LinkedHashMap<>();
        out.put("connected", new State.Connected());
        out.put("greeted", new State.Greeted());
        out.put("mail", new State.InMail(mail()));
        Mail addressed = mail();
        recipient(addressed);
        out.put("mail, rcpt", new State.InMail(addressed));
        out.put("chunks", new State.InChunks(addressed));
        out.put("skipping", new State.SkippingChunks(null));
        out.put("skipping mail", new State.SkippingChunks(addressed));
        return out;
    }

    /// A dot where the command takes effect, else the code of the refusal and a letter.
    private String table(boolean heloRequired, boolean tlsRequired, Map<String, String> legend)
            throws IOException {
        Smtpd smtpd =
                Reception.smtpd(
                        temp,
                        "smtpd_helo_required = "
                                + (heloRequired ? "yes" : "no")
                                + "\n"
                                + "smtpd_tls_security_level = "
                                + (tlsRequired ? "encrypt" : "none"),
                        new NoMail());
        StringBuilder out = new StringBuilder();
        out.append("## smtpd_helo_required = ").append(heloRequired ? "yes" : "no");
        out.append(tlsRequired ? ", TLS required and not there\n" : "\n");
        out.append("%-12s".formatted(""));
        states().keySet().forEach(name -> out.append("%-15s".formatted(name)));
        for (String line : COMMANDS) {
            Command command = Command.parse(line);
            out.append('\n').append("%-12s".formatted(line));
            for (State state : states().values()) {
                String cell =
                        switch (smtpd.dialogue.step(state, false, command)) {
                            case Admission.Proceed _ -> ".";
                            case Admission.Refuse r -> {
                                String text = r.reply().line();
                                yield r.reply().code() + " " + letter(legend, text);
                            }
                        };
                out.append("%-15s".formatted(cell));
            }
        }
        return out.append("\n\n").toString().replaceAll(" +\n", "\n");
    }

    private static String letter(Map<String, String> legend, String text) {
        return legend.computeIfAbsent(text, _ -> String.valueOf((char) ('a' + legend.size())));
    }

    @Test
    void everyPairOfCommandAndStateIsInTheTable() throws IOException {
        Map<String, String> legend = new LinkedHashMap<>();
        StringBuilder out =
                new StringBuilder(
                        """
                        # Which command may come when: a dot where it takes effect, else the refusal.
                        # `mail`: MAIL was accepted, and no recipient yet; `skipping`: after a BDAT chunk
                        # that was refused, without a mail or with one.

                        """);
        out.append(table(false, false, legend)).append(table(true, false, legend));
        out.append(table(false, true, legend));
        legend.forEach((text, letter) -> out.append(letter).append("  ").append(text).append('\n'));
        Files.writeString(Path.of("target/dialogue.txt"), out);
        String known = Files.readString(TABLE, StandardCharsets.UTF_8);
        assertEquals(known, out.toString(), "cp target/dialogue.txt " + TABLE);
    }

    /// A verb that the table forgets would be one whose order nobody has looked at.
    @Test
    void everyVerbIsInTheTable() throws IOException {
        Set<String> verbs = new TreeSet<>();
        for (Verb verb : Reception.smtpd(temp, "", new NoMail()).verbs.all()) {
            verbs.add(verb.name());
        }
        Set<String> asked = new TreeSet<>();
        COMMANDS.forEach(line -> asked.add(line.split(" ")[0]));
        assertEquals(verbs, asked);
    }
}
