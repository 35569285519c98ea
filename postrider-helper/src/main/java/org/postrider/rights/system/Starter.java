package org.postrider.rights.system;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Command;
import org.postrider.rights.Errno;
import org.postrider.rights.Identity;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.system.Program.Next;

/// Starts a command's process, with the rights that it is to have for good. Between this process
/// and the command a [Program] runs, which takes its limits upon itself, gives up all rights but
/// the user's, and becomes the command. It is a process of its own, so that at no time a thread of
/// this one is the user's: he could end it, and all others with it, by a signal to that thread.
///
/// @param actor with whose user's rights it is looked up, and with whose opener's it is started
/// @param becomes whose it is to be, null for whom this process runs as
/// @param own in which the program is where memory may not be run
public record Starter(Actor actor, @Nullable Identity becomes, OwnDirectory own) {
    /// How often a program is tried that others being started may still have open for writing.
    private static final int ATTEMPTS = 1000;

    private static final long PAUSE_NANOS = 1_000_000L;

    private static final int PROGRAM = Program.REPORT + 1;
    private static final int CLOSED_BY_EXEC = 1;
    private static final int SET_FLAGS = 2;
    private static final int LARGEST_FILE = 1;
    private static final long CAPABILITIES_VERSION = 0x20080522;

    /// A user can stop his process before it is a command; its time limit is for that, too.
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    /// A program, where it is, and its words.
    public record Found(String program, List<String> words) {}

    /// What the user found of a command.
    ///
    /// @param found of which the first that is there is run
    /// @param settings its environment, `name=value`
    /// @param directory a descriptor of where it begins, or negative
    public record Looked(
            Command command, List<Found> found, List<String> settings, int directory) {}

    /// Returns once it is the command; with the user's rights.
    ///
    /// @param looked whose directory is closed here in any case
    public Child start(Looked looked, int in, int out) throws Act {
        actor.opener();
        try {
            return new Child(start(program(looked), looked.directory, in, out), actor);
        } finally {
            actor.user();
            if (looked.directory >= 0) {
                Posix.close(looked.directory);
            }
        }
    }

    /// A file that nobody finds, for what is too large for memory.
    ///
    /// @param ends gets a descriptor to read it by, and one to write it by
    public void nameless(int[] ends) throws Act {
        actor.opener();
        try {
            own.nameless(ends);
        } finally {
            actor.user();
        }
    }

    private int start(Program program, int directory, int in, int out) throws Act {
        int[] report = new int[2];
        Act.must("pipe", Posix.pipe(report));
        try {
            int file = own.program(program.file());
            int[] descriptors = {in, out, out, report[1], file};
            int pid;
            try {
                pid = Processes.spawn(descriptors, PROGRAM, directory);
                for (int i = 1; i < ATTEMPTS && pid == -Errno.ETXTBSY; i++) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                    pid = Processes.spawn(descriptors, PROGRAM, directory);
                }
            } finally {
                Posix.close(file);
            }
            report[1] = closed(report[1]);
            if (pid < 0) {
                String text = "cannot start what gives up rights: " + Errno.text(-pid);
                throw new Act(Kind.UNAVAILABLE, -pid, pid == -Errno.EACCES ? text + NOWHERE : text);
            }
            await(program, report[0], pid);
            return pid;
        } finally {
            closed(report[0]);
            closed(report[1]);
        }
    }

    private static final String NOWHERE =
            " (neither memory, see vm.memfd_noexec, nor a file in data_directory may be run)";

    private static int closed(int descriptor) {
        if (descriptor >= 0) {
            Posix.close(descriptor);
        }
        return -1;
    }

    /// Until it is the command, or says why it is not.
    private static void await(Program program, int report, int pid) throws Act {
        long[] said = Processes.ended(report, PATIENCE_NANOS) ? Posix.two(report) : null;
        if (said != null) {
            Posix.await(pid);
            throw Act.failed(program.name((int) said[1]), (int) said[0]);
        }
    }

    /// What fails that Postfix has as well is named as it names it.
    private Program program(Looked looked) {
        Command command = looked.command;
        Program all = new Program();
        all.then("close", Posix.Call.CLOSE, PROGRAM);
        all.then("fcntl", Posix.Call.FCNTL, Program.REPORT, SET_FLAGS, CLOSED_BY_EXEC);
        long most = command.limits().fileSize();
        if (most > 0) {
            long limits = all.numbers(most, most);
            all.then("prlimit", Posix.Call.PRLIMIT, 0, LARGEST_FILE, limits, 0);
        }
        String root = command.place().root();
        if (root != null) {
            all.then("chroot(" + root + ")", Posix.Call.CHROOT, all.text(root));
            all.then("chdir(/)", Posix.Call.CHDIR, all.text("/"));
        }
        if (becomes != null) {
            long groups = all.small(becomes.groups());
            int uid = becomes.uid();
            int gid = becomes.gid();
            all.then("setgroups", Posix.Call.SETGROUPS, becomes.groups().size(), groups);
            all.then("setresgid", Posix.Call.SETRESGID, gid, gid, gid);
            all.then("setresuid", Posix.Call.SETRESUID, uid, uid, uid);
            long none = all.numbers(0, 0, 0);
            all.then("capset", Posix.Call.CAPSET, all.numbers(CAPABILITIES_VERSION), none);
        }
        String directory = command.place().directory();
        if (root != null && directory != null) {
            all.then(entering(directory), Posix.Call.CHDIR, all.text(directory));
        }
        return becomes(all, looked.found, looked.settings);
    }

    /// One after another, and what is found but is no program is the shell's (execvp(3)).
    private static Program becomes(Program all, List<Found> found, List<String> settings) {
        Found last = found.getLast();
        List<String> words = last.words();
        String name = "execvp " + words.getFirst();
        for (Found each : found) {
            Next next = each == last ? Next.UNLESS_A_PROGRAM : Next.IF_IT_FAILS;
            all.become(name, next, each.program(), words, settings);
        }
        List<String> shell =
                Stream.concat(Stream.of("sh", last.program()), words.stream().skip(1)).toList();
        return all.become(name, Next.IF_IT_SUCCEEDS, "/bin/sh", shell, settings);
    }

    public static String entering(String directory) {
        return "cannot change directory to \"" + directory + "\"";
    }
}
