package org.postrider.maps.remote;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.time.Clock;

/// `mysql:`, `pgsql:` and `sqlite:` tables (mysql_table(5), pgsql_table(5), sqlite_table(5)) over
/// JDBC; the drivers are optional jars. A few connections idle and are used again; a host that
/// fails is left alone for `retry_interval`.
public final class SqlTable implements Table, AutoCloseable {
    private static final int MOST_IDLE = 10;

    /// What the kinds of databases differ in.
    public enum Dialect {
        MYSQL("org.mariadb.jdbc:mariadb-java-client"),
        PGSQL("org.postgresql:postgresql"),
        SQLITE("org.xerial:sqlite-jdbc");

        private final String jar;

        Dialect(String jar) {
            this.jar = jar;
        }

        /// A text that stands within single quotes.
        private String quoted(String part) {
            String doubled = part.replace("'", "''");
            return this != MYSQL
                    ? doubled
                    : part.replace("\\", "\\\\")
                            .replace("'", "\\'")
                            .replace("\"", "\\\"")
                            .replace("\0", "\\0")
                            .replace("\n", "\\n")
                            .replace("\r", "\\r")
                            .replace("\u001a", "\\Z");
        }
    }

    private final String name;
    private final Dialect dialect;
    private final Clock clock;
    private final String query;
    private final QueryText text;
    private final Properties login = new Properties();
    private final long retryNanos;
    private final Map<String, Long> failed = new ConcurrentHashMap<>();

    /// By URL, all of them from the beginning.
    private final Map<String, Idle<Connection>> idle = new HashMap<>();

    /// @throws IllegalArgumentException if a setting that is needed is not there
    public SqlTable(
            String name, Dialect dialect, TableSettings settings, Tables tables, Clock clock) {
        this.name = name;
        this.dialect = dialect;
        this.clock = clock;
        text = new QueryText(name, settings, tables);
        query = query(name, settings);
        retryNanos = 1_000_000_000L * settings.number("retry_interval", 60, 1);
        if (dialect == Dialect.SQLITE) {
            String path = settings.text("dbpath", "");
            idle.put("jdbc:sqlite:file:" + path + "?mode=ro", idle());
            return;
        }
        login.setProperty("user", settings.text("user", ""));
        login.setProperty("password", settings.text("password", ""));
        login.setProperty("connectTimeout", dialect == Dialect.MYSQL ? "10000" : "10");
        login.setProperty("socketTimeout", dialect == Dialect.MYSQL ? "60000" : "60");
        if (dialect == Dialect.MYSQL) {
            tls(settings);
        }
        String database = settings.text("dbname", "");
        for (String host : settings.words("hosts", "localhost")) {
            idle.put(url(host, database), idle());
        }
    }

    /// As the client library has it: TLS if a tls_ setting asks for it.
    private void tls(TableSettings settings) {
        String authority = settings.text("tls_CAfile", "");
        boolean verified = settings.bool("tls_verify_cert", false);
        boolean wanted = verified || !authority.isEmpty();
        login.setProperty("sslMode", verified ? "verify-full" : wanted ? "verify-ca" : "disable");
        if (!authority.isEmpty()) {
            login.setProperty("serverSslCert", authority);
        }
    }

    /// `query`, or the one that the older select_field, table, where_field make.
    private static String query(String name, TableSettings settings) {
        String query = settings.text("query");
        if (query != null && !query.isEmpty()) {
            return query;
        }
        String field = settings.text("select_field", "");
        String table = settings.text("table", "");
        String where = settings.text("where_field", "");
        if (field.isEmpty() || table.isEmpty() || where.isEmpty()) {
            throw new IllegalArgumentException(name + ": no query");
        }
        return "SELECT "
                + field
                + " FROM "
                + table
                + " WHERE "
                + where
                + " = '%s' "
                + settings.text("additional_conditions", "");
    }

    private String url(String host, String database) {
        String scheme = dialect == Dialect.MYSQL ? "jdbc:mariadb://" : "jdbc:postgresql://";
        if (host.startsWith("unix:")) {
            if (dialect == Dialect.PGSQL) {
                throw new IllegalArgumentException(
                        name + ": the driver knows no unix: hosts, use inet:localhost: " + host);
            }
            String socket = host.substring("unix:".length());
            return scheme + "localhost/" + database + "?localSocket=" + socket;
        }
        String bare = host.startsWith("inet:") ? host.substring("inet:".length()) : host;
        // "localhost" means a UNIX-domain socket to MySQL's own library; the driver speaks TCP.
        return scheme + bare + "/" + database;
    }

    @Override
    public @Nullable String lookup(String key) {
        String folded = Fold.lower(key);
        if (!text.asked(folded)) {
            return null;
        }
        String statement = QueryText.query(query, decoded(folded), dialect::quoted);
        if (statement == null) {
            return null;
        }
        List<String> order = new ArrayList<>(idle.keySet());
        Collections.shuffle(order);
        String why = "no host left";
        for (String url : order) {
            Long since = failed.get(url);
            if (since != null && clock.nanos() - since < retryNanos) {
                continue;
            }
            try {
                String found = ask(url, statement, folded);
                failed.remove(url);
                return found;
            } catch (SQLException e) {
                why = String.valueOf(e.getMessage());
                failed.put(url, clock.nanos());
            }
        }
        if (order.size() == 1 && failed.containsKey(order.getFirst())) {
            // A single host is most often a load balancer: try it each time (Postfix 3.10).
            failed.remove(order.getFirst());
        }
        throw new TableException(name + ": " + why);
    }

    private static String decoded(String octets) {
        byte[] raw = octets.getBytes(StandardCharsets.ISO_8859_1);
        return new String(raw, StandardCharsets.UTF_8);
    }

    private @Nullable String ask(String url, String statement, String key) throws SQLException {
        Connection connection = idle(url).take();
        if (connection != null) {
            try {
                return ask(connection, url, statement, key);
            } catch (SQLException e) {
                // it was closed while it idled: a fresh one
            }
        }
        return ask(connect(url), url, statement, key);
    }

    private Connection connect(String url) throws SQLException {
        try {
            return dialect == Dialect.SQLITE
                    ? SqliteDriver.connect(url, login)
                    : DriverManager.getConnection(url, login);
        } catch (SQLException e) {
            boolean missing = String.valueOf(e.getMessage()).contains("No suitable driver");
            throw missing ? new SQLException("add the jar " + dialect.jar, e) : e;
        }
    }

    private Idle<Connection> idle(String url) {
        return Objects.requireNonNull(idle.get(url));
    }

    private static Idle<Connection> idle() {
        return new Idle<>(MOST_IDLE, SqlTable::close);
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // nothing was promised
        }
    }

    private @Nullable String ask(Connection connection, String url, String statement, String key)
            throws SQLException {
        boolean well = false;
        try (Statement s = connection.createStatement();
                ResultSet rows = s.executeQuery(statement)) {
            QueryText.Results results = text.results(key);
            // sqlite_table(5): the first column only.
            int columns = dialect == Dialect.SQLITE ? 1 : rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int i = 1; i <= columns; i++) {
                    String value = rows.getString(i);
                    results.add(value == null ? null : encoded(value));
                }
            }
            well = true;
            return results.text();
        } finally {
            if (well) {
                idle(url).give(connection);
            } else {
                close(connection);
            }
        }
    }

    private static String encoded(String value) {
        byte[] raw = value.getBytes(StandardCharsets.UTF_8);
        return new String(raw, StandardCharsets.ISO_8859_1);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {
        idle.values().forEach(Idle::close);
    }
}
