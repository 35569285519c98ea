package org.postrider.access.restriction;

/// A name of smtpd_restriction_classes: the list of that parameter is asked in its place. It may
/// name itself; how deep that goes is limited when it is asked.
public record RestrictionClass(String name) implements Restriction {}
