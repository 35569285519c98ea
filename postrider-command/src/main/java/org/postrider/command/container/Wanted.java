package org.postrider.command.container;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the environment asks for: settings of main.cf, services of master.cf, tables. One thread.
final class Wanted {
    /// Where tokens lie: they are fetched anew by the server, and outlive it.
    static final String TOKENS = "/var/lib/postfix/xoauth2";

    /// @param from the variable
    /// @param value null where the setting is to go
    record Setting(String from, @Nullable String value) {}

    /// @param secret nobody but the server's user may read it
    record Table(String text, boolean secret) {}

    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final Map<String, Setting> over = new LinkedHashMap<>();
    private final Map<String, Table> tables = new LinkedHashMap<>();
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

    /// Counts over what another variable says: the parameter itself was named.
    ///
    /// @param value empty where it is to go
    void parameter(String from, String name, String value) {
        over.put(name, new Setting(from, value.isBlank() ? null : line(value)));
    }

    private static String line(String value) {
        return value.replaceAll("[\\x00-\\x1f]+", " ").strip();
    }

    void table(String file, String text, boolean secret) {
        tables.put(file, new Table(text.endsWith("\n") ? text : text + "\n", secret));
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

    Map<String, Table> tables() {
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
