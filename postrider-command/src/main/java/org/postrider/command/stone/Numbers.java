package org.postrider.command.stone;

import org.postrider.command.CommandException;

/// Numbers of a command line: the digits that a word begins with, as atoi(3).
final class Numbers {
    private static final int DIGITS = 9;

    private Numbers() {}

    /// 0 without a digit.
    static int leading(String text) {
        int end = 0;
        while (end < Math.min(text.length(), DIGITS) && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end == 0 ? 0 : Integer.parseInt(text.substring(0, end));
    }

    /// @param what it is, for who typed another one
    static int positive(String text, String what) {
        int number = leading(text);
        if (number <= 0) {
            throw new CommandException(1, "bad " + what + ": " + text);
        }
        return number;
    }
}
