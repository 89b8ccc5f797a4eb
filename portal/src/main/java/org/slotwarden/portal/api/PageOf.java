package org.slotwarden.portal.api;

import java.util.List;
import java.util.function.Function;
import org.springframework.data.domain.Page;

/**
 * One page of a list, as the REST interface gives it.
 *
 * @param page number of this page, from 0
 * @param size items of a full page, at most {@link #LARGEST}
 * @param total items of all pages
 */
public record PageOf<T>(List<T> items, int page, int size, long total) {

    /** More items than this are not given at once. */
    public static final int LARGEST = 500;

    public static <E, T> PageOf<T> of(Page<E> page, Function<E, T> form) {
        return new PageOf<>(
                page.getContent().stream().map(form).toList(),
                page.getNumber(),
                page.getSize(),
                page.getTotalElements());
    }
}
