package org.postrider.master.reload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.log.ConfigurationEvent;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.master.Configuration;
import org.postrider.master.Generation;
import org.postrider.master.MasterParams;
import org.postrider.master.Shared;
import org.postrider.master.check.Checks;

/// The generations of a server: the one in charge, and how the next one takes over. Any thread may
/// ask for the one in charge; reloads come one at a time.
public final class Generations implements AutoCloseable {
    /// What a new generation takes over.
    public interface Succession {
        /// Does all that can still be refused.
        ///
        /// @return puts the generation in charge, and cannot fail
        /// @throws ConfigException where it cannot take over; nothing has changed
        Runnable prepare(Generation next);

        /// Listens where it says, and nowhere else.
        ///
        /// @throws IOException for a place that cannot be had
        void listen(Generation generation) throws IOException;
    }

    private final Configuration.Source source;
    private final Shared shared;
    private final MailLog log;
    private final LogTag tag;
    private volatile Generation current;

    /// @param first nothing listens yet for it
    /// @param tag who speaks for the server
    public Generations(Configuration.Source source, Generation first, Shared shared, LogTag tag) {
        this.source = source;
        this.shared = shared;
        this.tag = tag;
        log = shared.machine().log();
        current = first;
    }

    /// The one in charge.
    public Generation current() {
        return current;
    }

    /// Reads the configuration anew and swaps; a broken one is refused and the old one goes on.
    ///
    /// @param lines gets the reason of a refusal, and what waits for a stop and start
    /// @return false where it was refused
    public boolean reload(Succession succession, Consumer<String> lines) {
        try {
            Configuration next = source.read();
            Settings before = current.settings();
            if (!queueDirectory(next.settings()).equals(queueDirectory(before))) {
                throw new ConfigException(
                        "queue_directory cannot change while the mail system runs: stop and start"
                                + " it");
            }
            Unchanged.say(before, next.settings(), lines, told -> log.event(tag, told));
            Generation old = current;
            swap(new Generation(next, shared), succession);
            old.retire();
            say();
            log.event(tag, new ConfigurationEvent.Reloaded(version(), directory()));
            return true;
        } catch (ConfigException | IOException e) {
            refused(String.valueOf(e.getMessage()), lines);
            return false;
        }
    }

    /// Tells who asked, and the log, why it is not done.
    public void refused(String why, Consumer<String> lines) {
        lines.accept("postfix: fatal: " + why);
        log.event(tag, new ConfigurationEvent.ReloadRefused(why));
    }

    private static Path queueDirectory(Settings settings) {
        return Path.of(settings.get(MasterParams.QUEUE_DIRECTORY)).toAbsolutePath();
    }

    /// Everything that can refuse comes first; then the new one is in charge.
    private void swap(Generation next, Succession succession) throws IOException {
        Generation old = current;
        boolean good = false;
        try {
            Runnable takeOver = succession.prepare(next);
            current = next;
            succession.listen(next);
            good = true;
            takeOver.run();
        } finally {
            if (!good) {
                // The old one goes on, with the addresses it had.
                current = old;
                next.retire();
                succession.listen(old);
            }
        }
    }

    /// What a start and each reload say of the configuration.
    public void say() {
        Configuration configuration = current.configuration();
        for (String notice : Checks.all(configuration, false)) {
            String text = notice.startsWith("warning: ") ? notice.substring(9) : notice;
            log.event(tag, new ConfigurationEvent.Notice(text));
        }
        for (String line : Checks.chrootByDefault(configuration)) {
            log.info(tag, line);
        }
    }

    /// Says that the mail system runs.
    public void started() {
        log.event(tag, new ConfigurationEvent.Started(version(), directory()));
    }

    private String version() {
        return String.valueOf(current.settings().text("mail_version"));
    }

    private String directory() {
        return String.valueOf(current.settings().configDirectory());
    }

    @Override
    public void close() {
        current.retire();
    }
}
