package org.slotwarden.portal.job;

import java.time.Instant;

/**
 * Samples that a node took and could not keep until the portal had them. What lies between is thinned, not empty.
 *
 * @param sequence of the report that told it
 */
public record SampleLoss(long sequence, long samples, Instant from, Instant to) {}
