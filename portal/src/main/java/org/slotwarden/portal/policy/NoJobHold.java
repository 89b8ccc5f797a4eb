package org.slotwarden.portal.policy;

import java.util.Optional;
import org.springframework.stereotype.Component;

/** Nothing speaks to a batch system yet. */
@Component
class NoJobHold implements JobHold {

    @Override
    public Optional<String> hold(long jobId, String reason) {
        return Optional.of("holding through the batch system is not available");
    }
}
