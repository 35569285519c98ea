package org.postrider.command.dkim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.dkim.ArcResult;
import org.postrider.dkim.BodyHash;
import org.postrider.dkim.DkimResult;
import org.postrider.dkim.KeyLookup;
import org.postrider.dkim.Signer;
import org.postrider.dkim.SigningKey;
import org.postrider.dkim.SigningKeys;
import org.postrider.dkim.SigningSettings;
import org.postrider.dkim.Verdict;
import org.postrider.dkim.Verification;
import org.postrider.dkim.VerifyLimits;
import org.postrider.dns.HostName;
import org.postrider.dns.Resolver;
import org.postrider.maps.Fold;
import org.postrider.time.Clock;

/// `postdkim keygen|test|rotate|sign|verify` (docs/dkim.md). Its exit status: 0 where all is right,
/// 1 where something is not, 64 for arguments that it does not know, 75 where DNS gave no answer.
public final class Postdkim {
    private static final int FAILED = 1;
    private static final int USAGE = 64;
    private static final int BITS = 2048;
    private static final int MOST_BITS = 16_384;
    private static final int MILLIS = 1000;

    /// Days that mail signed with an old key may still be on its way or be read first.
    private static final int OVERLAP = 14;

    private static final String KEYS = "dkim_signing_keys";
    private static final DateTimeFormatter MONTH =
            DateTimeFormatter.ofPattern("yyyyMM").withZone(ZoneOffset.UTC);

    private final Terminal terminal;
    private final Resolver dns;
    private final Clock clock;
    private @Nullable String directory;
    private @Nullable String given;
    private String type = "rsa";
    private boolean typed;
    private int bits = BITS;

    /// @param dns whom to ask for records
    public Postdkim(Terminal terminal, Resolver dns, Clock clock) {
        this.terminal = terminal;
        this.dns = dns;
        this.clock = clock;
    }

    private int usage() {
        terminal.err()
                .print(
                        """
                        usage: postdkim [-c config_dir] keygen [-t rsa|ed25519|both] [-b bits] domain [selector]
                               postdkim [-c config_dir] test [domain [selector]]
                               postdkim [-c config_dir] rotate [-t rsa|ed25519|both] [-b bits] domain [selector]
                               postdkim [-c config_dir] sign [-k domain:selector:file,... | domain] < message
                               postdkim [-c config_dir] verify < message
                        """);
        return USAGE;
    }

    public int run(String[] args) {
        try {
            Options before = new Options("postdkim", "c:h", args, terminal.err());
            if (!options(before)) {
                return usage();
            }
            String[] rest = before.rest();
            if (rest.length == 0) {
                return usage();
            }
            String[] own = java.util.Arrays.copyOfRange(rest, 1, rest.length);
            Options behind = new Options("postdkim", "c:t:b:k:h", own, terminal.err());
            return options(behind) ? command(rest[0], behind.rest()) : usage();
        } catch (CommandException e) {
            return fatal(e.status(), String.valueOf(e.getMessage()));
        } catch (ConfigException e) {
            return fatal(FAILED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return fatal(FAILED, Reason.withFile(e));
        }
    }

    private int fatal(int status, String text) {
        new Messages("postdkim", terminal.err()).fatal(text);
        return status;
    }

    /// False where they are not understood.
    private boolean options(Options options) {
        for (char option = options.next(); option != 0; option = options.next()) {
            switch (option) {
                case 'c' -> directory = options.argument();
                case 'k' -> given = options.argument();
                case 't' -> {
                    type = options.argument();
                    typed = true;
                    if (!type.equals("both") && !Made.KINDS.contains(type)) {
                        return false;
                    }
                }
                case 'b' -> {
                    String text = options.argument();
                    bits = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
                    if (bits < BITS || bits > MOST_BITS) {
                        throw new CommandException(
                                USAGE,
                                "an RSA key has "
                                        + BITS
                                        + " to "
                                        + MOST_BITS
                                        + " bits, not "
                                        + text);
                    }
                }
                default -> {
                    return false;
                }
            }
        }
        return true;
    }

    private int command(String name, String[] rest) throws IOException {
        boolean named = rest.length == 1 || rest.length == 2;
        return switch (name) {
            case "keygen" -> named ? keygen(domain(rest[0]), selector(rest)) : usage();
            case "rotate" -> named ? rotate(domain(rest[0]), rest) : usage();
            case "test" ->
                    rest.length <= 2
                            ? test(
                                    rest.length == 0 ? null : domain(rest[0]),
                                    rest.length == 2 ? rest[1] : null)
                            : usage();
            case "sign" -> rest.length <= 1 ? sign(rest) : usage();
            case "verify" -> rest.length == 0 ? verify() : usage();
            default -> usage();
        };
    }

    private ServiceSettings settings() {
        Path from = ToolConfig.directory(directory, terminal);
        return ToolConfig.unchecked("postdkim", FAILED, from, terminal);
    }

    /// As keys are named: in A-labels, without a dot at its end (RFC 6376 3.5, RFC 8616 3).
    private static String domain(String name) {
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        String ascii = HostName.ascii(bare);
        return Fold.lower(ascii == null ? bare : ascii);
    }

    /// As it is given, or year and month.
    private String selector(String[] rest) {
        return rest.length == 2
                ? Fold.lower(rest[1])
                : MONTH.format(Instant.ofEpochMilli(clock.wallMillis()));
    }

    /// Of year and month, and a letter behind them, the first that has no key: a key that is to be
    /// replaced at once may be of this month.
    private String next(String domain, List<String> kinds, KeyFiles files) {
        String month = selector(new String[] {domain});
        List<SigningKeys.Named> named = configured(settings());
        for (char letter = 'a'; letter <= 'z'; letter++) {
            String next = letter == 'a' ? month : month + letter;
            boolean free =
                    Made.selectors(next, kinds).stream()
                            .noneMatch(own ->
                                    names(named, domain, own)
                                            || !files.named(domain, own).isEmpty());
            if (free) {
                return next;
            }
        }
        return month;
    }

    private static boolean names(List<SigningKeys.Named> all, String domain, String selector) {
        return all.stream()
                .anyMatch(each ->
                        each.domain().equalsIgnoreCase(domain)
                                && each.selector().equalsIgnoreCase(selector));
    }

    /// One name in DNS has one record: a second key of it would break the signatures of the first.
    private static void unnamed(
            List<SigningKeys.Named> all, String domain, List<String> selectors) {
        for (String each : selectors) {
            if (names(all, domain, each)) {
                throw new CommandException(
                        FAILED,
                        KEYS
                                + " names a key of "
                                + domain
                                + " with the selector "
                                + each
                                + " already: a new key has a selector of its own");
            }
        }
    }

    private static List<String> kinds(String type) {
        return type.equals("both") ? Made.KINDS : List.of(type);
    }

    /// The keys that main.cf names.
    private static List<SigningKeys.Named> configured(ServiceSettings settings) {
        String text = ToolConfig.text(settings, KEYS, FAILED);
        return SigningKeys.parse(text);
    }

    // ---- keys

    private int keygen(String domain, String selector) {
        ServiceSettings settings = settings();
        checked(domain, selector);
        unnamed(configured(settings), domain, Made.selectors(selector, kinds(type)));
        List<Made> made = Made.keys(new KeyFiles(settings), domain, selector, kinds(type), bits);
        records(made);
        terminal.out()
                .print(
                        "\nWhen DNS has "
                                + (made.size() == 1 ? "it" : "them")
                                + " ("
                                + tests(made)
                                + "), sign with:\n");
        List<SigningKeys.Named> all = new ArrayList<>(configured(settings));
        made.forEach(each -> all.add(each.named()));
        setting(all);
        return 0;
    }

    /// The commands that look at the records of keys.
    private static String tests(List<Made> made) {
        return made.stream()
                .map(each ->
                        "postdkim test " + each.named().domain() + " " + each.named().selector())
                .collect(Collectors.joining("; "));
    }

    private static void checked(String domain, String selector) {
        if (domain.indexOf('.') < 0 || !HostName.valid(domain)) {
            throw new ConfigException("bad key: no domain name: " + domain);
        }
        // RFC 6376 3.1: labels as of host names, and the whole fits into a name.
        if (!HostName.valid(selector + "._domainkey." + domain)) {
            throw new ConfigException("bad key: no selector: " + selector);
        }
    }

    private void records(List<Made> made) {
        for (Made each : made) {
            terminal.out().print("The key is in " + each.named().file() + "\n\n");
            record(each.named(), each.pair().getPublic());
        }
    }

    private void record(SigningKeys.Named named, java.security.PublicKey key) {
        terminal.out()
                .print(
                        "For a zone file:\n\n"
                                + Records.zoneLine(named, key)
                                + "\nFor the page of a DNS provider, in the zone "
                                + named.domain()
                                + ":\n\n"
                                + Records.paste(named, key));
    }

    private void setting(List<SigningKeys.Named> keys) {
        terminal.out().print("\n" + KEYS + " =");
        for (int i = 0; i < keys.size(); i++) {
            terminal.out().print("\n    " + keys.get(i) + (i + 1 < keys.size() ? "," : ""));
        }
        terminal.out().print("\n");
    }

    private int rotate(String domain, String[] rest) {
        ServiceSettings settings = settings();
        checked(domain, selector(rest));
        List<SigningKeys.Named> all = configured(settings);
        List<SigningKeys.Named> old =
                all.stream().filter(named -> named.domain().equals(domain)).toList();
        if (old.isEmpty()) {
            throw new CommandException(
                    FAILED, KEYS + " names no key of " + domain + ": see postdkim keygen");
        }
        List<SigningKey> loaded = old.stream().map(SigningKeys.Named::load).toList();
        List<String> kinds =
                typed
                        ? kinds(type)
                        : Made.KINDS.stream()
                                .filter(kind ->
                                        loaded.stream()
                                                .anyMatch(key -> key.algorithm().startsWith(kind)))
                                .toList();
        KeyFiles files = new KeyFiles(settings);
        String selector = rest.length == 2 ? selector(rest) : next(domain, kinds, files);
        unnamed(all, domain, Made.selectors(selector, kinds));
        List<Made> made = Made.keys(files, domain, selector, kinds, bits);
        terminal.out().print("1. Add to DNS, and leave the old record where it is.\n\n");
        records(made);
        List<SigningKeys.Named> next = new ArrayList<>(all);
        next.removeAll(old);
        made.forEach(each -> next.add(each.named()));
        terminal.out()
                .print(
                        "\n2. When every name server has "
                                + (made.size() == 1 ? "it" : "them")
                                + " ("
                                + tests(made)
                                + "), change main.cf and run postfix reload:\n");
        setting(next);
        terminal.out()
                .print(
                        "\n3. "
                                + OVERLAP
                                + " days later, when no mail signed with the old key is on its way"
                                + " any more, replace the old record by one with an empty p=, and"
                                + " remove the file:\n");
        for (int i = 0; i < old.size(); i++) {
            terminal.out()
                    .print(
                            "\n"
                                    + Records.revoked(old.get(i), loaded.get(i).publicKey())
                                    + "    file   "
                                    + old.get(i).file()
                                    + "\n");
        }
        return 0;
    }

    private int test(@Nullable String domain, @Nullable String selector) {
        ServiceSettings settings = settings();
        List<SigningKeys.Named> all = new ArrayList<>();
        for (SigningKeys.Named each : configured(settings)) {
            if ((domain == null || each.domain().equals(domain))
                    && (selector == null || each.selector().equalsIgnoreCase(selector))) {
                all.add(each);
            }
        }
        if (all.isEmpty() && domain != null) {
            checked(domain, selector == null ? "s" : selector);
            all.addAll(new KeyFiles(settings).named(domain, selector));
        }
        if (all.isEmpty()) {
            throw new CommandException(
                    FAILED, KEYS + " names no such key" + (domain == null ? "" : " of " + domain));
        }
        int status = 0;
        for (SigningKeys.Named each : all) {
            Looked looked = looked(each);
            terminal.out()
                    .print(
                            each.selector()
                                    + "._domainkey."
                                    + each.domain()
                                    + ": "
                                    + looked.text()
                                    + "\n");
            status = status == FAILED ? FAILED : Math.max(status, looked.status());
            status = looked.status() == FAILED ? FAILED : status;
        }
        return status;
    }

    /// A key that cannot be used keeps nobody from hearing of the others.
    private Looked looked(SigningKeys.Named named) {
        SigningKey key;
        try {
            key = named.load();
        } catch (ConfigException e) {
            return new Looked(Looked.WRONG, "the key cannot be used: " + e.getMessage());
        }
        String open = named.open();
        return open == null
                ? Looked.at(key, dns)
                : new Looked(Looked.WRONG, "the key cannot be used: " + named.file() + ": " + open);
    }

    // ---- mails

    private int sign(String[] rest) throws IOException {
        String value = given;
        List<SigningKey> keys = new ArrayList<>();
        if (value != null) {
            keys.addAll(SigningKeys.load(value));
        } else {
            String domain = rest.length == 1 ? domain(rest[0]) : null;
            for (SigningKeys.Named each : configured(settings())) {
                if (domain == null || each.domain().equals(domain)) {
                    keys.add(each.load());
                }
            }
        }
        if (keys.isEmpty()) {
            throw new CommandException(FAILED, "no key to sign with");
        }
        StandardInput mail = StandardInput.read(terminal.in());
        Signer signer = new Signer(SigningSettings.DEFAULT);
        BodyHash hash = signer.bodyHash();
        hash.update(mail.body(), 0, mail.body().length);
        String fields =
                signer.sign(keys, mail.header(), hash.digest(), clock.wallMillis() / MILLIS);
        out(fields.getBytes(StandardCharsets.ISO_8859_1), mail.crlf());
        out(mail.header(), mail.crlf());
        out(mail.body(), mail.crlf());
        return 0;
    }

    /// With the line ends that the mail came with.
    private void out(byte[] octets, boolean crlf) {
        if (crlf) {
            terminal.out().write(octets, 0, octets.length);
            return;
        }
        int from = 0;
        for (int i = 1; i < octets.length; i++) {
            if (octets[i] == '\n' && octets[i - 1] == '\r') {
                terminal.out().write(octets, from, i - 1 - from);
                from = i;
            }
        }
        terminal.out().write(octets, from, octets.length - from);
    }

    private int verify() throws IOException {
        VerifyLimits limits =
                directory == null && terminal.mailConfig() == null
                        ? VerifyLimits.DEFAULT
                        : VerifyLimits.of(settings());
        StandardInput mail = StandardInput.read(terminal.in());
        Verification verification =
                Verification.begin(KeyLookup.inTurn(dns, clock), limits, mail.header()).withArc();
        verification.body(mail.body(), 0, mail.body().length);
        verification.end();
        boolean pass = false;
        boolean later = false;
        for (DkimResult.Details each : verification.details()) {
            terminal.out().print(line(each) + "\n");
            pass |= each.result().verdict() == Verdict.PASS;
            later |= each.result().verdict() == Verdict.TEMPERROR;
        }
        ArcResult arc = verification.arc();
        terminal.out().print("arc=" + arc.verdict().word() + reason(arc.reason()) + "\n");
        for (ArcResult.Set set :
                arc.verdict() == Verdict.PASS ? arc.sets() : List.<ArcResult.Set>of()) {
            terminal.out().print("    i=" + set.instance() + " d=" + set.domain() + "\n");
        }
        return pass ? 0 : later ? Looked.LATER : FAILED;
    }

    private static String line(DkimResult.Details details) {
        DkimResult result = details.result();
        StringBuilder out = new StringBuilder("dkim=").append(result.verdict().word());
        out.append(reason(result.reason()));
        if (!result.domain().isEmpty()) {
            out.append(" header.d=").append(result.domain());
            out.append(" header.i=").append(details.identity());
            out.append(" header.s=").append(result.selector());
            out.append(" header.a=").append(result.algorithm());
            out.append(" header.b=").append(details.mark());
        }
        if (result.bits() > 0) {
            out.append(" (").append(result.bits()).append(" bits)");
        }
        return out + (details.testing() ? " (on test)" : "");
    }

    private static String reason(String text) {
        return text.isEmpty() ? "" : " reason=\"" + text + "\"";
    }
}
