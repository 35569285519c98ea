/// master.reload — how one generation takes over from another: the configuration is read anew, all
/// its services are made, and only then sessions, deliveries and places go to the new one; a
/// configuration that cannot run is refused with its reason and the old one goes on.
///
/// The administrator feeds it, by main.cf and master.cf. One reload at a time, on the thread that
/// asked. Sessions and deliveries under way keep the generation they began with. What a reload
/// cannot change (queue_directory, mail_owner, where the log lies) is said and stays as it was.
@NullMarked
package org.postrider.master.reload;

import org.jspecify.annotations.NullMarked;
