package org.slotwarden.portal.notice;

import java.time.Instant;
import java.util.Set;

/**
 * A way by which people are told.
 *
 * @param secrets which are set; none is ever told
 */
public record Channel(
        long id,
        String name,
        boolean enabled,
        ChannelTerms terms,
        Set<ChannelSecret> secrets,
        String savedBy,
        Instant savedAt) {}
