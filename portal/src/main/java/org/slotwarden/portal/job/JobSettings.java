package org.slotwarden.portal.job;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When to stop believing that a job runs.
 *
 * @param silentAfter without a report for so long, and for three of its sampling intervals, a job is silent
 * @param vanishedAfter silent for so long, and beyond its wall-time limit, a job has vanished
 */
@ConfigurationProperties("slotwarden.job")
record JobSettings(
        @DefaultValue("2m") Duration silentAfter,
        @DefaultValue("1h") Duration vanishedAfter) {}
