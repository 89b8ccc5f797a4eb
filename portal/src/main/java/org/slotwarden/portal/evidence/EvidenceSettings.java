package org.slotwarden.portal.evidence;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code slotwarden.evidence.*}: how often agents are asked what a job is doing.
 *
 * @param pause flags of one job that come within this time share their evidence
 * @param pauseBeforeKill the same when one becomes worth a kill
 * @param validFor how long a request stands
 * @param slots of one job, asked for a flag that is about the whole job
 * @param mostPerMinute requests to the whole site: a failing file server makes a thousand jobs hang at once; 0: none
 */
@ConfigurationProperties("slotwarden.evidence")
record EvidenceSettings(
        @DefaultValue("10m") Duration pause,
        @DefaultValue("2m") Duration pauseBeforeKill,
        @DefaultValue("15m") Duration validFor,
        @DefaultValue("3") int slots,
        @DefaultValue("60") int mostPerMinute) {

    EvidenceSettings {
        within("pause", pause, Duration.ofDays(1));
        within("pause-before-kill", pauseBeforeKill, Duration.ofDays(1));
        within("valid-for", validFor, Duration.ofHours(1));
        if (slots < 1 || slots > 50) {
            throw new IllegalArgumentException("slotwarden.evidence.slots must be 1 to 50, not " + slots);
        }
        if (mostPerMinute < 0 || mostPerMinute > 10_000) {
            throw new IllegalArgumentException(
                    "slotwarden.evidence.most-per-minute must be 0 to 10000, not " + mostPerMinute);
        }
    }

    private static void within(String name, Duration value, Duration most) {
        if (value.isNegative() || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "slotwarden.evidence." + name + " is " + value + ", and must be at most " + most);
        }
    }
}
