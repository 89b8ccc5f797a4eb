package org.slotwarden.portal.flag;

import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.ArrayCase;
import org.slotwarden.judging.JudgeSettings;
import org.slotwarden.portal.database.RowCache;
import org.springframework.stereotype.Component;

/**
 * What members of arrays are compared with: what the others of the same array were like at each age, of those that run
 * and of those that have ended. An array that is not in memory, because it is new or the portal was started since, is
 * made of what is stored of its members. For one thread at a time.
 */
@Component
class JobArrays implements RowCache {

    /** As many as one member is compared with at most. */
    private static final int MOST_READ = 64;

    /** Of all arrays together, a few kilobytes each; of arrays that were asked for longest ago nothing is kept. */
    private static final int MOST_MEMBERS = 20_000;

    private static final int LOOKED_AT_EVERY = 500;

    private final JobRequests requests;
    private final JobHistory history;
    private final Map<JobRequest.JobArray, Known> arrays = new LinkedHashMap<>(16, 0.75f, true);

    private int asked;

    private static final class Known {
        private final ArrayCase members = new ArrayCase();
        /** Whether what is stored of members has been read. */
        private boolean whole;
    }

    JobArrays(JobRequests requests, JobHistory history) {
        this.requests = requests;
        this.history = history;
    }

    /** Null when the job is not of an array. */
    @Nullable
    ArrayCase of(JobRequest request) {
        JobRequest.Member member = request.member();
        if (member == null) {
            return null;
        }
        if (++asked >= LOOKED_AT_EVERY) {
            asked = 0;
            forgetEldest();
        }
        return known(member).members;
    }

    /** Whether stored samples of its peers should be read before this job is compared with them. */
    boolean lacksHistory(JobRequest request) {
        JobRequest.Member member = request.member();
        return member != null && !known(member).whole;
    }

    /** Reads what is stored of a job's peers. */
    void readPeers(JudgeSettings settings, JobRequest request, Instant since, Instant now) {
        JobRequest.Member member = request.member();
        if (member == null || known(member).whole) {
            return;
        }
        Known array = known(member);
        requests.ofPeers(member, since, MOST_READ).values().forEach(peer -> {
            if (peer.member() != null && !array.members.knows(peer.member().index())) {
                history.feedAll(new JobTrack(settings, peer, array.members), since, now);
            }
        });
        array.whole = true;
    }

    private synchronized Known known(JobRequest.Member member) {
        return arrays.computeIfAbsent(member.array(), array -> new Known());
    }

    /** Whoever still runs of them goes on to be compared with those that it knows. */
    private synchronized void forgetEldest() {
        int members =
                arrays.values().stream().mapToInt(array -> array.members.size()).sum();
        Iterator<Known> eldest = arrays.values().iterator();
        while (members > MOST_MEMBERS && eldest.hasNext()) {
            members -= eldest.next().members.size();
            eldest.remove();
        }
    }

    @Override
    public synchronized void forget() {
        arrays.clear();
    }
}
