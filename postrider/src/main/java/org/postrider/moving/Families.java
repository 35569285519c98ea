package org.postrider.moving;

/// Address families as Postfix writes them, which are the system's numbers, and as ours does.
final class Families {
    private static final String POSTFIX_IPV6 = "10";
    private static final String OUR_IPV6 = "6";

    private Families() {}

    static String ours(String family) {
        return family.equals(POSTFIX_IPV6) ? OUR_IPV6 : family;
    }

    static String postfix(String family) {
        return family.equals(OUR_IPV6) ? POSTFIX_IPV6 : family;
    }
}
