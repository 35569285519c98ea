package org.postrider.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.disk.Reading;
import org.postrider.local.expand.AliasTable;
import org.postrider.local.expand.Mailboxes;
import org.postrider.local.expand.World;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.RewriteService;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileText;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;

/// The machine as an expansion sees it.
///
/// @param warnings what the log says
record LocalWorld(
        Accounts accounts,
        Rights rights,
        RewriteService rewrite,
        List<AliasTable> aliases,
        Consumer<String> warnings)
        implements World {
    /// A `.forward` is written by hand; one that is larger is not read.
    static final int FORWARD_LIMIT = 1 << 20;

    /// A file of addresses of a list.
    static final int INCLUDE_LIMIT = 16 << 20;

    /// Most files are not larger: more room is taken for those only that are.
    private static final int USUAL = 64 << 10;

    /// How often octets are there while they are read.
    private static final int COPIES = 3;

    @Override
    public @Nullable Account user(String name) throws NoAnswer {
        try {
            return accounts.named(name);
        } catch (Accounts.LookupException e) {
            throw new NoAnswer(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public @Nullable Account user(int uid) throws NoAnswer {
        try {
            return accounts.numbered(uid);
        } catch (Accounts.LookupException e) {
            throw new NoAnswer(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public @Nullable String homeFault(Account user) {
        return switch (rights.look(user.identity(), user.home(), true)) {
            case Answer.Done<FileFacts> _ -> null;
            case Answer.Refused<FileFacts> r ->
                    r.trouble().kind() == Trouble.Kind.SYSTEM
                            ? Errno.text(r.trouble().errno())
                            : r.trouble().text();
        };
    }

    @Override
    public Text forward(String file, Account as, Room room) {
        if (as.uid() == 0) {
            return rootsForward(file);
        }
        switch (rights.look(as.identity(), file, false)) {
            case Answer.Done<FileFacts> _ -> {
                // it is there
            }
            case Answer.Refused<FileFacts> r -> {
                return r.trouble().kind() == Trouble.Kind.SYSTEM && !r.trouble().temporary()
                        ? new Text.Absent()
                        : new Text.Unread(r.trouble().text());
            }
        }
        Answer<FileText> read =
                within(
                        room,
                        FORWARD_LIMIT,
                        limit -> rights.read(as.identity(), file, ReadRules.forward(limit)),
                        text -> text.octets().length());
        return switch (read) {
            case Answer.Done<FileText> d ->
                    new Text.Lines(d.value().octets(), d.value().facts().uid());
            case Answer.Refused<FileText> r ->
                    refused(sized(r.trouble(), as, file, FORWARD_LIMIT), "file " + file, file);
        };
    }

    /// There was no room to find out that a file is too large for any room: it says so by itself.
    private Trouble sized(Trouble trouble, Account as, String file, int most) {
        return trouble.errno() == Errno.ENOMEM
                        && rights.look(as.identity(), file, true)
                                instanceof Answer.Done<FileFacts> d
                        && d.value().size() > most
                ? new Trouble(
                        Trouble.Kind.SYSTEM, Errno.EFBIG, "cannot read: " + Errno.text(Errno.EFBIG))
                : trouble;
    }

    /// Of a file that root would have to read it is known whether it is there, and no more.
    private Text rootsForward(String file) {
        return switch (rights.readOwned(file, ReadRules.forward(FORWARD_LIMIT))) {
            case Answer.Refused<Rights.Owned> r when r.trouble().errno() == Errno.ENOENT ->
                    new Text.Absent();
            case Answer.Refused<Rights.Owned> r ->
                    new Text.Unread(file + ": " + r.trouble().text() + "; " + Mailboxes.ALIAS);
            case Answer.Done<Rights.Owned> _ ->
                    new Text.Unread(file + ": not owned by root; " + Mailboxes.ALIAS);
        };
    }

    @Override
    public Text include(String file, @Nullable Account as, Room room) {
        if (as != null && as.uid() != 0) {
            Answer<FileText> read =
                    within(
                            room,
                            INCLUDE_LIMIT,
                            limit -> rights.read(as.identity(), file, ReadRules.include(limit)),
                            text -> text.octets().length());
            return switch (read) {
                case Answer.Done<FileText> d ->
                        new Text.Lines(d.value().octets(), d.value().facts().uid());
                case Answer.Refused<FileText> r ->
                        notIncluded(sized(r.trouble(), as, file, INCLUDE_LIMIT), file);
            };
        }
        Answer<Rights.Owned> read =
                within(
                        room,
                        INCLUDE_LIMIT,
                        limit -> rights.readOwned(file, ReadRules.include(limit)),
                        owned -> owned.text().octets().length());
        return switch (read) {
            case Answer.Done<Rights.Owned> d ->
                    new Text.Lines(d.value().text().octets(), d.value().text().facts().uid());
            case Answer.Refused<Rights.Owned> r when r.trouble().kind() == Trouble.Kind.FORBIDDEN ->
                    administrators(file, room);
            case Answer.Refused<Rights.Owned> r -> notIncluded(r.trouble(), file);
        };
    }

    /// Reads a file of any size up to `most` in room that was taken for it first.
    private static <T> Answer<T> within(
            Room room, int most, IntFunction<Answer<T>> read, ToIntFunction<T> length) {
        Answer<T> first = reserved(room, Math.min(most, USUAL), read, length);
        return first instanceof Answer.Refused<T> r && r.trouble().errno() == Errno.EFBIG
                ? reserved(room, most, read, length)
                : first;
    }

    private static <T> Answer<T> reserved(
            Room room, int most, IntFunction<Answer<T>> read, ToIntFunction<T> length) {
        int taken = room.take(COPIES * most);
        int kept = 0;
        try {
            Answer<T> answer = read.apply(taken / COPIES);
            if (answer instanceof Answer.Done<T> d) {
                kept = length.applyAsInt(d.value());
            } else if (answer instanceof Answer.Refused<T> r
                    && r.trouble().errno() == Errno.EFBIG
                    && taken < COPIES * most) {
                return Answer.refused(noRoom());
            }
            return answer;
        } finally {
            room.give(taken - kept);
        }
    }

    private static Trouble noRoom() {
        return new Trouble(
                Trouble.Kind.SYSTEM, Errno.ENOMEM, "cannot read: " + Errno.text(Errno.ENOMEM));
    }

    private static Text notIncluded(Trouble trouble, String file) {
        if (trouble.temporary()) {
            return unread(trouble);
        }
        if (trouble.text().startsWith("unable to lookup")) {
            return new Text.Refused(
                    "unable to lookup :include: file " + file + ": " + Errno.text(trouble.errno()));
        }
        if (trouble.text().startsWith("cannot open")) {
            return new Text.Refused(
                    "cannot open include file " + file + ": " + Errno.text(trouble.errno()));
        }
        return refused(trouble, ":include: file " + file, file);
    }

    private static Text refused(Trouble trouble, String what, String file) {
        if (trouble.kind() == Trouble.Kind.UNSAFE) {
            return new Text.Refused(what + " " + trouble.text());
        }
        if (trouble.temporary()
                || trouble.kind() != Trouble.Kind.SYSTEM
                || trouble.text().startsWith("cannot read")) {
            return unread(trouble);
        }
        return new Text.Refused("cannot open file " + file + ": " + Errno.text(trouble.errno()));
    }

    private static Text unread(Trouble trouble) {
        return new Text.Unread(trouble.errno() == 0 ? trouble.text() : Errno.text(trouble.errno()));
    }

    /// A file of root's or of the mail system's own, which an alias of the administrator names.
    private static Text administrators(String file, Room room) {
        Path path = Path.of(file);
        String what = ":include: file " + file;
        try {
            PosixFileAttributes facts = Files.readAttributes(path, PosixFileAttributes.class);
            if (!facts.isRegularFile()) {
                return new Text.Refused(what + " is not a regular file");
            }
            if (facts.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
                return new Text.Refused(what + " is world writable");
            }
            if (facts.size() > INCLUDE_LIMIT) {
                return new Text.Unread(Errno.text(Errno.EFBIG));
            }
            Object uid = Files.getAttribute(path, "unix:uid");
            int most = (int) facts.size();
            int taken = room.take(COPIES * most);
            int kept = 0;
            try {
                if (taken < COPIES * most) {
                    return new Text.Unread(Errno.text(Errno.ENOMEM));
                }
                String text = Reading.text(path, most);
                kept = text.length();
                return new Text.Lines(text, ((Number) uid).intValue());
            } finally {
                room.give(taken - kept);
            }
        } catch (java.nio.file.NoSuchFileException e) {
            return new Text.Refused(
                    "unable to lookup :include: file " + file + ": " + Errno.text(Errno.ENOENT));
        } catch (java.nio.file.AccessDeniedException e) {
            return new Text.Refused(
                    "cannot open include file " + file + ": " + Errno.text(Errno.EACCES));
        } catch (IOException e) {
            return new Text.Unread(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Address canonical(Address address) {
        return rewrite.rewrite(address, true);
    }

    @Override
    public Resolved resolve(Address address) {
        return rewrite.resolve(Address.NULL, address);
    }

    @Override
    public void warn(String text) {
        warnings.accept(text);
    }
}
