/// The arithmetic of keys: RSA and Ed25519, private and public, by the JDK, and RSA signatures by
/// the system's libcrypto where it is installed, which needs half of the JDK's time (decision
/// 0056).
///
/// Private keys are the administrator's; public ones are strangers', so that an RSA key has a
/// bounded modulus and exponent before anything is computed with it.
///
/// Threads: any. Memory outside of the heap belongs to the key that it was taken for and is given
/// back with it. Nothing is kept in a crash.
@NullMarked
package org.postrider.dkim.key;

import org.jspecify.annotations.NullMarked;
