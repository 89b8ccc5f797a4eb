package org.slotwarden.load;

import java.io.IOException;

/** Which figures the jobs of a site have. */
final class Courses {

    private Courses() {}

    static Course of(Site site) throws IOException {
        return new NoisyCourse(Math.max(1, site.intervalMs() / 1000));
    }
}
