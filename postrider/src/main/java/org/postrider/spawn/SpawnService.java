package org.postrider.spawn;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postrider.agent.AgentParams;
import org.postrider.agent.CommandEnvironment;
import org.postrider.agent.ServiceUser;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Command;
import org.postrider.rights.Ended;
import org.postrider.rights.Identity;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;
import org.postrider.threads.Family;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// A line of spawn(8): its command, once for each connection. Immutable; any thread.
public final class SpawnService {
    private static final Work WORK =
            Work.of("spawn", "waits for a command of spawn(8)").failing("the session ends");

    /// How long a client may take to hear what a command that has ended had said.
    private static final int LEFT_SECONDS = 100;

    private static final int COME_SECONDS = 5;
    private static final int BUFFER = 8 << 10;

    private final Settings settings;
    private final Machine machine;
    private final Family waiting;
    private final @Nullable SpawnLine line;
    private final String fault;
    private final Map<String, String> environment;
    private final Command.Limits limits;

    /// What it works with.
    public record Machine(
            Accounts accounts, Rights rights, Meeting meeting, Supervisor threads, MailLog log) {}

    /// A line that cannot be is named to every client's session, in the log.
    ///
    /// @param name of the service
    /// @param arguments of the line after the program
    public SpawnService(String name, List<String> arguments, Settings settings, Machine machine) {
        this.settings = settings;
        this.machine = machine;
        waiting = machine.threads().family(WORK);
        @Nullable SpawnLine read = null;
        String why = "";
        try {
            read = SpawnLine.of(arguments);
        } catch (ConfigException e) {
            why = String.valueOf(e.getMessage());
        }
        line = read;
        fault = why;
        environment = CommandEnvironment.of(settings, System.getenv());
        Duration time = settings.perTransport(name, "_time_limit", AgentParams.COMMAND_TIME_LIMIT);
        limits = new Command.Limits(time, 0, 0);
    }

    /// What is wrong with a line, a sentence each; clients find nobody there.
    public static List<String> problems(
            List<String> arguments, Settings settings, Accounts accounts) {
        List<String> out = new ArrayList<>();
        try {
            switch (SpawnLine.of(arguments).user().find(accounts, settings)) {
                case ServiceUser.Found.Known _ -> {
                    // as it should be
                }
                case ServiceUser.Found.Unanswered u -> out.add(u.why());
                case ServiceUser.Found.Refused r -> out.add(refused(r));
            }
        } catch (ConfigException e) {
            out.add(String.valueOf(e.getMessage()));
        }
        return out;
    }

    /// The group of submission, which Postfix's spawn lets pass, is refused as by pipe(8).
    private static String refused(ServiceUser.Found.Refused r) {
        return switch (r.why()) {
            case NO_USER -> "unknown user name: " + r.name();
            case NO_GROUP -> "unknown group name: " + r.name();
            case ROOT -> "request to deliver as root";
            case OWNER -> "request to deliver as mail system owner";
            case ROOT_GROUP -> "request to use privileged group id 0";
            case OWNER_GROUP -> "request to use mail system owner group id " + r.number();
            case SUBMISSION_GROUP ->
                    "request to use mail system " + r.owner() + " group id " + r.number();
        };
    }

    /// Blocks until the command has ended; the connection is closed after it.
    public void session(Connection client, LogTag as) {
        if (line == null) {
            machine.log().fatal(as, fault);
            return;
        }
        switch (line.user().find(machine.accounts(), settings)) {
            case ServiceUser.Found.Known known -> serve(line.argv(), known.identity(), client, as);
            case ServiceUser.Found.Unanswered u -> machine.log().fatal(as, u.why());
            case ServiceUser.Found.Refused r -> machine.log().fatal(as, refused(r));
        }
    }

    private void serve(List<String> argv, Identity who, Connection client, LogTag as) {
        Command command =
                new Command(new Command.Line.Words(argv), environment, Command.Place.ANY, limits);
        CompletableFuture<@Nullable Connection> come = new CompletableFuture<>();
        CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
        CompletableFuture<@Nullable Void> told = new CompletableFuture<>();
        long number =
                machine.meeting()
                        .expect(connection -> {
                            come.complete(connection);
                            pass(connection, client);
                            told.complete(null);
                            // The client hears of the end though it says nothing more.
                            client.close();
                        });
        waiting.start(
                () -> {
                    Answer<Ended> answer = machine.rights().serve(who, command, number);
                    if (answer instanceof Answer.Done<Ended>) {
                        // It may have ended before its connection was looked at.
                        come.completeOnTimeout(null, COME_SECONDS, TimeUnit.SECONDS);
                        come.join();
                    }
                    say(argv.getFirst(), answer, as);
                },
                () -> {
                    machine.meeting().forget(number);
                    come.complete(null);
                    client.deadline(LEFT_SECONDS * 1000L);
                    ended.complete(null);
                });
        Connection connection = come.join();
        if (connection != null) {
            client.idle(true);
            if (pass(client, connection)) {
                connection.endOutput();
            } else {
                connection.close();
            }
            ended.join();
            // What the command has said last is still on its way.
            told.completeOnTimeout(null, LEFT_SECONDS, TimeUnit.SECONDS).join();
        }
    }

    /// Everything that comes from one goes to the other.
    ///
    /// @return whether it came to its end
    private static boolean pass(Connection from, Connection to) {
        byte[] buffer = new byte[BUFFER];
        try {
            while (true) {
                int got = from.read(buffer, 0, buffer.length);
                if (got < 0) {
                    return true;
                }
                to.write(buffer, 0, got);
            }
        } catch (IOException e) {
            return false;
        }
    }

    /// In Postfix's words.
    private void say(String name, Answer<Ended> answer, LogTag as) {
        MailLog log = machine.log();
        switch (answer) {
            case Answer.Refused<Ended> r -> {
                if (r.trouble().kind() == Trouble.Kind.SYSTEM) {
                    log.fatal(as, "spawn_comand: " + r.trouble().text());
                    log.warning(as, "command " + name + " exit status 1");
                } else {
                    log.warning(as, "command " + name + ": " + r.trouble().text());
                }
            }
            case Answer.Done<Ended>(Ended end) -> {
                switch (end.how()) {
                    case Ended.How.Exit x when x.status() == 0 -> {
                        // as it should be
                    }
                    case Ended.How.Exit x ->
                            log.warning(as, "command " + name + " exit status " + x.status());
                    case Ended.How.Signal s ->
                            log.warning(as, "command " + name + " killed by signal " + s.number());
                    case Ended.How.TimedOut _ -> {
                        log.warning(
                                as,
                                name
                                        + ": process id "
                                        + end.output()
                                        + ": command time limit exceeded");
                        log.warning(as, "command " + name + " killed by signal 9");
                    }
                }
            }
        }
    }
}
