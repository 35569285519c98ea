/// command.doctor — postdoctor: what a receiver sees of a domain and of this server
/// (docs/postdoctor.md).
///
/// Reads main.cf and master.cf, asks DNS, and greets mail servers; changes nothing and sends no
/// mail. An ordinary user's, with or without a running server. What is looked at is the room
/// `doctor`'s; how strangers are treated here is asked of `explain`, which runs the rules of smtpd.
@NullMarked
package org.postrider.command.doctor;

import org.jspecify.annotations.NullMarked;
