package org.postrider.sts;

/// Who says what counts for a domain now. Any thread.
@FunctionalInterface
public interface StsSource {
    /// What counts for a domain.
    ///
    /// @param domain as the next hop has it
    StsFinding of(String domain);
}
