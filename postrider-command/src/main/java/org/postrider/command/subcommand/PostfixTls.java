package org.postrider.command.subcommand;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.command.CommandException;
import org.postrider.command.OctetPath;
import org.postrider.command.Options;
import org.postrider.time.Clock;

/// `postfix tls subcommand`: turns opportunistic TLS on, makes keys and certificates, deploys them,
/// prints requests and TLSA records (postfix-tls(1)).
public final class PostfixTls {
    /// One of the two programs that speak TLS: who has set none of these has not configured it.
    private enum Side {
        CLIENT(
                "smtp_use_tls smtp_enforce_tls smtp_tls_enforce_peername smtp_tls_security_level"
                        + " smtp_tls_cert_file smtp_tls_dcert_file smtp_tls_eccert_file"),
        SERVER(
                "smtpd_use_tls smtpd_enforce_tls smtpd_tls_security_level smtpd_tls_cert_file"
                        + " smtpd_tls_dcert_file smtpd_tls_eccert_file");

        private final List<String> parameters;

        Side(String parameters) {
            this.parameters = List.of(parameters.split(" ", -1));
        }
    }

    /// A subcommand.
    ///
    /// @param options its letters, each followed by a colon
    /// @param usage what stands behind its name
    private record Subcommand(String options, String usage, Work work) {}

    private interface Work {
        /// @return the exit status
        int done(Asked asked);
    }

    private static final String PAIR = "[-a algorithm] [-b bits ] ";

    private final Editing editing;
    private final KeyPairs pairs;
    private final Map<String, Subcommand> known = new LinkedHashMap<>();

    /// @throws CommandException where there is no openssl
    public PostfixTls(Editing editing, Clock clock) {
        this.editing = editing;
        pairs = new KeyPairs(editing, clock);
        add("enable-client", "r:", "[-r devrandom]", this::enableClient);
        add("enable-server", "a:b:r:", PAIR + "[-r devrandom] [hostname ...]", this::enableServer);
        add("new-server-key", "a:b:", PAIR + "[hostname ...]", asked -> made(asked, ""));
        add("new-server-cert", "a:b:", PAIR + "[hostname ...]", asked -> made(asked, old(asked)));
        add("deploy-server-cert", "", "certfile keyfile", this::deploy);
        add("output-server-csr", "k:", "[-k keyfile] [hostname ...]", this::request);
        add("output-server-tlsa", "h:", "[-h hostname] [keyfile ...]", this::records);
        add("all-default-client", "", "", _ -> untouched(Side.CLIENT) ? 0 : 1);
        add("all-default-server", "", "", _ -> untouched(Side.SERVER) ? 0 : 1);
    }

    private void add(String name, String options, String usage, Work work) {
        known.put(name, new Subcommand(options, usage, work));
    }

    /// @return the exit status: 1 for `all-default-…` where something is set
    /// @throws CommandException where it cannot be done
    public int run(String[] words) {
        String name = words.length == 0 ? "" : words[0];
        Subcommand one = known.get(name);
        if (one == null) {
            List<String> names = List.copyOf(known.keySet());
            throw new CommandException(
                    1,
                    "usage: postfix tls "
                            + names.getFirst()
                            + " (or "
                            + String.join(", ", names.subList(1, names.size()))
                            + ")");
        }
        return one.work().done(asked(name, one, Arrays.copyOfRange(words, 1, words.length)));
    }

    /// What was typed.
    ///
    /// @param usage for who typed it wrong
    private record Asked(Map<Character, String> options, List<String> words, String usage) {
        private String option(char letter, String usual) {
            return options.getOrDefault(letter, usual);
        }

        private KeyPairs.Kind kind() {
            return KeyPairs.Kind.named(option('a', KeyPairs.Kind.RSA.word()));
        }

        private CommandException wrong() {
            return new CommandException(1, usage);
        }
    }

    private Asked asked(String name, Subcommand one, String[] words) {
        String usage = ("usage: postfix tls " + name + " " + one.usage()).strip();
        Map<Character, String> given = new LinkedHashMap<>();
        Options options = new Options("postfix", one.options(), words, editing.terminal().err());
        for (char c = options.next(); c != 0; c = options.next()) {
            if (c == '?') {
                throw new CommandException(1, usage);
            }
            given.put(c, options.argument());
        }
        Asked asked = new Asked(given, List.of(options.rest()), usage);
        // A wrong algorithm is said before anything is done.
        asked.kind();
        return asked;
    }

    private void say(String text) {
        editing.say().accept(text);
    }

    private void out(String text) {
        editing.terminal().out().print(text);
        editing.terminal().out().flush();
    }

    private boolean untouched(Side side) {
        return side.parameters.stream().allMatch(name -> editing.set(name).isEmpty());
    }

    private int enableClient(Asked asked) {
        if (!asked.words().isEmpty()) {
            throw asked.wrong();
        }
        List<String> settings = new ArrayList<>();
        settings.add("smtp_tls_security_level = may");
        settings.add("smtp_tls_loglevel = 1");
        String cache = editing.text("data_directory") + "/smtp_scache";
        settings.add("smtp_tls_session_cache_database = lmdb:" + cache);
        if (!untouched(Side.CLIENT)) {
            say(
                    "TLS of the SMTP client is configured already, and nothing was changed. Usual"
                            + " are:");
            settings.forEach(each -> say("  " + each));
            return 0;
        }
        settings.addAll(random(asked));
        editing.edit(settings);
        say("the SMTP client uses TLS where servers offer it, after: postfix reload");
        return 0;
    }

    private List<String> random(Asked asked) {
        String source = asked.option('r', "");
        String set = source.isEmpty() ? editing.text("tls_random_source") : source;
        return set.isEmpty() ? List.of() : List.of("tls_random_source = " + set);
    }

    private int enableServer(Asked asked) {
        if (!untouched(Side.SERVER)) {
            say(
                    "TLS of the SMTP server is configured already, and nothing was changed. Usual"
                            + " are:");
            say("  smtpd_tls_security_level = may");
            say("  smtpd_tls_loglevel = 1");
            say(
                    "postfix tls new-server-cert makes a new certificate, new-server-key a new key,"
                            + " too");
            return 0;
        }
        KeyPairs.Pair pair = pairs.make(asked.kind(), asked.option('b', ""), "", hosts(asked));
        List<String> settings = new ArrayList<>(pairs.settings(pair));
        settings.add("smtpd_tls_security_level = may");
        settings.add("smtpd_tls_received_header = yes");
        settings.add("smtpd_tls_loglevel = 1");
        settings.addAll(random(asked));
        editing.edit(settings);
        say("the SMTP server offers TLS, after: postfix reload");
        next(pair.key().toString(), "");
        return 0;
    }

    private List<String> hosts(Asked asked) {
        List<String> out =
                asked.words().isEmpty() ? List.of(editing.text("myhostname")) : asked.words();
        for (String each : out) {
            if (!each.matches("[A-Za-z0-9*][A-Za-z0-9._-]*")) {
                throw new CommandException(1, "not a host name: " + each);
            }
        }
        return out;
    }

    /// The key that is deployed; empty where a new one is to be made.
    private String old(Asked asked) {
        String file = pairs.deployed(asked.kind());
        if (file.isEmpty() || Files.isRegularFile(OctetPath.of(file))) {
            return file;
        }
        say("warning: Key file: " + file + " not found, creating new keys");
        return "";
    }

    /// @param old a key to be taken over, empty for a new one
    private int made(Asked asked, String old) {
        KeyPairs.Pair pair = pairs.make(asked.kind(), asked.option('b', ""), old, hosts(asked));
        say(
                "new private key and self-signed certificate; to deploy them: postfix tls"
                        + " deploy-server-cert "
                        + pair.certificate()
                        + " "
                        + pair.key());
        next(pair.key().toString(), pair.key().toString());
        if (old.isEmpty()) {
            say("publish new TLSA records, and wait until the old ones have expired, before that");
        }
        return 0;
    }

    /// What else can be done with a key.
    ///
    /// @param named how records of it are asked for: empty where it is deployed
    private void next(String key, String named) {
        say("a request to an authority: postfix tls output-server-csr -k " + key);
        say("TLSA records: postfix tls output-server-tlsa " + named);
    }

    private int deploy(Asked asked) {
        if (asked.words().size() != 2) {
            throw asked.wrong();
        }
        Path certificate = pairs.file(asked.words().getFirst());
        Path key = pairs.file(asked.words().getLast());
        editing.edit(pairs.settings(new KeyPairs.Pair(certificate, key, pairs.kind(key))));
        say("new TLS private key and certificate deployed; they count after: postfix reload");
        return 0;
    }

    private int request(Asked asked) {
        Path key = pairs.named(asked.option('k', KeyPairs.Kind.RSA.word()));
        out(pairs.openssl().request(key, hosts(asked)));
        return 0;
    }

    private int records(Asked asked) {
        String host = asked.option('h', editing.text("myhostname"));
        List<String> keys = asked.words();
        if (keys.isEmpty()) {
            keys = Arrays.stream(KeyPairs.Kind.values()).map(KeyPairs.Kind::word).toList();
        }
        for (String each : keys) {
            if (KeyPairs.Kind.is(each) && pairs.deployed(KeyPairs.Kind.named(each)).isEmpty()) {
                continue;
            }
            Path key = pairs.named(each);
            out("; " + key + "\n");
            pairs.kind(key);
            String digest = pairs.openssl().digest(key);
            out("_25._tcp." + host + ". IN TLSA 3 1 1 " + digest + "\n");
        }
        return 0;
    }
}
