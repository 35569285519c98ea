package org.postrider.master;

import java.util.concurrent.ExecutorService;
import org.postrider.dns.Resolver;
import org.postrider.dnsbl.DnsLists;
import org.postrider.io.Connector;
import org.postrider.log.MailLog;
import org.postrider.rights.Accounts;
import org.postrider.rights.Rights;
import org.postrider.sts.StsPolicies;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What every part of a running server stands on; it outlives reloads.
public record Machine(Clock clock, Supervisor threads, MailLog log, World world, Host host) {
    /// What leads out of the machine.
    ///
    /// @param lists of clients and domains in DNS
    /// @param sts policies of MTA-STS
    public record World(Resolver dns, DnsLists lists, Connector connector, StsPolicies sts) {}

    /// What the operating system has for all.
    ///
    /// @param lookups for its name services, which block a thread
    /// @param accounts its users, asked on those threads
    /// @param rights what is done with the rights of others
    public record Host(ExecutorService lookups, Accounts accounts, Rights rights) {}

    public Resolver dns() {
        return world.dns();
    }

    public DnsLists lists() {
        return world.lists();
    }

    public Connector connector() {
        return world.connector();
    }

    public StsPolicies sts() {
        return world.sts();
    }

    public ExecutorService hostLookups() {
        return host.lookups();
    }

    public Accounts accounts() {
        return host.accounts();
    }

    public Rights rights() {
        return host.rights();
    }
}
