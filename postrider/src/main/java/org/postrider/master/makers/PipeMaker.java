package org.postrider.master.makers;

import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.Made;
import org.postrider.master.Maker;
import org.postrider.master.Service;
import org.postrider.pipe.PipeAgent;
import org.postrider.rights.Accounts;

/// Makes agents that give mail to commands. A line that cannot be read holds its mail.
public final class PipeMaker implements Maker {
    @Override
    public Made make(Service service, Generation generation) {
        if (!service.line().type().equals("unix")) {
            return new Made.Nothing();
        }
        Settings own = service.settings();
        Machine machine = generation.shared().machine();
        try {
            return new Made.Delivers(
                    new PipeAgent(
                            line(service),
                            own,
                            generation.tables(),
                            new PipeAgent.Machine(
                                    machine.accounts(),
                                    machine.rights(),
                                    machine.log(),
                                    machine.clock(),
                                    System.getenv())));
        } catch (ConfigException e) {
            return HoldingAgent.of(service, generation, e);
        }
    }

    private static PipeAgent.Line line(Service service) {
        return new PipeAgent.Line(
                service.place().file().toString(), service.name(), service.line().arguments());
    }

    @Override
    public List<String> obstacles(Service service) {
        return PipeAgent.problems(line(service), service.settings(), Accounts.system());
    }
}
