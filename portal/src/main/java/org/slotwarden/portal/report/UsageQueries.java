package org.slotwarden.portal.report;

import java.util.Optional;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Service;

/** Adds up what jobs have used. Users get their own jobs only, whatever they group by. */
@Service
public class UsageQueries {

    public UsageReport report(Stretch stretch, Grouping by, Viewer viewer) {
        throw new UnsupportedOperationException("in work");
    }

    /** Empty when the viewer may not see this user; a user without jobs has a usage of zero. */
    public Optional<UserUsage> ofUser(String user, Stretch stretch, Viewer viewer) {
        throw new UnsupportedOperationException("in work");
    }
}
