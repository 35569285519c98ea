package org.postrider.master.makers;

import org.postrider.config.HostFacts;
import org.postrider.config.Settings;
import org.postrider.local.LocalAgent;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.Made;
import org.postrider.master.Maker;
import org.postrider.master.Service;

/// Makes agents for the users of this machine.
public final class LocalMaker implements Maker {
    @Override
    public Made make(Service service, Generation generation) {
        Settings own = service.settings();
        Machine machine = generation.shared().machine();
        return new Made.Delivers(
                new LocalAgent(
                        own,
                        service.name(),
                        new LocalAgent.House(
                                generation.rewrite(
                                        String.valueOf(own.text("rewrite_service_name"))),
                                generation.cleanup(
                                        String.valueOf(own.text("cleanup_service_name"))),
                                generation.bounce(String.valueOf(own.text("bounce_service_name"))),
                                generation,
                                generation.tables()),
                        new LocalAgent.Machine(
                                machine.accounts(),
                                machine.rights(),
                                HostFacts.hostName(),
                                machine.log(),
                                machine.clock())));
    }
}
