package org.slotwarden.portal.flag;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a flag can say of a job. The names are part of the REST contract. */
public enum FlagKind {
    /** More cores busy than the job asked for. */
    CPU_OVERUSE("More cores than asked for"),
    /** Memory close to the job's limit. */
    MEMORY_NEAR_LIMIT("Memory near its limit"),
    /** Neither computes nor reads nor writes. */
    HANG("Silent for long"),
    /** Open sockets rise and rise. */
    SOCKET_LEAK("Sockets leak");

    private final String title;

    FlagKind(String title) {
        this.title = title;
    }

    /** A few words for people. */
    public String title() {
        return title;
    }

    /** Name in REST, URLs and the database ({@code cpu_overuse}). */
    @JsonValue
    public String kindName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<FlagKind> named(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.kindName().equals(name))
                .findFirst();
    }
}
