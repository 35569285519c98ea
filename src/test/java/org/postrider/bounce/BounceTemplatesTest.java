package org.postrider.bounce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.config.Catalogue;
import org.postrider.config.ConfigException;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;

/// What bounce_template_file may say (bounce(5)).
class BounceTemplatesTest {
    @TempDir Path temp;

    private String body(String template) throws IOException {
        ServiceSettings settings =
                ServiceSettings.of(
                        MainCf.read(Files.writeString(temp.resolve("main.cf"), "")),
                        Catalogue.load(),
                        Map.of("myhostname", "mx.test.example", "mydomain", "test.example"));
        Path file =
                Files.writeString(
                        temp.resolve("bounce.cf"),
                        "failure_template = <<EOF\n" + template + "EOF\n");
        return BounceTemplates.read(file.toString(), settings).of(NoticeKind.FAILURE).body();
    }

    @Test
    void aConditionMayAskForAnyNameAndNothingElseMay() throws IOException {
        assertEquals("${nosuch?{x}}text\n", body("Subject: Z\n\n${nosuch?{x}}text\n"));
        assertThrows(ConfigException.class, () -> body("Subject: Z\n\n$nosuch text\n"));
        assertThrows(ConfigException.class, () -> body("Subject: Z\n\n${nosuch}\n"));
    }

    @Test
    void theTextBeginsAtTheFirstLineThatIsNoField() throws IOException {
        assertEquals("no field\nmore: of it\n", body("Subject: Z\nno field\nmore: of it\n"));
    }
}
