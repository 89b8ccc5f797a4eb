package org.slotwarden.portal.policy;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code slotwarden.policies.*}.
 *
 * @param secondAdmin whether another admin than the one who asks has to approve before a policy acts
 * @param siteActsPerHour acts of one kind of all policies together, whatever they say themselves
 * @param lookEvery how often standing flags are looked at
 */
@ConfigurationProperties("slotwarden.policies")
public record PolicySettings(
        @DefaultValue("false") boolean secondAdmin,
        @DefaultValue("50") int siteActsPerHour,
        @DefaultValue("10s") Duration lookEvery) {

    public PolicySettings {
        if (siteActsPerHour < 0 || siteActsPerHour > 10_000) {
            throw new IllegalArgumentException(
                    "slotwarden.policies.site-acts-per-hour must be 0 to 10000, not " + siteActsPerHour);
        }
        if (lookEvery.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("slotwarden.policies.look-every must be 1 s or more, not " + lookEvery);
        }
    }
}
