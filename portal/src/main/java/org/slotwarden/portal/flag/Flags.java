package org.slotwarden.portal.flag;

import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.user.Viewer;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What people do to flags. */
@Service
public class Flags {

    /** The longest note, in characters. */
    public static final int MAX_NOTE = 1000;

    private final FlagQueries queries;
    private final FlagStore store;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    Flags(FlagQueries queries, FlagStore store, Clock clock, ApplicationEventPublisher events) {
        this.queries = queries;
        this.store = store;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Says that an admin knows. The first acknowledgement stays: another one changes nothing. A flag that is
     * cleared or ended keeps its state and still takes the note.
     *
     * @param note at most {@link #MAX_NOTE} characters
     * @return the flag as it is now; empty when there is none with this id that the viewer may see
     * @throws AccessDeniedException when the viewer sees the flag and is no admin
     * @throws IllegalArgumentException with a message for people, when the note is too long
     */
    @Transactional
    public Optional<Flag> acknowledge(long id, @Nullable String note, Viewer viewer) {
        if (queries.find(id, viewer).isEmpty()) {
            return Optional.empty();
        }
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins acknowledge flags");
        }
        String words = note == null || note.isBlank() ? null : note.strip();
        if (words != null && words.codePointCount(0, words.length()) > MAX_NOTE) {
            throw new IllegalArgumentException("note may have at most " + MAX_NOTE + " characters");
        }
        store.acknowledge(id, viewer.name(), clock.instant(), words);
        events.publishEvent(new SaidOfFlag(id));
        return queries.find(id, viewer);
    }
}
