package org.slotwarden.portal.web;

import org.jspecify.annotations.Nullable;

/**
 * A chart of lines over time, which a script draws.
 *
 * @param metrics names of the lines' metrics, with commas between
 * @param unit {@code cores}, {@code B}, {@code B/s}, or nothing for a number of things
 * @param limit drawn as a line, absent when none is known
 * @param sentence says the latest value for those who do not see the chart
 */
record Chart(
        String id,
        String title,
        String metrics,
        String labels,
        String unit,
        @Nullable Number limit,
        @Nullable String limitLabel,
        String sentence) {}
