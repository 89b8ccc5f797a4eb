package org.slotwarden.load;

import java.io.IOException;
import java.nio.file.Path;

/** Which figures the jobs of a site have. */
final class Courses {

    private Courses() {}

    static Course of(Site site) throws IOException {
        if (!site.recorded().isEmpty()) {
            return RecordedCourse.read(Path.of(site.recorded()));
        }
        return new NoisyCourse(Math.max(1, site.intervalMs() / 1000));
    }
}
