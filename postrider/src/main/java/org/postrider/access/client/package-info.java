/// access.client — restrictions on the client and its session: networks, login, certificate,
/// encryption, pipelining. Each looks at the subject and at nothing else but relay_clientcerts, so
/// none of them waits for anybody for long.
///
/// Fed by strangers: certificates, names of users who have logged in. Immutable; any thread.
@NullMarked
package org.postrider.access.client;

import org.jspecify.annotations.NullMarked;
