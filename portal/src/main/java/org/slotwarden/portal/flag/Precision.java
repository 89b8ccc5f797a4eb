package org.slotwarden.portal.flag;

import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;

/**
 * How often flags of one kind were right, as the site's admins saw it. Flags that nobody judged say nothing.
 *
 * @param rule of the site; null: of another kind
 * @param raised flags of this kind in the time asked about
 * @param problems of them, admins said that there was a problem
 * @param falseAlarms of them, admins said that there was none
 */
public record Precision(FlagKind kind, @Nullable OfRule rule, long raised, long problems, long falseAlarms) {

    /** A rule of the site, whatever its version; one that is retired may have the name of another. */
    public record OfRule(long id, String name, boolean retired) {}

    public Precision(FlagKind kind, long raised, long problems, long falseAlarms) {
        this(kind, null, raised, problems, falseAlarms);
    }

    /** A few words for people. */
    public String title() {
        return rule == null ? kind.title() : rule.name() + (rule.retired() ? " (retired)" : "");
    }

    /** Quantile of the normal distribution that leaves 2.5 % on either side. */
    private static final double Z = 1.959964;

    /** How many were judged. */
    public long judged() {
        return problems + falseAlarms;
    }

    /** 0 to 1; absent when none was judged. */
    public @Nullable Double share() {
        return judged() == 0 ? null : (Double) ((double) problems / judged());
    }

    /**
     * Lower end of the 95 % interval of the share: what so few verdicts allow to say.
     *
     * <p>E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927).
     */
    public @Nullable Double atLeast() {
        return bound(-1);
    }

    /** Upper end of the same interval. */
    public @Nullable Double atMost() {
        return bound(1);
    }

    private @Nullable Double bound(int sign) {
        Double share = share();
        if (share == null) {
            return null;
        }
        double n = judged();
        double middle = share + Z * Z / (2 * n);
        double half = Z * Math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n));
        return Math.clamp((middle + sign * half) / (1 + Z * Z / n), 0, 1);
    }
}
