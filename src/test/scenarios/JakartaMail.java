import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.FileReader;
import java.util.Properties;

/// One mail by Jakarta Mail: `JakartaMail PORT none|starttls|wrapped FROM TO SUBJECT TEXT
/// [MECHANISM USER PASSWORD]`, for src/test/scenarios/clients.
///
/// `JakartaMail FILE.properties TO SUBJECT TEXT`: as an application that is set up by such a file,
/// for src/test/scenarios/smart-host.
class JakartaMail {
    public static void main(String[] a) throws Exception {
        if (a[0].endsWith(".properties")) {
            byFile(a);
            return;
        }
        String protocol = a[1].equals("wrapped") ? "smtps" : "smtp";
        Properties p = new Properties();
        p.put("mail.transport.protocol.rfc822", protocol);
        p.put("mail." + protocol + ".host", "127.0.0.1");
        p.put("mail." + protocol + ".port", a[0]);
        p.put("mail." + protocol + ".localhost", "jakarta.example");
        p.put("mail." + protocol + ".ssl.trust", "*");
        p.put("mail." + protocol + ".ssl.checkserveridentity", "false");
        p.put("mail." + protocol + ".timeout", "240000");
        p.put("mail.smtp.starttls.enable", String.valueOf(a[1].equals("starttls")));
        p.put("mail.smtp.starttls.required", String.valueOf(a[1].equals("starttls")));
        Authenticator login = null;
        if (a.length > 6) {
            p.put("mail." + protocol + ".auth", "true");
            p.put("mail." + protocol + ".auth.mechanisms", a[6]);
            login =
                    new Authenticator() {
                        @Override
                        protected PasswordAuthentication getPasswordAuthentication() {
                            return new PasswordAuthentication(a[7], a[8]);
                        }
                    };
        }
        MimeMessage m = new MimeMessage(Session.getInstance(p, login));
        m.setFrom(new InternetAddress(a[2]));
        m.setRecipient(Message.RecipientType.TO, new InternetAddress(a[3]));
        m.setSubject(a[4]);
        m.setText(a[5], "utf-8");
        m.setHeader("Content-Transfer-Encoding", "8bit");
        m.saveChanges();
        Transport.send(m);
    }

    private static void byFile(String[] a) throws Exception {
        Properties p = new Properties();
        try (FileReader in = new FileReader(a[0])) {
            p.load(in);
        }
        Session session =
                Session.getInstance(
                        p,
                        new Authenticator() {
                            @Override
                            protected PasswordAuthentication getPasswordAuthentication() {
                                return new PasswordAuthentication(
                                        p.getProperty("mail.smtp.user"),
                                        p.getProperty("mail.smtp.password"));
                            }
                        });
        MimeMessage m = new MimeMessage(session);
        m.setFrom(new InternetAddress(p.getProperty("mail.smtp.from")));
        m.setRecipient(Message.RecipientType.TO, new InternetAddress(a[1]));
        m.setSubject(a[2]);
        m.setText(a[3]);
        Transport.send(m);
    }
}
