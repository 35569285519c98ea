package org.postrider.master.makers;

import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.Opening;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.Made;
import org.postrider.master.Maker;
import org.postrider.master.Service;
import org.postrider.master.Shared;
import org.postrider.rewrite.RewriteService;
import org.postrider.verify.ProbeSender;
import org.postrider.verify.SavedCache;
import org.postrider.verify.Verify;
import org.postrider.verify.VerifyCaches;

/// Makes services that verify addresses. One whose cache cannot be is none: who asks for it refuses
/// for now.
public final class VerifyMaker implements Maker {
    @Override
    public Made make(Service service, Generation generation) {
        ServiceSettings own = service.settings();
        Shared shared = generation.shared();
        Machine machine = shared.machine();
        Opening opening =
                new Opening(
                        machine.clock(),
                        machine.threads(),
                        own::text,
                        generation.warnings(service));
        try {
            RewriteService rewrite =
                    generation.rewrite(String.valueOf(own.text("rewrite_service_name")));
            VerifyCaches caches = shared.running().verified();
            SavedCache cache =
                    caches.cache(
                            own,
                            opening,
                            text -> machine.log().info(service.logTag(), text),
                            generation.warnings(service));
            generation.closes(() -> caches.release(cache));
            return new Made.Verifies(
                    new Verify(
                            own,
                            cache,
                            new Verify.Way(
                                    generation.cleanup(
                                            String.valueOf(own.text("cleanup_service_name"))),
                                    shared.running()::probe,
                                    new ProbeSender(own, rewrite, machine.clock())),
                            machine.threads(),
                            new Verify.Journal(machine.log(), service.logTag(), machine.clock())));
        } catch (ConfigException e) {
            generation.warnings(service).accept(service.place() + ": " + problem(service, e));
            return new Made.Nothing();
        }
    }

    @Override
    public List<String> problems(Service service) {
        try {
            VerifyCaches.check(service.settings());
            return List.of();
        } catch (ConfigException e) {
            return List.of(problem(service, e));
        }
    }

    private static String problem(Service service, ConfigException e) {
        return "service " + service.name() + ": " + e.getMessage() + "; no address is verified";
    }
}
