/// smtpd — the SMTP server (smtpd(8)). Fed by strangers.
@NullMarked
package org.postrider.smtpd;

import org.jspecify.annotations.NullMarked;
