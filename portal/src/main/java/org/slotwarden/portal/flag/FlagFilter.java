package org.slotwarden.portal.flag;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;

/** Which flags: every part that is given must match, none given means all. Several states mean any of them. */
public record FlagFilter(
        Set<FlagState> states,
        @Nullable FlagKind kind,
        @Nullable Long jobId,
        @Nullable String user) {

    public static final FlagFilter ALL = new FlagFilter(Set.of(), null, null, null);
    public static final FlagFilter STANDING = new FlagFilter(FlagState.STANDING, null, null, null);

    public FlagFilter {
        states = Set.copyOf(states);
    }
}
