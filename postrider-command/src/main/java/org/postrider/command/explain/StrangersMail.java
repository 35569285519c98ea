package org.postrider.command.explain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postrider.config.ConfigException;
import org.postrider.config.MasterCf;
import org.postrider.config.ServiceSettings;
import org.postrider.doctor.Examination;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.master.Configuration;
import org.postrider.master.Programs;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.wire.Reply;

/// Asks the rules of smtpd what they make of a mail from an address that is nobody's (RFC 5737) for
/// a domain that is nobody's (RFC 2606): one that takes it is an open relay. No policy server and
/// no name server is asked.
public final class StrangersMail implements Examination.RelayTest {
    private static final String CLIENT = "192.0.2.25";
    private static final String RECIPIENT = "postdoctor@relay-test.example";

    private final Path directory;
    private final ServiceSettings settings;
    private final String domain;
    private final Clock clock;

    public StrangersMail(Path directory, ServiceSettings settings, String domain, Clock clock) {
        this.directory = directory;
        this.settings = settings;
        this.domain = domain;
        this.clock = clock;
    }

    @Override
    public List<Examination.Relayed> tried() {
        Configuration configuration =
                Configuration.of(
                        settings,
                        MasterCf.read(directory.resolve("master.cf")),
                        Programs.standard(),
                        Map.of());
        List<Examination.Relayed> out = new ArrayList<>();
        for (Listener each : Listener.ofStrangers(configuration)) {
            out.add(new Examination.Relayed(each.text(), refusal(each)));
        }
        return List.copyOf(out);
    }

    private String refusal(Listener listener) {
        Map<String, String> options = new HashMap<>();
        options.put("--client", CLIENT);
        options.put("--helo", "relay-test.example");
        options.put("--from", "postmaster@" + domain);
        options.put("--to", RECIPIENT);
        try (TableDirectory tables =
                new TableDirectory(
                        new Opening(clock, Supervisor.alone(), settings::text, _ -> {}))) {
            World world = listener.world(tables, null, null, null);
            Arguments arguments = new Arguments("rcpt", options);
            Told told =
                    new Trial(world).run(Callers.of(arguments, world, clock), Trial.Change.NONE);
            Reply reply = told.reply();
            return reply == null ? told.refused() ? "refused" : "" : reply.line();
        } catch (TableException | IOException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }
}
