/// sasl.token — whose access token it is (OAUTHBEARER, XOAUTH2): signed tokens are checked here,
/// others by the end point that the settings name (RFC 7662).
///
/// And the tokens with which this server logs in elsewhere: files of sasl-xoauth2 ([TokenFiles]),
/// filled again by their end point or made in a dialogue with their user ([DeviceLogin]).
///
/// Who feeds it: tokens of strangers; keys and end points of the administrator.
///
/// Threads: any. An end point is asked under a deadline.
///
/// Crash and trouble: an end point that does not answer fails the login for a time, a token that is
/// not valid fails it for good.
///
/// Not done yet: without the optional jar for signed tokens, only an end point can say.
@NullMarked
package org.postrider.sasl.token;

import org.jspecify.annotations.NullMarked;
