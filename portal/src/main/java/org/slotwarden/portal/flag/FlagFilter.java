package org.slotwarden.portal.flag;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;

/** Which flags: every part that is given must match, none given means all. Several states mean any of them. A rule is told by its id. */
public record FlagFilter(
        Set<FlagState> states,
        @Nullable FlagKind kind,
        @Nullable Long jobId,
        @Nullable String user,
        @Nullable Long rule) {

    public static final FlagFilter ALL = new FlagFilter(Set.of(), null, null, null, null);
    public static final FlagFilter STANDING = new FlagFilter(FlagState.STANDING, null, null, null, null);

    /** Whatever rule. */
    public FlagFilter(Set<FlagState> states, @Nullable FlagKind kind, @Nullable Long jobId, @Nullable String user) {
        this(states, kind, jobId, user, null);
    }

    public FlagFilter {
        states = Set.copyOf(states);
    }
}
