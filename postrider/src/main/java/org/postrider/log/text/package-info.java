/// log.text — the two forms that an event has on paper: Postfix's line and a line of JSON.
///
/// `PostfixLines` and `JsonLines` each have one branch a kind of event; `LineWriter` and
/// `JsonWriter` put the octets together. Trust: texts of events are strangers'; here controls and
/// broken UTF-8 are made harmless, in the mail log as `?`, in JSON escaped. Any thread, nothing
/// shared.
@NullMarked
package org.postrider.log.text;

import org.jspecify.annotations.NullMarked;
