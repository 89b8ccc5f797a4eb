package org.slotwarden.portal.notice;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A time in which admins are not told of something.
 *
 * @param channelId null: on all channels
 * @param name of the job, user, node or kind of flag; empty with {@link SilenceKind#ALL}
 */
public record Silence(
        long id,
        @Nullable Long channelId,
        SilenceKind what,
        String name,
        Instant from,
        Instant until,
        String why,
        String madeBy) {

    boolean on(long channel) {
        return channelId == null || channelId == channel;
    }

    boolean at(Instant moment) {
        return !moment.isBefore(from) && moment.isBefore(until);
    }

    /** For people. */
    public String words() {
        return what == SilenceKind.ALL ? "everything" : what.kindName() + " " + name;
    }
}
