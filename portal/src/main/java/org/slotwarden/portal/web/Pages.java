package org.slotwarden.portal.web;

import org.springframework.web.util.UriComponentsBuilder;

/**
 * Where one is in a list of many pages.
 *
 * @param here address of the list with its filter, encoded
 * @param number of this page, from 0
 * @param size entries on a page
 * @param total entries on all pages
 */
record Pages(String here, int number, int size, long total) {
    /** No list is looked at further than this page. */
    static final int LAST = 100_000;

    public long count() {
        return Math.ceilDiv(total, size);
    }

    public String link(int page) {
        return UriComponentsBuilder.fromUriString(here)
                .replaceQueryParam("page", page)
                .build(true)
                .toUriString();
    }
}
