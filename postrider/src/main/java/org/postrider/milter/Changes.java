package org.postrider.milter;

import org.jspecify.annotations.Nullable;

/// Takes what a milter wants to be changed at the end of a message, in its order. Octets are chars
/// and checked for nothing but their NUL: names, values and addresses may hold anything else.
public interface Changes {
    /// Behind the last field.
    ///
    /// @param value all behind the colon, white space included; lines between LF
    void addHeader(String name, String value);

    /// @param index where, from 0; beyond the last one it is added
    void insertHeader(long index, String name, String value);

    /// @param index which of that name, from 1; where there is none it is added
    void changeHeader(long index, String name, String value);

    /// @param index which of that name, from 1; where there is none nothing happens
    void deleteHeader(long index, String name);

    /// The next octets of the body that takes the place of the old one; the first ones begin it.
    void replaceBody(byte[] octets, int offset, int length);

    /// @param arguments ESMTP parameters, empty for none
    void changeFrom(String address, String arguments);

    void addRecipient(String address, String arguments);

    void deleteRecipient(String address);

    /// The milter has put the mail into quarantine.
    void quarantine(String reason);

    /// Something could not be done: what else the milters want is read and dropped, and this is the
    /// answer. Null for nothing.
    @Nullable Answer fault();

    /// For the log: a milter cannot be understood, or asked.
    void complaint(String text);

    /// The milter wants nothing more; the next one sees the mail as it is now.
    void settled(String milter);
}
