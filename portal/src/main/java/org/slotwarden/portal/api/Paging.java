package org.slotwarden.portal.api;

import java.util.Arrays;
import java.util.Locale;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Sort;

/** Checks the parameters {@code page}, {@code size} and {@code sort} of a list. */
public final class Paging {

    private static final int LAST_PAGE = 1_000_000;

    private Paging() {}

    /**
     * What a repository needs for one page.
     *
     * @param page from 0
     * @param size 1 to {@link PageOf#LARGEST}
     * @param sort lower-case name of a key, with a leading minus for descending
     * @param keys by what the list can be sorted; a key's name is its property in camel case
     * @throws BadParameterException when a parameter is out of bounds or no such key
     */
    public static <K extends Enum<K>> PageRequest of(int page, int size, String sort, Class<K> keys) {
        boolean descending = sort.startsWith("-");
        String name = descending ? sort.substring(1) : sort;
        K key = Arrays.stream(keys.getEnumConstants())
                .filter(candidate -> lowerCase(candidate).equals(name))
                .findFirst()
                .orElseThrow(() -> new BadParameterException(
                        "sort",
                        "must be one of " + String.join(", ", names(keys)) + ", with a leading minus for descending"));
        check(page, size);
        return PageRequest.of(
                page, size, Sort.by(descending ? Sort.Direction.DESC : Sort.Direction.ASC, property(key), "id"));
    }

    /** @throws BadParameterException when a number is out of bounds */
    public static void check(int page, int size) {
        between("page", page, 0, LAST_PAGE);
        between("size", size, 1, PageOf.LARGEST);
    }

    private static void between(String parameter, int value, int least, int most) {
        if (value < least || value > most) {
            throw new BadParameterException(parameter, "must be a number from " + least + " to " + most);
        }
    }

    private static String[] names(Class<? extends Enum<?>> keys) {
        return Arrays.stream(keys.getEnumConstants()).map(Paging::lowerCase).toArray(String[]::new);
    }

    private static String lowerCase(Enum<?> key) {
        return key.name().toLowerCase(Locale.ROOT);
    }

    private static String property(Enum<?> key) {
        StringBuilder property = new StringBuilder();
        for (String word : lowerCase(key).split("_")) {
            property.append(property.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return property.toString();
    }
}
