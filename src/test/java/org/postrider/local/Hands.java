package org.postrider.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Command;
import org.postrider.rights.Content;
import org.postrider.rights.Ended;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileText;
import org.postrider.rights.Identity;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Request;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;
import org.postrider.rights.act.Mailbox;
import org.postrider.rights.act.Maildir;
import org.postrider.rights.act.Records;
import org.postrider.rights.act.Run;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.Starter;
import org.postrider.rights.system.UserFile;

/// The real acts, for everybody, with the rights of this process: a test's users own nothing.
class Hands implements Rights {
    private final AtomicLong serial = new AtomicLong();
    private final Records records;

    /// @param directory for a directory of its own
    Hands(Path directory) throws IOException {
        try {
            records = Records.open(Files.createTempDirectory(directory, "records").toString());
        } catch (Act e) {
            throw new IOException(e);
        }
    }

    /// How often somebody was asked whether a file is there.
    int looks;

    /// For whom commands were run.
    final List<Identity> ran = new ArrayList<>();

    @Override
    public List<String> limits() {
        return List.of();
    }

    private static <T> Answer<T> act(Callable<T> what) {
        try {
            return Answer.done(what.call());
        } catch (Act e) {
            return Answer.refused(e.trouble());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Answer<FileText> read(Identity who, String path, ReadRules rules) {
        return act(() -> UserFile.read(path, rules, who.uid()));
    }

    @Override
    public Answer<Owned> readOwned(String path, ReadRules rules) {
        return Answer.refused(
                new Trouble(Trouble.Kind.FORBIDDEN, Errno.EPERM, "the mail system's own"));
    }

    @Override
    public Answer<FileFacts> look(Identity who, String path, boolean follow) {
        looks++;
        return act(() -> UserFile.look(path, follow));
    }

    @Override
    public Answer<Appended> put(Request.Put put, List<String> files, Content content) {
        return act(() -> {
            UserFile.absent(files);
            return switch (put) {
                case Request.Append a -> new Mailbox(a, Actor.SELF).append(content, records);
                case Request.Maildir m -> {
                    new Maildir(m, Actor.SELF, serial, records).deliver(content);
                    yield Appended.NEW;
                }
            };
        });
    }

    @Override
    public Answer<Ended> run(Identity who, Command command, Content content) {
        ran.add(who);
        return act(() ->
                Run.run(command, content, new Starter(Actor.SELF, null, records.directory())));
    }

    @Override
    public Answer<Ended> serve(Identity who, Command command, long number) {
        return Answer.refused(new Trouble(Trouble.Kind.FORBIDDEN, 0, "nobody is served"));
    }

    @Override
    public Answer<byte[]> configured(String path) {
        throw new AssertionError(path);
    }

    /// An account of the tests.
    static Account account(String name, int uid, String home) {
        return new Account(name, uid, uid, "", home, "/bin/sh");
    }
}
