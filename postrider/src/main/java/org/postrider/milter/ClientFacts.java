package org.postrider.milter;

/// Who a client is.
///
/// @param name the verified one, `unknown` for none
/// @param address without brackets or `IPv6:`
/// @param family of the address
/// @param port 0 where it is not known
public record ClientFacts(String name, String address, Family family, int port) {
    public enum Family {
        INET,
        INET6,
        UNKNOWN
    }
}
