package org.postrider.local;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.agent.MailboxEnd;
import org.postrider.agent.StatusFilter;
import org.postrider.bounce.BounceService;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.PassOn;
import org.postrider.delivery.Transports;
import org.postrider.local.expand.AliasTable;
import org.postrider.local.expand.Expansion;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.Mailboxes;
import org.postrider.local.expand.Policy;
import org.postrider.local.expand.World;
import org.postrider.local.write.Writer;
import org.postrider.log.MailLog;
import org.postrider.maps.Fold;
import org.postrider.maps.Tables;
import org.postrider.message.DeliveredTo;
import org.postrider.queue.QueuedMessage;
import org.postrider.rewrite.RewriteService;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Rights;
import org.postrider.time.Clock;

/// The local(8) delivery agent under the settings of its line of master.cf. Immutable; any thread.
public final class LocalAgent implements Agent, AutoCloseable {
    private final Policy policy;
    private final Mailboxes mailboxes;
    private final List<AliasTable> aliases;
    private final Writer writer;
    private final Forwarding forwarding;
    private final StatusFilter filter;
    private final Turnstile turnstile;
    private final boolean softBounce;
    private final House house;
    private final Machine machine;

    /// The services that it works with.
    ///
    /// @param transports where mailbox_transport and fallback_transport are found
    public record House(
            RewriteService rewrite,
            CleanupService cleanup,
            BounceService bounces,
            Transports transports,
            Tables tables) {}

    /// The machine that it works on.
    ///
    /// @param host the machine's name
    /// @param threads where the mailboxes of a long list are written to at the same time
    public record Machine(
            Accounts accounts,
            Rights rights,
            String host,
            MailLog log,
            Clock clock,
            Threads threads) {}

    /// Threads for parts of a delivery.
    @FunctionalInterface
    public interface Threads {
        /// Runs it on a thread of its own.
        ///
        /// @param after run once, behind the task or in its place
        void start(Runnable task, Runnable after);
    }

    /// @param service the name of its line: what is routed there is local
    /// @throws ConfigException for settings that cannot be
    public LocalAgent(Settings settings, String service, House house, Machine machine) {
        this.house = house;
        this.machine = machine;
        policy = new Policy(settings, service);
        mailboxes = new Mailboxes(settings, house.tables());
        String type = String.valueOf(settings.text("default_database_type"));
        aliases =
                settings.get(LocalParams.ALIAS_MAPS).stream()
                        .map(spec -> new AliasTable(house.tables(), spec, type))
                        .toList();
        writer =
                new Writer(
                        settings,
                        policy,
                        new Writer.Tools(
                                machine.rights(),
                                machine.host(),
                                privs(settings, machine.accounts()),
                                machine.clock()));
        forwarding =
                new Forwarding(
                        house.cleanup(),
                        machine.clock(),
                        settings.text("myhostname") + " (" + settings.text("mail_name") + ")",
                        writer.marksForwarded());
        filter =
                new StatusFilter(
                        settings, LocalParams.LOCAL_DELIVERY_STATUS_FILTER, house.tables());
        turnstile = new Turnstile(concurrency(settings, service));
        softBounce = "yes".equalsIgnoreCase(settings.text("soft_bounce"));
    }

    /// Deliveries to one recipient at a time, 0 for any (the queue manager's own parameter).
    private static int concurrency(Settings settings, String service) {
        String own = settings.text(service + "_destination_concurrency_limit");
        String text = own == null ? settings.text("default_destination_concurrency_limit") : own;
        try {
            return Integer.parseInt(String.valueOf(text).strip());
        } catch (NumberFormatException e) {
            // The queue manager says so; as few as there can be meanwhile.
            return 1;
        }
    }

    /// What is wrong with settings, a sentence each.
    public static List<String> problems(Settings settings) {
        List<String> out = new ArrayList<>();
        for (Consumer<Settings> each :
                List.<Consumer<Settings>>of(
                        s -> new Policy(s, "local"),
                        s -> MailboxEnd.limit(s, LocalParams.MAILBOX_SIZE_LIMIT))) {
            try {
                each.accept(settings);
            } catch (ConfigException e) {
                out.add(String.valueOf(e.getMessage()));
            }
        }
        return out;
    }

    private static @Nullable Account privs(Settings settings, Accounts accounts) {
        String name = settings.get(LocalParams.DEFAULT_PRIVS);
        try {
            return accounts.named(name);
        } catch (Accounts.LookupException e) {
            throw new ConfigException("default_privs: " + name + ": " + e.getMessage());
        }
    }

    /// Nothing is kept any more; deliveries under way go on.
    @Override
    public void close() {
        writer.close();
    }

    @Override
    public boolean verifies() {
        return true;
    }

    @Override
    public boolean gathers() {
        return true;
    }

    @Override
    public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
        for (int recipient : request.recipients()) {
            new LocalDelivery(this, request, recipient).run(report);
        }
        return null;
    }

    Policy policy() {
        return policy;
    }

    String service() {
        return policy.service;
    }

    Writer writer() {
        return writer;
    }

    Forwarding forwarding() {
        return forwarding;
    }

    PassOn passing(Leaf.Pass to) {
        return new PassOn(to.service(), house.transports(), machine.log());
    }

    StatusFilter filter() {
        return filter;
    }

    Turnstile turnstile() {
        return turnstile;
    }

    boolean softBounce() {
        return softBounce;
    }

    CleanupService cleanup() {
        return house.cleanup();
    }

    BounceService bounces() {
        return house.bounces();
    }

    MailLog log() {
        return machine.log();
    }

    Threads threads() {
        return machine.threads();
    }

    LocalWorld world(Consumer<String> warnings) {
        return new LocalWorld(
                machine.accounts(), machine.rights(), house.rewrite(), aliases, warnings);
    }

    Expansion expansion(World world, QueuedMessage message, Gathered found) {
        return new Expansion(
                policy,
                world,
                mailboxes,
                DeliveredTo.of(message.content().header(), Fold::lower),
                found);
    }
}
