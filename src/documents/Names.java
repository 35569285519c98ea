/// How documents call each other.
final class Names {
    private Names() {}

    /// In what has no links: the text and, where that does not say it, the document's name.
    static String called(String text, String target) {
        String name = document(target);
        return name.isEmpty()
                        || text.contains(name)
                        || text.endsWith(".md") && !name.endsWith("_README")
                ? text
                : text.endsWith(".md") ? name : text + " (" + name + ")";
    }

    /// What a target of a source is called where it is installed; empty if it is no document of
    /// these.
    static String document(String target) {
        String file = target.replaceFirst("#.*", "").replaceFirst(".*/", "");
        if (!file.endsWith(".md")
                || target.contains("decisions/")
                || target.contains("internals/")
                || target.contains("evidence/")) {
            return "";
        }
        return readme(file.replaceFirst("\\.md$", ""));
    }

    /// `dkim` is DKIM_README, beside those that are called so already; `smtpd.8` is smtpd(8).
    static String readme(String base) {
        if (base.matches(".*\\.[158]")) {
            return base.replaceFirst("\\.([158])$", "($1)");
        }
        return base.endsWith("_README")
                ? base
                : base.toUpperCase(java.util.Locale.ROOT).replace('-', '_') + "_README";
    }
}
