package org.postrider.master.makers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.master.Door;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.Made;
import org.postrider.master.Maker;
import org.postrider.master.MasterParams;
import org.postrider.master.Service;
import org.postrider.postscreen.Caches;
import org.postrider.postscreen.Postscreen;
import org.postrider.postscreen.PostscreenParams;
import org.postrider.postscreen.Tls;
import org.postrider.smtpd.ServerTls;
import org.postrider.smtpd.TlsChecks;
import org.postrider.time.Clock;
import org.postrider.tls.TlsLogLevels;

/// Makes the screening of clients. The lines of dnsblog and tlsproxy that it names lend it their
/// settings and their names in the log; their work is done inside.
public final class PostscreenMaker implements Maker {
    /// What is set for TLS by postscreen_tls_NAME, tlsproxy_tls_NAME or smtpd_tls_NAME, the first
    /// that is.
    private static final List<String> TLS =
            List.of(
                    "CAfile",
                    "CApath",
                    "ask_ccert",
                    "ccert_verifydepth",
                    "cert_file",
                    "chain_files",
                    "ciphers",
                    "eccert_file",
                    "eckey_file",
                    "eecdh_grade",
                    "exclude_ciphers",
                    "fingerprint_digest",
                    "key_file",
                    "loglevel",
                    "mandatory_ciphers",
                    "mandatory_exclude_ciphers",
                    "mandatory_protocols",
                    "protocols",
                    "req_ccert");

    @Override
    public Made make(Service service, Generation generation) {
        Settings own = service.settings();
        Machine machine = generation.shared().machine();
        @Nullable Service lists = named(generation, own.text("dnsblog_service_name"), "dnsblog");
        @Nullable Service proxy = named(generation, own.text("tlsproxy_service_name"), "tlsproxy");
        Postscreen made =
                new Postscreen(
                        lists == null ? own : with(own, lists.settings(), "dnsblog_reply_delay"),
                        generation.tables(),
                        new Postscreen.Services(
                                generation.shared().running().screened().cache(own),
                                machine.lists(),
                                tls(service, proxy == null ? own : proxy.settings(), generation),
                                generation::pass),
                        new Postscreen.Journal(
                                machine.log(),
                                service.logTag(),
                                tag(own, lists, "dnsblog"),
                                tag(own, proxy, "tlsproxy")),
                        machine.threads(),
                        machine.clock());
        generation.closes(made);
        return new Made.Listens(new Sessions(made, service.logTag()));
    }

    /// One process of Postfix's takes all clients: its line's limit bounds nobody.
    private record Sessions(Postscreen service, LogTag own) implements Door {
        @Override
        public void session(Connection connection, LogTag as, boolean stressed) {
            service.session(connection, own);
        }

        @Override
        public boolean takesAll() {
            return true;
        }
    }

    private static @Nullable Service named(
            Generation generation, @Nullable String name, String program) {
        for (Service each : generation.configuration().services()) {
            if (each.name().equals(name) && each.program().name().equals(program)) {
                return each;
            }
        }
        return null;
    }

    private static LogTag tag(Settings own, @Nullable Service service, String program) {
        return service == null
                ? new LogTag(
                        own.get(MasterParams.SYSLOG_NAME) + "/" + program,
                        ProcessHandle.current().pid())
                : service.logTag();
    }

    private static Settings with(Settings own, Settings other, String name) {
        String value = other.text(name);
        return value == null ? own : own.with(Map.of(name, literal(value)));
    }

    private static Tls tls(Service service, Settings proxy, Generation generation) {
        ServerTls tls =
                ServerTls.of(
                        asSmtpd(service.settings(), proxy),
                        generation.tables(),
                        generation.shared().machine().clock(),
                        generation.keyWarnings(service));
        String level = tls.required() ? "encrypt" : tls.wanted() ? "may" : "none";
        TlsLogLevels levels =
                TlsLogLevels.of(
                        service.settings(),
                        PostscreenParams.TLS_LOGLEVEL_MAPS,
                        tls.logLevel(),
                        generation.tables(),
                        generation.warnings(service));
        return new Tls(tls.server(), level, levels);
    }

    /// The same as smtpd would have it.
    private static Settings asSmtpd(Settings own, Settings proxy) {
        Map<String, String> out = new HashMap<>();
        out.put("smtpd_tls_wrappermode", "no");
        out.put("smtpd_use_tls", yes(own, PostscreenParams.USE_TLS.name()));
        out.put("smtpd_enforce_tls", yes(own, PostscreenParams.ENFORCE_TLS.name()));
        out.put("smtpd_tls_security_level", literal(own.get(PostscreenParams.TLS_SECURITY_LEVEL)));
        for (String name : TLS) {
            String chosen = "postscreen_tls_" + name;
            String value =
                    own.configured(chosen) ? own.text(chosen) : proxy.text("tlsproxy_tls_" + name);
            if (value != null) {
                out.put("smtpd_tls_" + name, literal(value));
            }
        }
        return own.with(out);
    }

    private static String yes(Settings settings, String name) {
        return literal(String.valueOf(settings.text(name)));
    }

    private static String literal(String value) {
        return value.replace("$", "$$");
    }

    @Override
    public List<String> problems(Service service) {
        List<String> out = new ArrayList<>();
        TlsChecks.problems(asSmtpd(service.settings(), service.settings()), Clock.system())
                .forEach(t -> out.add("TLS: " + t));
        out.addAll(Postscreen.problems(service.settings()));
        String cache = Caches.problem(service.settings());
        if (cache != null) {
            out.add(cache);
        }
        return out;
    }
}
