package org.slotwarden.portal.web;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobSort;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Links of a table's head: the same list, sorted by another column.
 *
 * @param here address of the list with its filter, encoded
 */
record Sorting(String here, JobSort sort) {
    /** Sorted by this column already: the other way round; else largest or latest first, names from A on. */
    public String link(String key) {
        boolean descending = current(key) ? !sort.descending() : largestFirst(key);
        return UriComponentsBuilder.fromUriString(here)
                .replaceQueryParam("page")
                .replaceQueryParam("sort", (descending ? "-" : "") + key)
                .build(true)
                .toUriString();
    }

    /** Value of {@code aria-sort}, null for the columns that it is not sorted by. */
    public @Nullable String order(String key) {
        if (!current(key)) {
            return null;
        }
        return sort.descending() ? "descending" : "ascending";
    }

    public String arrow(String key) {
        if (!current(key)) {
            return "";
        }
        return sort.descending() ? " ▼" : " ▲";
    }

    private boolean current(String key) {
        return sort.key().name().toLowerCase(Locale.ROOT).equals(key);
    }

    private static boolean largestFirst(String key) {
        return switch (key) {
            case "user", "queue", "state" -> false;
            default -> true;
        };
    }
}
