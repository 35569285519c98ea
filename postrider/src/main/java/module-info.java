/// A mail transfer agent as a library: what a program sees of it is the package [org.postrider].
@SuppressWarnings({"module", "requires-automatic"})
module org.postrider {
    requires com.ongres.scram.common;
    requires java.naming;
    requires java.net.http;
    requires java.security.sasl;
    requires java.sql;
    requires jdk.net;
    requires org.dnsjava;
    requires org.postrider.helper;
    requires static com.nimbusds.jose.jwt;
    requires transitive org.jspecify;
    requires static unboundid.ldapsdk;

    exports org.postrider;
    exports org.postrider.access to
            org.postrider.command;
    exports org.postrider.address to
            org.postrider.command;
    exports org.postrider.agent to
            org.postrider.command;
    exports org.postrider.anvil to
            org.postrider.command;
    exports org.postrider.authentication to
            org.postrider.command;
    exports org.postrider.bounce to
            org.postrider.command;
    exports org.postrider.cleanup to
            org.postrider.command;
    exports org.postrider.config to
            org.postrider.command;
    exports org.postrider.control to
            org.postrider.command;
    exports org.postrider.disk to
            org.postrider.command;
    exports org.postrider.dkim to
            org.postrider.command;
    exports org.postrider.dns to
            org.postrider.command;
    exports org.postrider.dnsbl to
            org.postrider.command;
    exports org.postrider.doctor to
            org.postrider.command;
    exports org.postrider.dsn to
            org.postrider.command;
    exports org.postrider.io to
            org.postrider.command;
    exports org.postrider.log to
            org.postrider.command;
    exports org.postrider.maps to
            org.postrider.command;
    exports org.postrider.master to
            org.postrider.command;
    exports org.postrider.message to
            org.postrider.command;
    exports org.postrider.milter to
            org.postrider.command;
    exports org.postrider.moving to
            org.postrider.command;
    exports org.postrider.peer to
            org.postrider.command;
    exports org.postrider.pickup to
            org.postrider.command;
    exports org.postrider.postscreen to
            org.postrider.command;
    exports org.postrider.queue to
            org.postrider.command;
    exports org.postrider.rewrite to
            org.postrider.command;
    exports org.postrider.sasl to
            org.postrider.command;
    exports org.postrider.showq to
            org.postrider.command;
    exports org.postrider.smtp to
            org.postrider.command;
    exports org.postrider.smtpd to
            org.postrider.command;
    exports org.postrider.threads to
            org.postrider.command;
    exports org.postrider.time to
            org.postrider.command;
    exports org.postrider.tls to
            org.postrider.command;
    exports org.postrider.verify to
            org.postrider.command;
    exports org.postrider.wire to
            org.postrider.command;
}
