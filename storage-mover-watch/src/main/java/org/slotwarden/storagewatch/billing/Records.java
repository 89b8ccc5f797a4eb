package org.slotwarden.storagewatch.billing;

import java.io.IOException;
import java.util.List;
import org.slotwarden.wire.v1.MoverRecord;

/** Where records come from. Used by one thread. */
public interface Records {

    /** None are configured. */
    Records NONE = new Records() {
        @Override
        public List<MoverRecord> next() {
            return List.of();
        }

        @Override
        public void accepted() {}

        @Override
        public String complaint() {
            return "";
        }
    };

    /**
     * Those that came since the last ones were accepted: the same again, as long as they are not.
     *
     * @throws IOException when they cannot be read at the moment
     */
    List<MoverRecord> next() throws IOException;

    /** The portal has those that {@link #next} returned last. */
    void accepted();

    /** What is wrong with what was read last, for people; empty: nothing. */
    String complaint();
}
