package org.slotwarden.agent.evidence;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the processes worth telling of: in turn the one that uses most CPU now, has most memory, used most CPU time,
 * has most files open, and the oldest; each with its ancestors in the job, so that the tree holds together.
 */
final class ProcessWeights {

    private ProcessWeights() {}

    /** The heaviest first. */
    static List<SeenMember> heaviest(List<SeenMember> all, int most) {
        Map<Integer, SeenMember> byPid = new HashMap<>();
        all.forEach(member -> byPid.put(member.pid(), member));
        List<List<SeenMember>> rankings = List.of(
                by(all, SeenMember::ticksSince),
                by(all, member -> member.now().residentPages()),
                by(all, member -> member.now().userTicks() + member.now().systemTicks()),
                by(all, SeenMember::openFiles),
                by(all, member -> -member.now().startTicks()));
        Set<SeenMember> chosen = new LinkedHashSet<>();
        for (int rank = 0; rank < all.size() && chosen.size() < most; rank++) {
            for (List<SeenMember> ranking : rankings) {
                Set<SeenMember> line = new LinkedHashSet<>();
                for (@Nullable SeenMember at = ranking.get(rank);
                        at != null && line.size() < most && !chosen.contains(at) && !line.contains(at);
                        at = byPid.get(at.now().parent())) {
                    line.add(at);
                }
                if (chosen.size() + line.size() <= most || (!line.isEmpty() && chosen.size() < most)) {
                    line.stream().limit(most - chosen.size()).forEach(chosen::add);
                }
            }
        }
        return List.copyOf(chosen);
    }

    private static List<SeenMember> by(List<SeenMember> all, ToDoubleFunction<SeenMember> weight) {
        return all.stream()
                .sorted(Comparator.comparingDouble(weight).reversed().thenComparingInt(SeenMember::pid))
                .toList();
    }
}
