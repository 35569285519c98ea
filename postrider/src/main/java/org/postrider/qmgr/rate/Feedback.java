package org.postrider.qmgr.rate;

/// How far one success or failure moves a destination's window: `1`, `1/concurrency`,
/// `0.5/sqrt_concurrency`.
///
/// @param amount the number in front
/// @param per what it is divided by
public record Feedback(double amount, Per per) {
    /// What the amount is divided by.
    public enum Per {
        ONE,
        CONCURRENCY,
        SQRT_CONCURRENCY
    }

    /// @throws org.postrider.config.ConfigException for anything else
    public static Feedback parse(String name, String text) {
        String t = text.strip();
        int slash = t.indexOf('/');
        String number = slash < 0 ? t : t.substring(0, slash).strip();
        String divisor = slash < 0 ? "" : t.substring(slash + 1).strip();
        try {
            double amount = Double.parseDouble(number);
            if (amount >= 0 && amount <= 1) {
                switch (divisor) {
                    case "" -> {
                        return new Feedback(amount, Per.ONE);
                    }
                    case "concurrency" -> {
                        return new Feedback(amount, Per.CONCURRENCY);
                    }
                    case "sqrt_concurrency" -> {
                        return new Feedback(amount, Per.SQRT_CONCURRENCY);
                    }
                    default -> {
                        // falls to the complaint
                    }
                }
            }
        } catch (NumberFormatException e) {
            // falls to the complaint
        }
        throw new org.postrider.config.ConfigException(
                "bad parameter " + name + ": invalid feedback: " + text);
    }

    /// The step at a window of this width.
    public double at(int window) {
        return switch (per) {
            case ONE -> amount;
            case CONCURRENCY -> amount / window;
            case SQRT_CONCURRENCY -> amount / Math.sqrt(window);
        };
    }
}
