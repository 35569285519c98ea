/// sts — MTA-STS (RFC 8461): what domains say of the TLS of their mail exchangers, found in the
/// DNS, fetched over HTTPS, and kept in data_directory. No counterpart in Postfix, which asks a
/// program of others by smtp_tls_policy_maps.
///
/// [StsPolicies] answers for a domain with what counts now ([StsFinding]); what is made of a policy
/// is the SMTP client's (`smtp.policy`).
///
/// **Trust**: fed by strangers' DNS and web servers. A fetch has one deadline and reads at most 64
/// KiB; a policy's grammar is kept to the letter; the number of domains and the octets of their
/// policies are bounded, and so are fetches under way and those that wait.
///
/// **Threads**: fetches run on virtual threads of their own, off the deliveries, of which only the
/// first to a domain waits a moment; one loop writes the file and has policies fetched anew before
/// they end.
///
/// **Crash**: the file is replaced as a whole; what was fetched in the last second is fetched again
/// ([PolicyFile]). A policy that counts does so until its max_age, whatever becomes of DNS record
/// and web server.
@NullMarked
package org.postrider.sts;

import org.jspecify.annotations.NullMarked;
