/// Postrider as a library: a mail transfer agent that a program starts within itself, with settings
/// in Postfix's words, and with agents and lookup tables of the program's own. This package is all
/// that a program needs to see; every other package may change with each version.
///
/// ```java
/// try (Postrider mail = Postrider.builder(Path.of("/var/lib/tickets/mail"))
///         .parameter("myhostname", "tickets.example.com")
///         .parameter("virtual_mailbox_domains", "tickets.example.com")
///         .parameter("virtual_mailbox_maps", "java:queues")
///         .parameter("virtual_transport", "tickets")
///         .service("127.0.0.1:2525 inet n - n - - smtpd")
///         .table("queues", address -> queues.contains(address) ? "yes" : null)
///         .agent("tickets", delivery -> tickets.open(delivery))
///         .start()) {
///     …
/// }
/// ```
///
/// Its pom depends on `org.postrider:postrider` and nothing else of ours; on the module path it
/// says `requires org.postrider;` and its JVM is started with
/// `--enable-native-access=org.postrider`. `ldap:` and SQL tables and logins by token need a
/// library that the program adds.
///
/// What strangers send over SMTP reaches an agent as octets: it is not checked beyond what the
/// settings say. Agents and tables are called from many threads at once. After a crash everything
/// accepted is in the queue below the directory, and the next start delivers it; an agent may then
/// see again what it had just taken. Not yet: events of the mail log for a subscriber of the
/// program's, and a queue other than a directory's.
@NullMarked
package org.postrider;

import org.jspecify.annotations.NullMarked;
