package org.postrider.rewrite;

import java.util.List;
import org.postrider.address.Tokens;
import org.postrider.config.Settings;

/// Brings addresses to canonical form (trivial-rewrite(8), "standard form"). Immutable.
final class Rewriter {
    private final boolean swapBangpath;
    private final boolean percentHack;
    private final boolean appendAtOrigin;
    private final boolean appendDotDomain;
    private final Context local;
    private final Context remote;

    /// What incomplete addresses are completed with.
    private record Context(String origin, String domain) {}

    Rewriter(Settings settings) {
        swapBangpath = settings.get(RewriteParams.SWAP_BANGPATH);
        percentHack = settings.get(RewriteParams.ALLOW_PERCENT_HACK);
        appendAtOrigin = settings.get(RewriteParams.APPEND_AT_MYORIGIN);
        appendDotDomain = settings.get(RewriteParams.APPEND_DOT_MYDOMAIN);
        local =
                new Context(
                        settings.get(RewriteParams.MYORIGIN), settings.get(RewriteParams.MYDOMAIN));
        String foreign = settings.get(RewriteParams.REMOTE_HEADER_REWRITE_DOMAIN);
        remote = new Context(foreign, foreign);
    }

    boolean swapsBangpath() {
        return swapBangpath;
    }

    boolean hasPercentHack() {
        return percentHack;
    }

    String rewrite(String address, boolean localContext) {
        if (address.isEmpty() || plain(address)) {
            return address;
        }
        Tokens tokens = Tokens.ofInternal(address);
        rewrite(tokens, localContext);
        return tokens.internal();
    }

    /// Nothing can be rewritten in `word@label.label`: no routing, no quoting, a dotted domain.
    static boolean plain(String address) {
        int at = -1;
        char before = '.';
        boolean dotted = false;
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if (c == '@') {
                if (at >= 0 || before == '.') {
                    return false;
                }
                at = i;
                before = '.';
                continue;
            }
            boolean word =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '-'
                            || c == '_'
                            || (at < 0 && (c == '+' || c == '='));
            if (!word && (c != '.' || before == '.')) {
                return false;
            }
            dotted |= at >= 0 && c == '.';
            before = c;
        }
        return dotted && before != '.';
    }

    void rewrite(Tokens t, boolean localContext) {
        Context context = localContext ? local : remote;
        if (t.isEmpty() || (t.only(Tokens.QUOTED) && t.first().text().isEmpty())) {
            return;
        }
        if (t.only('@')) {
            t.clear();
            t.addEmptyString();
            return;
        }
        if (t.first().kind() == '@') {
            // RFC 5321 appendix C: a source route is stripped.
            int colon = t.find(':');
            if (colon >= 0 && colon < t.size() - 1) {
                t.dropFirst(colon + 1);
            }
        }
        if (t.findLast('@') < 0) {
            addDomain(t, context);
        }
        int at = t.findLast('@');
        if (appendDotDomain
                && !context.domain().isEmpty()
                && at >= 0
                && at < t.size() - 1
                && t.find(Tokens.LITERAL, at) < 0
                && t.find('.', at) < 0) {
            t.add('.');
            t.addAll(Tokens.scan(context.domain()));
        }
        if (t.fromEnd(0) == '.' && t.size() > 1 && t.fromEnd(1) != '.' && t.fromEnd(1) != '@') {
            t.dropLast();
        }
    }

    private void addDomain(Tokens t, Context context) {
        int bang = swapBangpath ? t.find('!') : -1;
        if (bang >= 0) {
            List<Tokens.Token> user = t.cutFrom(bang);
            t.prepend(List.of(new Tokens.Token('@', "")));
            t.prepend(user.subList(1, user.size()));
            return;
        }
        int percent = percentHack ? t.findLast('%') : -1;
        if (percent >= 0) {
            t.set(percent, '@');
        } else if (appendAtOrigin && !context.origin().isEmpty()) {
            t.add('@');
            t.addAll(Tokens.scan(context.origin()));
        }
    }
}
