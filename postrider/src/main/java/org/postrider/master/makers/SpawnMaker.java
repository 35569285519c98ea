package org.postrider.master.makers;

import java.util.List;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.master.Door;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.Made;
import org.postrider.master.Maker;
import org.postrider.master.Service;
import org.postrider.rights.Accounts;
import org.postrider.spawn.SpawnService;

/// Makes services that run a command for each connection.
public final class SpawnMaker implements Maker {
    @Override
    public Made make(Service service, Generation generation) {
        Machine machine = generation.shared().machine();
        return new Made.Listens(
                new Sessions(
                        new SpawnService(
                                service.name(),
                                service.line().arguments(),
                                service.settings(),
                                new SpawnService.Machine(
                                        machine.accounts(),
                                        machine.rights(),
                                        generation.shared().running().meeting(),
                                        machine.threads(),
                                        machine.log()))));
    }

    private record Sessions(SpawnService service) implements Door {
        @Override
        public void session(Connection connection, LogTag as, boolean stressed) {
            service.session(connection, as);
        }
    }

    @Override
    public List<String> problems(Service service) {
        return SpawnService.problems(
                        service.line().arguments(), service.settings(), Accounts.system())
                .stream()
                .map(text -> "service " + service.name() + ": " + text + "; its clients are let go")
                .toList();
    }
}
