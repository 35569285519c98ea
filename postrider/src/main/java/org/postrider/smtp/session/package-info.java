/// smtp.session — open sessions, and those that wait for the next mail of their key (Postfix:
/// smtp_session(3), scache(8)).
///
/// A server may say anything at any time on a session that waits: one with octets that no command
/// asked for is ended, not used. A session belongs to one thread at a time; the cache may be asked
/// by any, and one loop ends what nobody takes up. Bounded in number, idle time, age and uses.
///
/// Nothing is kept over a crash or a reload. Not yet: sessions shared between transports.
@NullMarked
package org.postrider.smtp.session;

import org.jspecify.annotations.NullMarked;
