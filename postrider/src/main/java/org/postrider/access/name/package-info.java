/// access.name — restrictions on names: of the client, of HELO, of domains; their form, and whether
/// DNS knows them. They wait for the name service, and never refuse for good what nobody could say
/// now.
///
/// Fed by strangers: the names that are looked up, up to a command line long, and through their
/// zones the answers, which smtpd_dns_reply_filter may cut. Immutable; any thread.
@NullMarked
package org.postrider.access.name;

import org.jspecify.annotations.NullMarked;
