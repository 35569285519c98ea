package org.postrider.master.makers;

import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.config.HostFacts;
import org.postrider.config.Settings;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.Made;
import org.postrider.master.Maker;
import org.postrider.master.Service;
import org.postrider.virtual.VirtualAgent;

/// Makes agents for mailboxes without accounts. One with settings that cannot be holds its mail.
public final class VirtualMaker implements Maker {
    @Override
    public Made make(Service service, Generation generation) {
        if (!service.line().type().equals("unix")) {
            return new Made.Nothing();
        }
        Settings own = service.settings();
        Machine machine = generation.shared().machine();
        try {
            return new Made.Delivers(
                    new VirtualAgent(
                            own,
                            service.name(),
                            generation.tables(),
                            new VirtualAgent.Machine(
                                    machine.rights(),
                                    HostFacts.hostName(),
                                    machine.log(),
                                    machine.clock())));
        } catch (ConfigException e) {
            return HoldingAgent.of(service, generation, e);
        }
    }

    @Override
    public List<String> obstacles(Service service) {
        return VirtualAgent.problems(service.settings());
    }
}
