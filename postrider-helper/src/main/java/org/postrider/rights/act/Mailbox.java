package org.postrider.rights.act;

import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.FileFacts;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.Request;
import org.postrider.rights.act.Records.Left;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.MailboxFile;
import org.postrider.rights.system.Posix;

/// Puts a message behind others in a file that is open and locked ([MailboxFile]), with the words
/// of Postfix's mail_copy(3).
public final class Mailbox {
    /// A message that is written to its place and not forced yet. The steps are those of many
    /// places, each taken by all of them before the next, so that the disk is waited for once;
    /// whatever fails leaves the place as it was. One thread's.
    public interface Staged extends AutoCloseable {
        /// It is on its way to the disk, which is not waited for.
        void begin() throws Act;

        /// It has come there, and what the file system says of it is still to be forced.
        void await() throws Act;

        /// Its octets are durable, and so is a mailbox's message.
        void force() throws Act;

        /// With the user's rights: a Maildir's file gets its name in `new`, which is to be forced
        /// as well.
        default void move() throws Act {}

        /// That directory is forced, or could not be: it is not tried again, since what a disk
        /// refused it does not speak of twice.
        default void forced(boolean durable) {}

        /// Octets that the file had.
        default long before() {
            return 0;
        }

        /// The last step, with any rights: what is not done is undone.
        @Override
        void close();
    }

    private final Request.Append asked;
    private final MailboxRules rules;
    private final MailboxFile file;

    /// @param asked whose identity owns the file, or is to own it
    public Mailbox(Request.Append asked, Actor actor) {
        this.asked = asked;
        rules = asked.rules();
        file = new MailboxFile(asked, actor);
    }

    /// Puts the content behind what is there, forced.
    ///
    /// @param records of what is under way
    public Appended append(Content content, Records records) throws Act {
        Content unlessDone =
                out -> {
                    if (!records.done(asked.key())) {
                        content.writeTo(out);
                    }
                };
        try (Staged staged = staged(unlessDone, FileSink.BUFFER, records.begin(asked))) {
            staged.force();
            return new Appended(staged.before(), file.warning());
        } catch (Act e) {
            throw file.warning().isEmpty() ? e : e.warning(file.warning());
        }
    }

    /// It is opened, locked and written to. Waits for nobody.
    ///
    /// @param octets that the content has at most
    public Staged stage(Content content, int octets, Records records) throws Act {
        return staged(content, octets, records.beginNow(asked));
    }

    private Staged staged(Content content, int octets, Records.Entry entry) throws Act {
        Behind staged = new Behind(entry);
        try {
            staged.write(content, octets);
            return staged;
        } catch (Act e) {
            throw staged.undone(e);
        } catch (RuntimeException | Error e) {
            staged.close();
            throw e;
        }
    }

    private final class Behind implements Staged {
        private final Records.Entry entry;
        private boolean over;
        private boolean regular;
        private long before;
        private boolean torn;

        private Behind(Records.Entry entry) {
            this.entry = entry;
        }

        private void write(Content content, int size) throws Act {
            FileFacts facts = file.open();
            before = facts.size();
            regular = facts.regular();
            if (!regular) {
                FileSink.copy(content, file.descriptor(), Long.MAX_VALUE, FileSink.Watch.NOBODY);
                return;
            }
            long most = rules.sizeLimit() > 0 ? rules.sizeLimit() - before : Long.MAX_VALUE;
            torn = true;
            FileSink.copy(
                    content,
                    size,
                    file.descriptor(),
                    most,
                    (octets, total) -> entry.writes(facts, octets, before + total));
        }

        @Override
        public void begin() throws Act {
            step(Posix.beginSync(file.descriptor()));
        }

        @Override
        public void await() throws Act {
            step(Posix.awaitSync(file.descriptor()));
        }

        private void step(int done) throws Act {
            try {
                Act.must("error writing message", done);
            } catch (Act e) {
                throw undone(e);
            }
        }

        @Override
        public long before() {
            return before;
        }

        @Override
        public void force() throws Act {
            if (regular) {
                step(Posix.sync(file.descriptor()));
                torn = false;
            }
            entry.written();
        }

        private Act undone(Act why) {
            int cut;
            try {
                cut = cut();
            } finally {
                close();
            }
            return cut < 0 ? Act.failed("part of a message is left in the file", cut) : why;
        }

        private int cut() {
            if (!torn) {
                return 0;
            }
            torn = false;
            int cut = Posix.truncate(file.descriptor(), before);
            Posix.sync(file.descriptor());
            if (cut >= 0) {
                entry.undone();
            }
            return cut;
        }

        @Override
        public void close() {
            if (over) {
                return;
            }
            over = true;
            try (entry) {
                try {
                    cut();
                } finally {
                    file.close();
                }
            }
        }
    }

    /// Takes away what a process that was killed left: its `.lock` file, and its part of a message,
    /// but nothing that may be anybody else's.
    ///
    /// @return octets that were cut off
    /// @throws Act if the file may hold part of a message that was not cut off
    long mend(Left left) throws Act {
        try (file) {
            if (!left.writing()) {
                file.abandoned(left.seconds());
                return 0;
            }
            FileFacts facts = file.openAgain(left.seconds());
            return Torn.cut(file.descriptor(), facts, left.tail());
        }
    }
}
