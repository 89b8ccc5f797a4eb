package org.slotwarden.portal.flag;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Service;

/** Looks flags up. Users see the flags of their own jobs; others' do not exist for them. */
@Service
public class FlagQueries {

    /** A page of flags and how many there are in all. */
    public record Found(List<Flag> flags, long total) {}

    /**
     * Standing flags first, then the latest raised first.
     *
     * @param page from 0
     * @param size 1 to 500
     */
    public Found search(FlagFilter filter, int page, int size, Viewer viewer) {
        throw new UnsupportedOperationException("in work");
    }

    /** All flags of a job by the time they were raised; none when the job is not the viewer's to see. */
    public List<Flag> ofJob(long jobId, Viewer viewer) {
        throw new UnsupportedOperationException("in work");
    }

    public Optional<Flag> find(long id, Viewer viewer) {
        throw new UnsupportedOperationException("in work");
    }

    /** How many flags of each kind stand now; kinds without any are left out. */
    public Map<FlagKind, Long> standingByKind(Viewer viewer) {
        throw new UnsupportedOperationException("in work");
    }
}
