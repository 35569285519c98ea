package org.postrider.master.control;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest;
import org.postrider.control.ControlRequest.Selection;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.maps.UserList;
import org.postrider.master.Generation;
import org.postrider.master.MasterParams;
import org.postrider.showq.Filter;
import org.postrider.showq.QueueAction;

/// Which local users may list the queue (authorized_mailq_users) and flush it
/// (authorized_flush_users), by what the kernel says of the other end of a socket under `public/`.
/// The superuser, mail_owner and the server's own user may always, as in Postfix. Any thread.
public final class LocalUsers {
    private static final int LONGEST_REQUEST = 3 * Filter.LONGEST;

    private final Supplier<Generation> generation;
    private final Requests requests;
    private final MailLog log;
    private final LogTag tag;

    public LocalUsers(Supplier<Generation> generation, Requests requests, MailLog log, LogTag tag) {
        this.generation = generation;
        this.requests = requests;
        this.log = log;
        this.tag = tag;
    }

    /// A session at `public/showq`: the listing, or nothing.
    public void list(Connection connection) {
        if (may(connection, MasterParams.AUTHORIZED_MAILQ_USERS, "view")) {
            requests.list(connection);
        }
    }

    /// A session at `public/flush`, which speaks as `private/control` does and knows what postqueue
    /// asks only, for one message or site at a time.
    public void flush(Connection connection) {
        flush(connection, asked -> asked instanceof ControlRequest.FlushSite || one(asked));
    }

    /// A session at `public/qmgr`, in the same manner: the whole queue, and listings of what a
    /// filter finds, for those who may list it.
    public void flushAll(Connection connection) {
        flush(connection, asked -> asked instanceof ControlRequest.Flush);
    }

    private void flush(Connection connection, Predicate<ControlRequest.OfQueue> known) {
        new ControlServer(
                        (asked, lines) ->
                                asked instanceof ControlRequest.OfQueue of
                                                && known.test(of)
                                                && may(
                                                        connection,
                                                        MasterParams.AUTHORIZED_FLUSH_USERS,
                                                        "flush")
                                        ? requests.answer(of, lines)
                                        : Result.NOT_ALLOWED,
                        filter ->
                                may(connection, MasterParams.AUTHORIZED_MAILQ_USERS, "view")
                                                && (!filter.unlisted() || trusted(connection))
                                        ? requests.listing(filter)
                                        : null,
                        LONGEST_REQUEST)
                .session(connection);
    }

    private static boolean one(ControlRequest asked) {
        return asked instanceof ControlRequest.Act act
                && act.action() == QueueAction.FLUSH
                && act.which() instanceof Selection.Ids ids
                && ids.ids().size() == 1;
    }

    private boolean may(Connection connection, Param<String> list, String what) {
        Generation now = generation.get();
        UserList users = new UserList(list.name(), now.settings().get(list), now.tables());
        if (users.anyone()) {
            return true;
        }
        UserPrincipal user = connection.user();
        if (user == null) {
            log.warning(tag, list.name() + ": the user at the other end is not known");
            return false;
        }
        try {
            if (trusted(now.settings()).contains(user) || users.has(UserList.name(user))) {
                return true;
            }
            log.warning(
                    tag,
                    "User "
                            + UserList.name(user)
                            + " is not allowed to "
                            + what
                            + " the mail queue");
        } catch (TableException | IOException e) {
            log.warning(tag, String.valueOf(e.getMessage()));
        }
        return false;
    }

    /// Clients and logins stand in no listing: a filter must not tell them one guess at a time.
    private boolean trusted(Connection connection) {
        UserPrincipal user = connection.user();
        try {
            if (user != null && trusted(generation.get().settings()).contains(user)) {
                return true;
            }
        } catch (IOException e) {
            log.warning(tag, String.valueOf(e.getMessage()));
        }
        log.warning(
                tag,
                "User "
                        + (user == null ? "unknown" : UserList.name(user))
                        + " is not allowed to ask for clients and logins of queued mail");
        return false;
    }

    private static Set<UserPrincipal> trusted(Settings settings) throws IOException {
        Set<UserPrincipal> out = new HashSet<>();
        out.add(Files.getOwner(Path.of("/proc/self")));
        for (String name : List.of("0", settings.get(MasterParams.MAIL_OWNER))) {
            UserPrincipal known = named(name);
            if (known != null) {
                out.add(known);
            }
        }
        return out;
    }

    /// @return null for none of this name
    private static @Nullable UserPrincipal named(String name) throws IOException {
        try {
            return FileSystems.getDefault()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(name);
        } catch (UserPrincipalNotFoundException e) {
            return null;
        }
    }
}
