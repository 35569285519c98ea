/// tls.key — our own keys and certificates, and those of others, from PEM files.
///
/// Who feeds it: key files and tables of the administrator; for names, strangers, who may ask for
/// any.
///
/// Threads: any. A handshake keeps the keys that it began with.
///
/// Crash and trouble: files that cannot be used are a fault at start and reload; later the former
/// keys stay in use, with one warning for each change.
///
/// Not done yet: keys of DSA, encrypted keys.
@NullMarked
package org.postrider.tls.key;

import org.jspecify.annotations.NullMarked;
