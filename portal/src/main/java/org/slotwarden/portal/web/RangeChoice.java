package org.slotwarden.portal.web;

import java.util.List;
import java.util.function.UnaryOperator;

/** A stretch of time to be chosen, by a link. */
record RangeChoice(String label, String link, boolean current) {

    /** @param link of a range's key */
    static List<RangeChoice> of(TimeRange current, UnaryOperator<String> link) {
        return TimeRange.boundedLabels().entrySet().stream()
                .map(range -> new RangeChoice(
                        range.getValue(),
                        link.apply(range.getKey()),
                        range.getKey().equals(current.key())))
                .toList();
    }
}
