package org.postrider.rewrite;

import java.util.List;
import java.util.function.Predicate;
import org.postrider.address.Tokens;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;

/// What is left of an address once its own domains are taken off, with the routing behind them: a
/// remote address, or a local part here (resolve_addr). Immutable.
final class OwnDomains {
    private final Rewriter rewriter;
    private final String emptyAddress;
    private final String myhostname;
    private final boolean dequotes;
    private final boolean nullDomainIsLocal;

    OwnDomains(Settings settings, Rewriter rewriter) {
        this.rewriter = rewriter;
        emptyAddress = settings.get(RewriteParams.EMPTY_ADDRESS_RECIPIENT);
        myhostname = settings.get(ConfigParams.MYHOSTNAME);
        dequotes = settings.get(RewriteParams.RESOLVE_DEQUOTED_ADDRESS);
        nullDomainIsLocal = settings.get(RewriteParams.RESOLVE_NULL_DOMAIN);
    }

    /// Strips own domains until a remote one or none is left; afterwards the address has a domain.
    ///
    /// @return the address is local
    boolean strip(Tokens t, Predicate<String> isLocal) {
        List<Tokens.Token> saved = List.of();
        while (true) {
            if (t.fromEnd(0) == '.'
                    && t.findLast('@') >= 0
                    && t.fromEnd(1) != '.'
                    && t.fromEnd(1) != '@') {
                t.dropLast();
            }
            if (nullDomainIsLocal && t.fromEnd(0) == '@') {
                t.dropLast();
            }
            int at = t.findLast('@');
            if (at >= 0) {
                if (at < t.size() - 1 && !isLocal.test(t.internalFrom(at + 1))) {
                    return false;
                }
                saved = t.cutFrom(at);
            }
            if (t.findLast('@') >= 0
                    || (rewriter.swapsBangpath() && t.findLast('!') >= 0)
                    || (rewriter.hasPercentHack() && t.findLast('%') >= 0)) {
                rewriter.rewrite(t, true);
                continue;
            }
            if (!crackQuotes(t)) {
                break;
            }
        }
        if (t.only(Tokens.QUOTED) && t.first().text().isEmpty()) {
            t.clear();
        }
        if (t.isEmpty()) {
            t.addAll(Tokens.scan(emptyAddress));
        }
        if (saved.isEmpty()) {
            t.add('@');
            t.addAll(Tokens.scan(myhostname));
            return isLocal.test(myhostname);
        }
        t.addAll(saved);
        return true;
    }

    /// Routing operators inside a quoted local part count too (resolve_dequoted_address).
    private boolean crackQuotes(Tokens t) {
        if (!dequotes || !t.only(Tokens.QUOTED)) {
            return false;
        }
        String local = t.first().text();
        int at = local.lastIndexOf('@');
        int percent = rewriter.hasPercentHack() ? local.lastIndexOf('%') : -1;
        boolean bang = rewriter.swapsBangpath() && local.indexOf('!') >= 0;
        String open = local;
        if (at < 0 && percent >= 0) {
            open = local.substring(0, percent) + "@" + local.substring(percent + 1);
            at = percent;
        }
        if (at < 0 && !bang) {
            return false;
        }
        t.clear();
        t.addAll(Tokens.scan(at < 0 ? open : Tokens.quoted(open)));
        rewriter.rewrite(t, true);
        return true;
    }
}
