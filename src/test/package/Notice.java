import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/// A Java application that sends a mail as its mail.properties says: `Notice FILE FROM TO SUBJECT`.
class Notice {
    public static void main(String[] a) throws Exception {
        Properties p = new Properties();
        try (var in = Files.newBufferedReader(Path.of(a[0]))) {
            p.load(in);
        }
        Authenticator login =
                new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return new PasswordAuthentication(
                                p.getProperty("mail.smtp.user"),
                                p.getProperty("mail.smtp.password"));
                    }
                };
        boolean auth = Boolean.parseBoolean(p.getProperty("mail.smtp.auth"));
        MimeMessage m = new MimeMessage(Session.getInstance(p, auth ? login : null));
        m.setFrom(new InternetAddress(a[1]));
        m.setRecipient(Message.RecipientType.TO, new InternetAddress(a[2]));
        m.setSubject(a[3]);
        m.setText("notice");
        Transport.send(m);
    }
}
