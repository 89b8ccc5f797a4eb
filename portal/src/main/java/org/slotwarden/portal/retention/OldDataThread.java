package org.slotwarden.portal.retention;

import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Deletes what has become too old: after a site has kept less than before, for hours. */
@Component
class OldDataThread extends RepeatedWork {

    private final OldData old;
    private final Duration every;

    OldDataThread(
            OldData old,
            @Value("${slotwarden.retention.look-every:10m}") Duration before,
            @Value("${slotwarden.retention.look-every:1h}") Duration every) {
        super("deletion of old data", before, every);
        this.old = old;
        this.every = every;
    }

    @Override
    Duration round() {
        old.delete();
        return every;
    }
}
