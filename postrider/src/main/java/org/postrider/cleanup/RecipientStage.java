package org.postrider.cleanup;

import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.memory.NoMemoryException;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.RewriteService;

/// The envelope's recipients: their [Expansion], and the copies of recipient_bcc_maps,
/// sender_bcc_maps and always_bcc, which mail of our own making has none of. Immutable.
final class RecipientStage implements Stage {
    private static final long MEMORY_WAIT_MILLIS = 10_000;

    private final RewriteService rewrite;
    private final Expansion expansion;
    private final AddressMaps senderBcc;
    private final AddressMaps recipientBcc;
    private final String alwaysBcc;
    private final BiConsumer<Run, Address> heard;

    RecipientStage(
            Settings settings,
            Tables tables,
            RewriteService rewrite,
            Expansion expansion,
            BiConsumer<Run, Address> heard) {
        this.heard = heard;
        this.rewrite = rewrite;
        this.expansion = expansion;
        String delimiters = settings.get(CleanupParams.RECIPIENT_DELIMITER);
        senderBcc =
                new AddressMaps(
                        CleanupParams.SENDER_BCC_MAPS.name(),
                        settings.get(CleanupParams.SENDER_BCC_MAPS),
                        tables,
                        delimiters);
        recipientBcc =
                new AddressMaps(
                        CleanupParams.RECIPIENT_BCC_MAPS.name(),
                        settings.get(CleanupParams.RECIPIENT_BCC_MAPS),
                        tables,
                        delimiters);
        alwaysBcc = settings.get(CleanupParams.ALWAYS_BCC);
    }

    /// @throws NoMemoryException for very many recipients, given or made of aliases
    @Override
    public void pass(Run run) throws IOException {
        List<Recipient> given = run.submission.envelope().recipients();
        long wanted = Expansion.memory(given);
        if (!run.memory.await(wanted, MEMORY_WAIT_MILLIS)) {
            throw new NoMemoryException(given.size() + " recipients");
        }
        boolean copies =
                run.has(CleanupService.Option.MAP) && !run.has(CleanupService.Option.INTERNAL);
        Expansion.Collector to = expansion.collector(run, wanted);
        for (Recipient r : given) {
            Address clean = to.take(r);
            heard.accept(run, clean);
            if (copies && !recipientBcc.isEmpty()) {
                to.copy(copyFor(run, CleanupParams.RECIPIENT_BCC_MAPS, recipientBcc, clean));
            }
        }
        if (copies) {
            if (!senderBcc.isEmpty() && !run.sender.isNull()) {
                to.copy(copyFor(run, CleanupParams.SENDER_BCC_MAPS, senderBcc, run.sender));
            }
            to.copy(alwaysBcc);
        }
        to.done();
    }

    private @Nullable String copyFor(
            Run run, Param<List<String>> param, AddressMaps maps, Address address) {
        try {
            return maps.lookup(address, rewrite.barelyNamed(address.domain()));
        } catch (TableException e) {
            throw run.refused(e, param.name() + " map lookup problem");
        }
    }
}
