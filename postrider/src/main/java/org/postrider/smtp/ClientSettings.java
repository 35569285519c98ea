package org.postrider.smtp;

import org.jspecify.annotations.Nullable;
import org.postrider.config.Param;
import org.postrider.config.Settings;

/// What one client is set to: a parameter that SMTP and LMTP each have is read under the name of
/// the protocol that this client speaks. Immutable.
///
/// @param all of its line of master.cf
/// @param flags after its name there
public record ClientSettings(Settings all, Protocol protocol, DeliveryFlags flags) {
    /// One without flags.
    public ClientSettings(Settings all, Protocol protocol) {
        this(all, protocol, DeliveryFlags.NONE);
    }

    /// @throws org.postrider.config.ConfigException if the value does not parse, with file and line
    public <T> T get(Twin<T> twin) {
        return all.get(own(twin));
    }

    /// @throws org.postrider.config.ConfigException if the value does not parse, with file and line
    public <T> T get(Param<T> param) {
        return all.get(param);
    }

    /// The one of the two that this client has.
    public <T> Param<T> own(Twin<T> twin) {
        return switch (protocol) {
            case SMTP -> twin.smtp();
            case LMTP -> twin.lmtp();
        };
    }

    /// As main.cf has it: `lmtp_tls_policy_maps`.
    public String name(Twin<?> twin) {
        return own(twin).name();
    }

    public boolean configured(Twin<?> twin) {
        return all.configured(name(twin));
    }

    /// Where it is set; null for a default.
    public @Nullable String origin(Twin<?> twin) {
        return all.origin(name(twin));
    }

    /// The expanded text of any name; null if neither set nor defaulted.
    public @Nullable String text(String name) {
        return all.text(name);
    }
}
