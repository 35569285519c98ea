package org.postrider.master;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.postrider.anvil.AnvilParams;
import org.postrider.config.Settings;
import org.postrider.disk.PipeEnd;
import org.postrider.helper.HelperRights;
import org.postrider.helper.OwnRights;
import org.postrider.helper.RootRights;
import org.postrider.io.Connector;
import org.postrider.master.life.Base;
import org.postrider.master.life.ServerWork;
import org.postrider.rights.Accounts;
import org.postrider.rights.Rights;

/// With whose rights the server acts for users: by asking the helper that root runs beside it, or
/// by its own.
public final class Acting {
    private static final int ACTS = 16;

    /// Commands that are served at a time, whatever master.cf allows.
    static final int SERVED = 100;

    private final Base base;
    private final Path queueDirectory;
    private final Rights rights;
    private final @Nullable HelperRights helper;

    /// That root runs a helper beside this process (`bin/supervise`).
    ///
    /// @param pipe at which one is called that left, null if none leaves
    public record Beside(@Nullable Path pipe) {
        /// Opened for as long as the server runs: a helper leaves only while it can be called.
        private HelperRights.@Nullable Call call() throws IOException {
            return pipe == null ? null : new Calls(PipeEnd.open(pipe));
        }
    }

    private record Calls(PipeEnd pipe) implements HelperRights.Call {
        @Override
        public void helper() throws IOException {
            pipe.line();
        }

        @Override
        public void close() {
            pipe.close();
        }
    }

    /// @param files where main.cf and master.cf are, null if the configuration is in no files
    /// @param beside null if there is no helper
    /// @throws IOException if a helper that left could not be called
    Acting(
            Base base,
            @Nullable Path files,
            Connector connector,
            Settings settings,
            @Nullable Beside beside)
            throws IOException {
        this.base = base;
        queueDirectory = Path.of(settings.get(MasterParams.QUEUE_DIRECTORY)).toAbsolutePath();
        helper = beside == null ? null : helper(beside, connector, settings);
        rights = helper == null ? own(files, settings) : helper;
    }

    Rights rights() {
        return rights;
    }

    /// A reload.
    void reload(Settings settings) {
        if (helper != null) {
            helper.reload(settings.get(AnvilParams.MAX_IDLE));
        }
    }

    private HelperRights helper(Beside beside, Connector connector, Settings settings)
            throws IOException {
        HelperRights asking =
                base.hold(
                        new HelperRights(
                                new HelperRights.Way(queueDirectory, beside.call()),
                                connector,
                                base.threads(),
                                base.clock(),
                                settings.get(AnvilParams.MAX_IDLE),
                                base::warn));
        base.threads().keeper(asking::file);
        return asking;
    }

    private Rights own(@Nullable Path files, Settings settings) throws IOException {
        ExecutorService acts = base.threads().family(ServerWork.ACT).pool(ACTS);
        base.hold(acts::shutdown);
        ExecutorService serving = base.threads().family(ServerWork.ACT).pool(SERVED);
        base.hold(serving::shutdown);
        Rights rights =
                files != null && ownersRights(settings)
                        ? base.hold(RootRights.open(files, acts, serving, base::warn))
                        : base.hold(
                                OwnRights.ofThisProcess(
                                        Accounts.system(),
                                        acts,
                                        new OwnRights.Served(
                                                queueDirectory.resolve(Rights.SERVED), serving),
                                        Path.of(settings.get(MasterParams.DATA_DIRECTORY)),
                                        base::warn));
        rights.limits().forEach(base::warn);
        return rights;
    }

    /// Whether this process is root and there is a mail_owner that root could act for. A machine
    /// with nothing but a JVM has none, and mail that needs nobody's rights is to pass there.
    private boolean ownersRights(Settings settings) {
        if (!"root".equals(System.getProperty("user.name"))) {
            return false;
        }
        String owner = settings.get(MasterParams.MAIL_OWNER);
        boolean there = Accounts.system().named(owner) != null;
        if (!there) {
            base.warn("mail_owner " + owner + " is nobody");
        }
        return there;
    }
}
