package org.postrider.master.makers;

import java.util.List;
import org.postrider.config.Settings;
import org.postrider.master.Generation;
import org.postrider.master.Made;
import org.postrider.master.Maker;
import org.postrider.master.Service;
import org.postrider.milter.MilterParams;
import org.postrider.milter.MilterSockets;
import org.postrider.milter.Milters;

/// Makes the last stage before the queue.
public final class CleanupMaker implements Maker {
    @Override
    public Made make(Service service, Generation generation) {
        return Makers.cleanup(service, generation);
    }

    @Override
    public List<String> problems(Service service) {
        Settings own = service.settings();
        MilterSockets sockets = Makers.milters(service, MilterSockets.nowhere().connector());
        return Milters.of(own, sockets, own.get(MilterParams.NON_SMTPD_MILTERS))
                .problemsOfPlaces()
                .stream()
                .map(t -> MilterParams.NON_SMTPD_MILTERS.name() + ": " + t)
                .toList();
    }
}
