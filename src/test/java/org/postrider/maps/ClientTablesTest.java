package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldif.LDIFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Ports;
import org.postrider.time.Clock;

/// The client tables against the real servers of the distribution, started here on loopback, and
/// the distribution's own postmap beside them.
class ClientTablesTest {
    private static final Path POSTMAP = Path.of("/usr/sbin/postmap");
    private static final List<String> KEYS =
            List.of(
                    "joe@example.com",
                    "JOE@Example.COM",
                    "ann@example.com",
                    "two@example.com",
                    "null@example.com",
                    "empty@example.com",
                    "nobody@example.com",
                    "joe@other.example",
                    "joe",
                    "@example.com",
                    "o'brien@example.com",
                    "x' OR '1'='1@example.com",
                    "back\\slash@example.com",
                    "a)(uid=*@example.com",
                    "per%cent@example.com",
                    "sub@mail.example.com",
                    "*@example.com",
                    "\"quoted\"@example.com");

    @TempDir Path temp;
    private final List<Process> servers = new ArrayList<>();
    private int port;

    @BeforeEach
    void begin() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.writeString(temp.resolve("main.cf"), "");
        port = Ports.free();
    }

    @AfterEach
    void end() throws InterruptedException, IOException {
        for (Process each : servers) {
            // PostgreSQL waits for its clients on SIGTERM; SIGINT ends them.
            String signal =
                    each.info().command().orElse("").endsWith("postgres") ? "-INT" : "-TERM";
            new ProcessBuilder("sh", "-c", "kill " + signal + " " + each.pid()).start().waitFor();
            if (!each.waitFor(10, TimeUnit.SECONDS)) {
                each.destroyForcibly();
            }
        }
    }

    private void installed(String... files) {
        for (String file : files) {
            assumeTrue(Files.isExecutable(Path.of(file)), file + " is not installed");
        }
    }

    private void start(String... command) throws IOException {
        servers.add(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(temp.resolve("server.log").toFile())
                        .start());
    }

    private void run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(temp.resolve("run.log").toFile())
                        .start();
        assertEquals(
                0,
                process.waitFor(),
                () -> {
                    try {
                        return Files.readString(temp.resolve("run.log"));
                    } catch (IOException e) {
                        return e.toString();
                    }
                });
    }

    /// Waits until the server takes connections.
    private void listening() throws IOException, InterruptedException {
        long until = System.nanoTime() + 60_000_000_000L;
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > until || !servers.getLast().isAlive()) {
                    throw new IOException(Files.readString(temp.resolve("server.log")), e);
                }
                servers.getLast().waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
    }

    private Table table(String type, String settings) throws IOException {
        Path file = temp.resolve(type + ".cf");
        Files.writeString(file, settings);
        return new TableDirectory(Clock.system(), "hash").open(type + ":" + file);
    }

    private static String answer(Table table, String key) {
        try {
            String found = table.lookup(key.toLowerCase(java.util.Locale.ROOT));
            return found == null ? "(not found)" : found;
        } catch (TableException e) {
            return "(fault)";
        }
    }

    /// Our answers to all keys, which are the real postmap's where it has the type.
    private List<String> answers(String type, String settings)
            throws IOException, InterruptedException {
        Table table = table(type, settings);
        List<String> ours = KEYS.stream().map(key -> key + " -> " + answer(table, key)).toList();
        List<String> real = postmap(type);
        if (real == null) {
            System.out.println("ClientTablesTest: the distribution's postmap has no " + type);
        } else {
            assertEquals(real, ours);
        }
        return ours;
    }

    /// The real postmap's answers to all keys; null where it has not the type.
    private @Nullable List<String> postmap(String type) throws IOException, InterruptedException {
        if (!Files.isExecutable(POSTMAP)) {
            return null;
        }
        Said all = postmap(type, "-", String.join("\n", KEYS) + "\n");
        if (all.error().contains("unsupported dictionary type")) {
            return null;
        }
        List<String> out = new ArrayList<>();
        if (!all.error().contains("fatal")) {
            Map<String, String> found = new HashMap<>();
            for (String line : all.output().lines().toList()) {
                int tab = line.indexOf('\t');
                found.put(line.substring(0, tab), line.substring(tab + 1));
            }
            KEYS.forEach(key -> out.add(key + " -> " + found.getOrDefault(key, "(not found)")));
            return out;
        }
        // A fault ends it: each by itself.
        for (String key : KEYS) {
            Said one = postmap(type, key, "");
            out.add(
                    key
                            + " -> "
                            + (one.status() == 0
                                    ? one.output().stripTrailing()
                                    : one.error().contains("fatal") ? "(fault)" : "(not found)"));
        }
        return out;
    }

    private record Said(int status, String output, String error) {}

    private Said postmap(String type, String query, String keys)
            throws IOException, InterruptedException {
        Path error = temp.resolve("postmap.err");
        Process process =
                new ProcessBuilder(
                                POSTMAP.toString(),
                                "-c",
                                temp.toString(),
                                "-q",
                                query,
                                type + ":" + temp.resolve(type + ".cf"))
                        .redirectInput(Files.writeString(temp.resolve("keys"), keys).toFile())
                        .redirectError(error.toFile())
                        .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), out, Files.readString(error));
    }

    private static void rows(Connection connection, boolean doubled) throws SQLException {
        try (Statement s = connection.createStatement()) {
            s.execute(
                    "CREATE TABLE users (mail VARCHAR(200), box VARCHAR(200), extra VARCHAR(50))");
            String[] rows = {
                "'joe@example.com','joe',NULL",
                "'ann@example.com','ann/','second'",
                "'two@example.com','one',NULL",
                "'two@example.com','two','three'",
                "'null@example.com',NULL,NULL",
                "'empty@example.com','',NULL",
                "'o''brien@example.com','obrien',NULL",
                "'per%cent@example.com','percent',NULL",
                "'sub@mail.example.com','sub',NULL",
                "'back" + (doubled ? "\\\\" : "\\") + "slash@example.com','bs',NULL",
                "'@example.com','all',NULL",
                "'joe','bare',NULL"
            };
            for (String row : rows) {
                s.execute("INSERT INTO users VALUES (" + row + ")");
            }
        }
    }

    private List<List<String>> sql(String type, String login)
            throws IOException, InterruptedException {
        List<List<String>> out = new ArrayList<>();
        out.add(answers(type, login + "query = SELECT box, extra FROM users WHERE mail = '%s'\n"));
        out.add(
                answers(
                        type,
                        login
                                + "query = SELECT box FROM users WHERE mail = '%u@%d'\n"
                                + "result_format = %s@%D\n"
                                + "domain = example.com, mail.example.com\n"));
        out.add(
                answers(
                        type,
                        login
                                + "query = SELECT box FROM users WHERE mail = '%U@%2.%1'\n"
                                + "result_format = <%u>\nexpansion_limit = 1\n"));
        out.add(answers(type, login + "select_field = box\ntable = users\nwhere_field = mail\n"));
        return out;
    }

    private static void seen(List<List<String>> all, boolean firstColumn) {
        assertEquals("joe@example.com -> joe", all.get(0).get(0));
        String ann = firstColumn ? "ann/" : "ann/,second";
        assertEquals("ann@example.com -> " + ann, all.get(0).get(2));
        String two = firstColumn ? "one,two" : "one,two,three";
        assertEquals("two@example.com -> " + two, all.get(0).get(3));
        assertEquals("null@example.com -> (not found)", all.get(0).get(4));
        assertEquals("o'brien@example.com -> obrien", all.get(0).get(10));
        assertEquals("x' OR '1'='1@example.com -> (not found)", all.get(0).get(11));
        assertEquals("joe@example.com -> joe@example.com", all.get(1).get(0));
        assertEquals("two@example.com -> (fault)", all.get(2).get(3));
        assertEquals("joe -> bare", all.get(3).get(8));
    }

    @Test
    void sqlite() throws IOException, InterruptedException, SQLException {
        Path file = temp.resolve("users.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            rows(connection, false);
        }
        seen(sql("sqlite", "dbpath = " + file + "\n"), true);
    }

    @Test
    void postgresql() throws IOException, InterruptedException, SQLException {
        String bin = "/usr/lib/postgresql/15/bin/";
        installed(bin + "initdb", bin + "postgres", "/usr/sbin/runuser", "/usr/bin/setpriv");
        String data = temp.resolve("pg").toString();
        run(
                "/usr/sbin/runuser",
                "-u",
                "postgres",
                "--",
                bin + "initdb",
                "--no-sync",
                "-D",
                data,
                "-A",
                "trust");
        start(
                "/usr/bin/setpriv",
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                bin + "postgres",
                "-D",
                data,
                "-p",
                "" + port,
                "-k",
                temp.toString(),
                "-c",
                "listen_addresses=127.0.0.1");
        listening();
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
        try (Connection connection = connected(url)) {
            rows(connection, false);
        }
        seen(
                sql(
                        "pgsql",
                        "hosts = inet:127.0.0.1:"
                                + port
                                + "\nuser = postgres\npassword = x\ndbname = postgres\n"),
                false);
        stopped("pgsql", "hosts = 127.0.0.1:" + port + "\nuser = postgres\ndbname = postgres\n");
    }

    @Test
    void mariadb() throws IOException, InterruptedException, SQLException {
        installed("/usr/bin/mariadb-install-db", "/usr/sbin/mariadbd");
        String data = temp.resolve("my").toString();
        run(
                "/usr/bin/mariadb-install-db",
                "--no-defaults",
                "--datadir=" + data,
                "--user=mysql",
                "--auth-root-authentication-method=normal",
                "--skip-test-db");
        start(
                "/usr/sbin/mariadbd",
                "--no-defaults",
                "--user=mysql",
                "--datadir=" + data,
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--socket=" + temp.resolve("my.sock"),
                "--pid-file=" + temp.resolve("my.pid"));
        listening();
        String url = "jdbc:mariadb://127.0.0.1:" + port + "/mysql?user=root&sslMode=disable";
        try (Connection connection = connected(url);
                Statement s = connection.createStatement()) {
            s.execute("CREATE DATABASE mail CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
            s.execute("GRANT ALL ON mail.* TO postfix@'%' IDENTIFIED BY 'secret'");
            s.execute("GRANT ALL ON mail.* TO postfix@localhost IDENTIFIED BY 'secret'");
            s.execute("USE mail");
            rows(connection, true);
        }
        String login =
                "hosts = inet:127.0.0.1:"
                        + port
                        + "\nuser = postfix\npassword = secret\ndbname = mail\n";
        seen(sql("mysql", login), false);
        stopped("mysql", login);
    }

    private Connection connected(String url) throws SQLException, InterruptedException {
        for (int tries = 0; ; tries++) {
            try {
                return DriverManager.getConnection(url);
            } catch (SQLException e) {
                if (tries > 100) {
                    throw e;
                }
                servers.getLast().waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
    }

    /// A server that stops is a fault, not "not found".
    private void stopped(String type, String login) throws IOException, InterruptedException {
        Table table = table(type, login + "query = SELECT box FROM users WHERE mail = '%s'\n");
        assertEquals("joe", table.lookup("joe@example.com"));
        end();
        assertThrows(TableException.class, () -> table.lookup("joe@example.com"));
    }

    @Test
    void ldap() throws IOException, InterruptedException, LDAPException, LDIFException {
        installed("/usr/sbin/slapd");
        Path data = Files.createDirectory(temp.resolve("ldap"));
        Files.writeString(
                temp.resolve("slapd.conf"),
                """
                include /etc/ldap/schema/core.schema
                include /etc/ldap/schema/cosine.schema
                include /etc/ldap/schema/inetorgperson.schema
                modulepath /usr/lib/ldap
                moduleload back_mdb
                database mdb
                suffix "dc=example,dc=com"
                rootdn "cn=admin,dc=example,dc=com"
                rootpw secret
                directory %s
                access to * by * read
                """
                        .formatted(data));
        start(
                "/usr/sbin/slapd",
                "-f",
                temp.resolve("slapd.conf").toString(),
                "-h",
                "ldap://127.0.0.1:" + port,
                "-d",
                "0");
        listening();
        try (LDAPConnection to =
                new LDAPConnection("127.0.0.1", port, "cn=admin,dc=example,dc=com", "secret")) {
            to.add("dn: dc=example,dc=com", "objectClass: domain", "dc: example");
            for (String who : List.of("joe", "ann", "o'brien", "sub", "two")) {
                to.add(
                        "dn: uid=" + who + ",dc=example,dc=com",
                        "objectClass: inetOrgPerson",
                        "uid: " + who,
                        "cn: " + who,
                        "sn: x",
                        "mail: " + who + "@" + (who.equals("sub") ? "mail." : "") + "example.com",
                        "employeeNumber: box-" + who,
                        "description: " + (who.equals("two") ? "second" : "d"));
            }
            to.add(
                    "dn: cn=list,dc=example,dc=com",
                    "objectClass: groupOfNames",
                    "objectClass: extensibleObject",
                    "cn: list",
                    "mail: per%cent@example.com",
                    "member: uid=joe,dc=example,dc=com",
                    "member: uid=ann,dc=example,dc=com");
        }
        String server =
                "server_host = ldap://127.0.0.1:"
                        + port
                        + "\nversion = 3\nsearch_base = dc=example,dc=com\nbind = no\n";
        List<String> plain =
                answers(
                        "ldap",
                        server + "query_filter = (mail=%s)\nresult_attribute = employeeNumber\n");
        assertEquals("joe@example.com -> box-joe", plain.getFirst());
        assertEquals("a)(uid=*@example.com -> (not found)", plain.get(13));
        assertEquals("*@example.com -> (not found)", plain.get(16));
        List<String> group =
                answers(
                        "ldap",
                        server
                                + "query_filter = (mail=%s)\nresult_attribute = mail\n"
                                + "special_result_attribute = member\n");
        assertTrue(group.get(14).contains("joe@example.com"), group.get(14));
        List<String> formatted =
                answers(
                        "ldap",
                        server
                                + "query_filter = (&(uid=%u)(mail=*@%d))\n"
                                + "result_attribute = employeeNumber, description\n"
                                + "result_format = %s/%U\ndomain = example.com\n");
        assertEquals("two@example.com -> box-two/two,second/two", formatted.get(3));
    }

    @Test
    void memcache() throws IOException, InterruptedException {
        installed("/usr/bin/memcached");
        start("/usr/bin/memcached", "-l", "127.0.0.1", "-p", "" + port, "-u", "nobody");
        listening();
        try (Socket to = new Socket("127.0.0.1", port)) {
            to.getOutputStream()
                    .write(
                            ("set joe@example.com 0 0 3\r\njoe\r\nset p:ann@example.com 0 0 5\r\n"
                                            + "ann x\r\nset o'brien@example.com 0 0 0\r\n\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
            byte[] stored = to.getInputStream().readNBytes("STORED\r\n".length() * 3);
            assertTrue(new String(stored, StandardCharsets.ISO_8859_1).startsWith("STORED"));
        }
        String server = "memcache = inet:127.0.0.1:" + port + "\n";
        Table plain = table("memcache", server);
        assertEquals("joe", plain.lookup("joe@example.com"));
        assertEquals(null, plain.lookup("nobody@example.com"));
        assertEquals(null, plain.lookup("with blank"));
        Table prefixed = table("memcache", server + "key_format = p:%s\nbackup = inline:{q=b}\n");
        assertEquals("ann x", prefixed.lookup("ann@example.com"));
        assertEquals("b", prefixed.lookup("q"));
        end();
        assertThrows(TableException.class, () -> plain.lookup("joe@example.com"));
        assertEquals("b", prefixed.lookup("q"));
    }
}
