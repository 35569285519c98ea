package org.postrider.command.container;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the environment asks for: settings of main.cf, services of master.cf, tables. One thread.
final class Wanted {
    /// Where tokens lie: they are fetched anew by the server, and outlive it.
    static final String TOKENS = "/var/lib/postfix/xoauth2";

    /// Files beside the tables.
    private static final Set<String> OWN = Set.of("main.cf", "master.cf", "sasldb2", "sasl");

    /// @param from the variable
    /// @param value null where the setting is to go
    record Setting(String from, @Nullable String value) {}

    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final Map<String, Setting> over = new LinkedHashMap<>();
    private final Set<String> kept = new HashSet<>();
    private final Map<String, String> tables = new LinkedHashMap<>();
    private final Map<String, String> services = new LinkedHashMap<>();
    private final Map<String, String> users = new LinkedHashMap<>();
    private final Map<String, String> tokens = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /// Two variables that ask for different values of one parameter are a problem.
    void set(String from, String name, String value) {
        Setting before = settings.put(name, new Setting(from, line(value)));
        if (before != null && !line(value).equals(before.value())) {
            problem(from + " and " + before.from() + " both set " + name);
        }
    }

    /// As [#set], where the parameter's own variable may not take it away either: it says who may
    /// send.
    void keep(String from, String name, String value) {
        set(from, name, value);
        kept.add(name);
    }

    /// Counts over what another variable says: the parameter itself was named.
    ///
    /// @param value empty where it is to go
    void parameter(String from, String name, String value) {
        Setting wanted = new Setting(from, value.isBlank() ? null : line(value));
        Setting other = kept.contains(name) ? settings.get(name) : over.get(name);
        over.put(name, wanted);
        if (other != null && !Objects.equals(other.value(), wanted.value())) {
            problem(from + " and " + other.from() + " both set " + name);
        }
    }

    private static String line(String value) {
        return value.replaceAll("[\\x00-\\x1f]+", " ").strip();
    }

    /// Nobody but the server's user may read it.
    void table(String from, String file, String text) {
        if (OWN.contains(file) || tables.containsKey(file)) {
            problem(from + ": this image makes a file " + file + " of its own");
            return;
        }
        tables.put(file, text.endsWith("\n") ? text : text + "\n");
    }

    /// @param key `name/type`
    void service(String key, String line) {
        services.put(key, line(line));
    }

    /// A token's file in data_directory, made where it is not there yet.
    void token(String name, String json) {
        tokens.put(name, json);
    }

    void user(String login, String password) {
        users.put(login, password);
    }

    void problem(String text) {
        problems.add(text);
    }

    /// By name; those that the parameter's own variable names count.
    Map<String, Setting> settings() {
        Map<String, Setting> all = new LinkedHashMap<>(settings);
        all.putAll(over);
        return all;
    }

    Map<String, Setting> parameters() {
        return over;
    }

    Map<String, String> tables() {
        return tables;
    }

    Map<String, String> services() {
        return services;
    }

    Map<String, String> users() {
        return users;
    }

    Map<String, String> tokens() {
        return tokens;
    }

    /// Each once.
    List<String> problems() {
        return List.copyOf(new TreeSet<>(problems));
    }

    /// What this is in main.cf.
    static String reference(String table) {
        return "texthash:$config_directory/" + table;
    }
}
