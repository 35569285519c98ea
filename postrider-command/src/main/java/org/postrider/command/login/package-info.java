/// command.login — `postoauth`: how this server comes to a token with which it logs in elsewhere
/// (RFC 8628). `saslpasswd2` and `sasldblistusers2`: who logs in here.
///
/// Who feeds it: the administrator, and the authorization server that he names. Nothing that it
/// prints is a secret.
///
/// Threads: one, besides those of the HTTP client.
///
/// Crash: a token file is made beside the old one and renamed.
///
/// Not done yet: dialogues in a browser of this machine (RFC 8252).
@NullMarked
package org.postrider.command.login;

import org.jspecify.annotations.NullMarked;
