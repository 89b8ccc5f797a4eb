package org.slotwarden.portal.flag;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.ArrayCase;
import org.slotwarden.judging.JudgeSettings;
import org.slotwarden.portal.database.RowCache;
import org.springframework.stereotype.Component;

/**
 * What members of arrays are compared with: what the others of the same array were like at each age, of those that run
 * and of those that have ended. An array that is not in memory, because it is new or the portal was started since, is
 * made of what is stored of its members.
 *
 * <p>Members that are followed are never forgotten; of the others, those that nobody has followed for longest go first.
 * For one thread at a time.
 */
@Component
class JobArrays implements RowCache {

    /** As many as one member is compared with at most. */
    private static final int MOST_READ = 64;

    /** Members that nobody follows any more, some kilobytes each: of one array, and of all together. */
    static final int MOST_LEFT_OF_ONE = 256;

    static final int MOST_LEFT = 20_000;

    private final JobRequests requests;
    private final JobHistory history;
    private final Map<JobRequest.JobArray, Known> arrays = new HashMap<>();
    /** Members that nobody follows any more, in the order in which they were left. */
    private final SequencedSet<JobRequest.Member> left = new LinkedHashSet<>();

    private static final class Known {
        private final ArrayCase members = new ArrayCase();
        private final SequencedSet<JobRequest.Member> left = new LinkedHashSet<>();
        /** Whether what is stored of members has been read. */
        private boolean whole;
    }

    JobArrays(JobRequests requests, JobHistory history) {
        this.requests = requests;
        this.history = history;
    }

    /** For a job that is followed from now on, until it is left; null when it is not of an array. */
    synchronized @Nullable ArrayCase of(JobRequest request) {
        JobRequest.Member member = request.member();
        if (member == null) {
            return null;
        }
        Known array = known(member);
        array.left.remove(member);
        left.remove(member);
        return array.members;
    }

    /** Nobody follows this job any more. What it was like is remembered for a while. */
    synchronized void leave(JobRequest request) {
        JobRequest.Member member = request.member();
        Known array = member == null ? null : arrays.get(member.array());
        if (member == null || array == null || !array.members.knows(member.index())) {
            return;
        }
        array.left.add(member);
        left.add(member);
        if (array.left.size() > MOST_LEFT_OF_ONE) {
            forget(array.left.getFirst());
        } else if (left.size() > MOST_LEFT) {
            forget(left.getFirst());
        }
    }

    private void forget(JobRequest.Member member) {
        left.remove(member);
        Known array = known(member);
        array.left.remove(member);
        array.members.forget(member.index());
        if (array.members.size() == 0) {
            arrays.remove(member.array());
        }
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
                leave(peer);
            }
        });
        array.whole = true;
    }

    private synchronized Known known(JobRequest.Member member) {
        return arrays.computeIfAbsent(member.array(), array -> new Known());
    }

    @Override
    public synchronized void forget() {
        arrays.clear();
        left.clear();
    }
}
