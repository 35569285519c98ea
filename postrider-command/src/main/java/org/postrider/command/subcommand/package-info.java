/// command.subcommand — the parts of `postfix` that edit main.cf: `postfix tls` (postfix-tls(1))
/// and `postfix non-bdb` (postfix-non-bdb(1)).
///
/// [PostfixTls] turns TLS on and makes and deploys keys and certificates, [OpenSsl] runs the
/// program of openssl_path for it; [NonBdb] says and sets non_bdb_migration_level.
///
/// Who feeds it: the administrator. Threads: one. Crash: main.cf is replaced whole; a key without a
/// certificate may be left in the configuration directory.
@NullMarked
package org.postrider.command.subcommand;

import org.jspecify.annotations.NullMarked;
