package org.postrider.master;

import java.util.List;
import org.postrider.config.Place;
import org.postrider.config.ServiceLine;
import org.postrider.config.ServiceSettings;
import org.postrider.log.LogTag;

/// An active line of master.cf: a program under settings of its own. It does nothing until it is
/// started, with a generation; a check never starts it. Any thread, after [#start].
public final class Service {
    private final Program program;
    private final ServiceLine line;
    private final ServiceSettings settings;
    private final Place place;
    private Made made = new Made.Nothing();

    /// @param settings main.cf's, and over them what the line says
    Service(Program program, ServiceLine line, ServiceSettings settings, Place place) {
        this.program = program;
        this.line = line;
        this.settings = settings;
        this.place = place;
    }

    /// The first column: `smtp`, `127.0.0.1:2525`, `cleanup` …
    public String name() {
        return line.name();
    }

    public Program program() {
        return program;
    }

    public ServiceLine line() {
        return line;
    }

    public ServiceSettings settings() {
        return settings;
    }

    /// Where the line stands.
    public Place place() {
        return place;
    }

    /// Who speaks in the log: `postfix/smtpd`, with the line's own syslog_name.
    public String tag() {
        return settings.get(MasterParams.SYSLOG_NAME) + "/" + program.name();
    }

    /// The same with the number of this process.
    public LogTag logTag() {
        return new LogTag(tag(), ProcessHandle.current().pid());
    }

    /// Most sessions or deliveries at a time; 0 for no limit.
    public int processLimit() {
        return line.processLimit() < 0
                ? settings.get(MasterParams.DEFAULT_PROCESS_LIMIT)
                : line.processLimit();
    }

    /// What `postfix check` says of it, a sentence each.
    public List<String> problems() {
        return program.maker().problems(this);
    }

    /// Why its mail would wait, a part of a sentence each.
    public List<String> obstacles() {
        return program.maker().obstacles(this);
    }

    /// Makes what it does.
    ///
    /// @throws org.postrider.config.ConfigException where it cannot run as configured
    void start(Generation generation) {
        made = program.maker().make(this, generation);
    }

    /// What it does; nothing before it is started.
    public Made made() {
        return made;
    }
}
