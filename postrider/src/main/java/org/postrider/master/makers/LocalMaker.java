package org.postrider.master.makers;

import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.config.HostFacts;
import org.postrider.config.Settings;
import org.postrider.local.LocalAgent;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.Made;
import org.postrider.master.Maker;
import org.postrider.master.Service;
import org.postrider.qmgr.QueueManager;

/// Makes agents for the users of this machine. One with settings that cannot be holds its mail.
public final class LocalMaker implements Maker {
    @Override
    public Made make(Service service, Generation generation) {
        Settings own = service.settings();
        Machine machine = generation.shared().machine();
        try {
            LocalAgent agent = agent(service, generation, own, machine);
            generation.closes(agent);
            return new Made.Delivers(agent);
        } catch (ConfigException e) {
            return HoldingAgent.of(service, generation, e);
        }
    }

    private static LocalAgent agent(
            Service service, Generation generation, Settings own, Machine machine) {
        return new LocalAgent(
                own,
                service.name(),
                new LocalAgent.House(
                        generation.rewrite(String.valueOf(own.text("rewrite_service_name"))),
                        generation.cleanup(String.valueOf(own.text("cleanup_service_name"))),
                        generation.bounce(String.valueOf(own.text("bounce_service_name"))),
                        generation,
                        generation.tables()),
                new LocalAgent.Machine(
                        machine.accounts(),
                        machine.rights(),
                        HostFacts.hostName(),
                        machine.log(),
                        machine.clock(),
                        machine.threads().family(QueueManager.DELIVERIES)::start));
    }

    @Override
    public List<String> obstacles(Service service) {
        return LocalAgent.problems(service.settings());
    }
}
