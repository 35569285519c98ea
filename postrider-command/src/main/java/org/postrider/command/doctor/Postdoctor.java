package org.postrider.command.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetOut;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.doctor.DoctorArguments.UsageException;
import org.postrider.command.explain.StrangersMail;
import org.postrider.command.heard.Json;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.dkim.SigningKeys;
import org.postrider.dns.AddressText;
import org.postrider.dns.HostName;
import org.postrider.dns.Resolver;
import org.postrider.dns.SystemResolver;
import org.postrider.doctor.Doctor;
import org.postrider.doctor.Examination;
import org.postrider.doctor.Finding;
import org.postrider.doctor.Level;
import org.postrider.doctor.Outgoing;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.maps.Fold;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// `postdoctor`: what a receiver sees of a domain and of this server, and which record is missing
/// (docs/postdoctor.md).
public final class Postdoctor {
    /// It could not be looked at all.
    private static final int FAULT = 3;

    private static final int USAGE = 64;
    private static final int SMTP = 25;
    private static final int HTTPS = 443;
    private static final int DNS = 53;
    private static final int DOMAIN_WIDTH = 12;
    private static final String KEYS = "dkim_signing_keys";

    private final Terminal terminal;
    private final Resolver dns;
    private final Clock clock;
    private final Messages say;

    /// @param dns whom to ask for names where `--dns` says nobody else
    public Postdoctor(Terminal terminal, Resolver dns, Clock clock) {
        this.terminal = terminal;
        this.dns = dns;
        this.clock = clock;
        say = new Messages("postdoctor", terminal.err());
    }

    /// @return 0 if all is well, 1 after a warning, 2 if something is wrong, 3 if it could not be
    ///   looked at, 64 for a command line that makes no sense
    public int run(String[] args) {
        try (Watchdog watchdog = new Watchdog(clock, Supervisor.alone())) {
            DoctorArguments given = DoctorArguments.of(args);
            Level worst = examined(given, Connector.sockets(watchdog));
            return worst.ordinal();
        } catch (UsageException e) {
            say.fatal(String.valueOf(e.getMessage()), DoctorArguments.USAGE);
            return USAGE;
        } catch (CommandException | ConfigException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return FAULT;
        } catch (UncheckedIOException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return FAULT;
        }
    }

    private Level examined(DoctorArguments given, Connector connector) {
        Path directory = ToolConfig.directory(given.last("-c"), terminal);
        ServiceSettings settings = ToolConfig.settings("postdoctor", FAULT, directory, terminal);
        Resolver asked = resolver(given);
        String domain = domain(given.domain());
        List<InetAddress> addresses = new ArrayList<>();
        for (String each : given.all("--address")) {
            addresses.add(address(each));
        }
        Examination examination =
                new Examination(
                        domain,
                        settings,
                        Outgoing.of(settings, addresses),
                        keys(given, settings, domain, clock),
                        new Examination.Wishes(
                                !given.has("--no-connect"),
                                given.port("--smtp-port", SMTP),
                                given.port("--https-port", HTTPS),
                                lists(given),
                                stranger(given, domain)),
                        new Examination.Means(
                                asked,
                                connector,
                                clock,
                                new StrangersMail(directory, settings, domain, clock)));
        OctetOut out = new OctetOut(terminal.out());
        boolean json = given.has("-j");
        boolean quiet = given.has("-q");
        return new Doctor(
                        examination,
                        finding -> {
                            if (!quiet || finding.level() != Level.OK) {
                                print(finding, json, out);
                            }
                        })
                .examine();
    }

    private static void print(Finding finding, boolean json, OctetOut out) {
        try {
            if (json) {
                Map<String, Object> of = new LinkedHashMap<>();
                of.put("level", finding.level().word());
                of.put("check", finding.check());
                of.put("text", finding.text());
                of.put("records", finding.records());
                Json.write(of, out);
                out.octet('\n');
            } else {
                out.left(finding.level().word(), 8).left(finding.check(), DOMAIN_WIDTH);
                out.text(finding.text()).octet('\n');
                for (String each : finding.records()) {
                    out.text("        ").text(each).octet('\n');
                }
            }
            // Each as it comes: some checks take a while.
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String domain(String text) {
        String out =
                HostName.ascii(text.endsWith(".") ? text.substring(0, text.length() - 1) : text);
        if (out == null || !HostName.valid(out)) {
            throw new UsageException("no domain: " + text);
        }
        return Fold.lower(out);
    }

    private static InetAddress address(String text) {
        byte[] octets = AddressText.octets(text);
        try {
            if (octets != null) {
                return InetAddress.getByAddress(octets);
            }
        } catch (UnknownHostException e) {
            // It is none.
        }
        throw new UsageException("no address: " + text);
    }

    /// `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:5353`.
    private Resolver resolver(DoctorArguments given) {
        String text = given.last("--dns");
        if (text == null) {
            return dns;
        }
        String host = text;
        int port = DNS;
        int colon = text.lastIndexOf(':');
        if (text.startsWith("[") || colon > 0 && text.indexOf(':') == colon) {
            if (colon > text.indexOf(']')) {
                port = DoctorArguments.port(text.substring(colon + 1));
                host = text.substring(0, colon);
            }
            host = host.replaceAll("^\\[|\\]$", "");
        }
        return new SystemResolver(address(host), port, clock);
    }

    /// Those of the domain, or of the nearest one above it that has some, those of tables, and
    /// those that are given.
    private static Examination.Keys keys(
            DoctorArguments given, ServiceSettings settings, String domain, Clock clock) {
        List<SigningKeys.Named> out = new ArrayList<>();
        String set = settings.text(KEYS);
        String nearest = domain;
        while (out.isEmpty() && nearest.indexOf('.') > 0) {
            for (String word : (set == null ? "" : set).split("[,\\s]+", -1)) {
                for (SigningKeys.Named each : SigningKeys.parse(word)) {
                    if (each.domain().equals(nearest)) {
                        out.add(each);
                    }
                }
            }
            nearest = nearest.substring(nearest.indexOf('.') + 1);
        }
        Examination.Keys ofTables = SigningTables.of(settings, domain, clock);
        ofTables.named().stream().filter(k -> !out.contains(k)).forEach(out::add);
        for (String each : given.all("--dkim")) {
            int colon = each.indexOf(':');
            if (colon <= 0) {
                throw new UsageException("--dkim: selector:file is wanted: " + each);
            }
            Path file = Path.of(each.substring(colon + 1)).toAbsolutePath();
            out.addAll(SigningKeys.parse(domain + ":" + each.substring(0, colon) + ":" + file));
        }
        return new Examination.Keys(List.copyOf(out), ofTables.faults());
    }

    /// An address of a domain that has nothing to do with the one that is looked at.
    private static @Nullable String stranger(DoctorArguments given, String domain) {
        String text = given.last("--relay-test");
        if (text == null) {
            return null;
        }
        int at = text.indexOf('@');
        String of = domain(text.substring(at + 1));
        if (!text.substring(0, Math.max(at, 0)).matches("[A-Za-z0-9._+=-]+")) {
            throw new UsageException("--relay-test: an address is wanted: " + text);
        }
        if (of.equals(domain)) {
            throw new UsageException("--relay-test: an address elsewhere is wanted: " + text);
        }
        return text.substring(0, at + 1) + of;
    }

    private static List<String> lists(DoctorArguments given) {
        List<String> out = new ArrayList<>();
        for (String each : given.all("--lists")) {
            for (String list : each.split("[,\\s]+", -1)) {
                if (!HostName.valid(list)) {
                    throw new UsageException("--lists: no domain: " + list);
                }
                out.add(list);
            }
        }
        return List.copyOf(out);
    }
}
