/// maps.pattern — tables of rules asked in order: `regexp`, `pcre` (header_checks(5), access(5), …)
/// and `cidr`.
///
/// Who feeds it: rules of the administrator, subjects of strangers. A subject is octets, and is
/// copied to the C library once for all the rules of a table ([Subject]).
///
/// Threads: any. `pcre` searches under a limit of steps; `regexp` asks the C library, which knows
/// no limit, on threads of the supervisor's under a deadline; Java's own patterns stand in where
/// libpcre2-8 is not installed. What ends at a limit is a [org.postrider.maps.TableException], not
/// a rule that did not match.
///
/// Crash: a rule that cannot be used is passed over with a warning in Postfix's words, the others
/// count.
///
/// Not done yet: `pcre` without libpcre2-8 goes by Java's patterns, which differ in places; a
/// warning says so.
@NullMarked
package org.postrider.maps.pattern;

import org.jspecify.annotations.NullMarked;
