package org.slotwarden.portal.flag;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.user.Viewer;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;

/** What people do to flags. */
@Service
public class Flags {

    /** The longest note, in characters. */
    public static final int MAX_NOTE = 1000;

    /**
     * Says that an admin knows. The first acknowledgement stays: another one changes nothing. A flag that is
     * cleared or ended keeps its state and still takes the note.
     *
     * @param note at most {@link #MAX_NOTE} characters
     * @return the flag as it is now; empty when there is none with this id that the viewer may see
     * @throws AccessDeniedException when the viewer sees the flag and is no admin
     * @throws IllegalArgumentException with a message for people, when the note is too long
     */
    public Optional<Flag> acknowledge(long id, @Nullable String note, Viewer viewer) {
        throw new UnsupportedOperationException("in work");
    }
}
