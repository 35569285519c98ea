package org.postrider.rights.root;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Command;
import org.postrider.rights.Command.Line;
import org.postrider.rights.Command.Place;
import org.postrider.rights.Errno;
import org.postrider.rights.Identity;
import org.postrider.rights.Trouble;
import org.postrider.rights.act.Act;
import org.postrider.rights.act.Actor;
import org.postrider.rights.act.Posix;
import org.postrider.rights.act.Starter;

/// How root starts a user's command: setpriv(1) is started as root, gives up all of root's rights,
/// the saved ones too, and goes on as the command. What the command is to find in its environment
/// is kept from setpriv, but for names that no program's start heeds: those of the dynamic linker
/// would be obeyed as root.
final class Commands {
    private static final String SETPRIV = "/usr/bin/setpriv";
    private static final String ENV = "/usr/bin/env";

    /// What local(8), pipe(8) and virtual delivery set, and nothing on the way heeds.
    private static final Set<String> HARMLESS =
            Set.of(
                    "CLIENT_ADDRESS",
                    "CLIENT_HELO",
                    "CLIENT_HOSTNAME",
                    "CLIENT_PROTOCOL",
                    "DOMAIN",
                    "ENVID",
                    "EXTENSION",
                    "HOME",
                    "LOCAL",
                    "LOGNAME",
                    "MAIL_CONFIG",
                    "MAIL_LOGTAG",
                    "ORIGINAL_RECIPIENT",
                    "PATH",
                    "RECIPIENT",
                    "SASL_METHOD",
                    "SASL_SENDER",
                    "SASL_USERNAME",
                    "SENDER",
                    "SHELL",
                    "USER");

    private Commands() {}

    static Starter starter(Identity who, Actor actor) {
        return (command, in, out) ->
                command.place().root() == null
                        ? Starter.start(command, in, out, actor, before(who, command))
                        : below(who, command, in, out);
    }

    private static Starter.Before before(Identity who, Command command) throws Act {
        List<String> words = new ArrayList<>();
        words.add(SETPRIV);
        words.add("--reuid=" + Integer.toUnsignedString(who.uid()));
        words.add("--regid=" + Integer.toUnsignedString(who.gid()));
        words.add(
                who.groups().isEmpty()
                        ? "--clear-groups"
                        : "--groups="
                                + who.groups().stream()
                                        .map(Integer::toUnsignedString)
                                        .collect(Collectors.joining(",")));
        words.add("--inh-caps=-all");
        words.add("--");
        Map<String, String> rest = new HashMap<>(Starter.environment(command));
        rest.keySet().removeAll(HARMLESS);
        if (!rest.isEmpty()) {
            words.add(ENV);
            if (command.line() instanceof Line.Words w && w.argv().getFirst().contains("=")) {
                throw new Act(Trouble.Kind.UNSAFE, Errno.EINVAL, "a command whose name holds a =");
            }
            rest.forEach((name, value) -> words.add(name + "=" + value));
        }
        return new Starter.Before(words, HARMLESS);
    }

    /// Below another root there is no setpriv: a thread of its own goes there, gives up root's
    /// rights for good, starts the command, and ends.
    private static int below(Identity who, Command command, int in, int out) throws Act {
        Thrown thrown = new Thrown();
        int[] pid = new int[1];
        Thread thread =
                Thread.ofPlatform()
                        .name("below")
                        .unstarted(() -> {
                            try {
                                pid[0] = descend(who, command, in, out);
                            } catch (Act e) {
                                thrown.act = e;
                            }
                        });
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thrown.act != null) {
            throw thrown.act;
        }
        if (pid[0] <= 0) {
            throw new Act(Trouble.Kind.UNAVAILABLE, 0, "no rights to start it with");
        }
        return pid[0];
    }

    private static final class Thrown {
        @Nullable Act act;
    }

    private static int descend(Identity who, Command command, int in, int out) throws Act {
        String root = String.valueOf(command.place().root());
        Switch.root();
        Act.must("unshare", Posix.ownDirectories());
        Act.must("chroot(" + root + ")", Posix.root(root));
        Act.must("chdir(/)", Posix.enter("/"));
        Switch.forGood(who);
        Place inside = new Place(null, command.place().directory());
        return Starter.SELF.start(
                new Command(command.line(), command.environment(), inside, command.limits()),
                in,
                out);
    }
}
