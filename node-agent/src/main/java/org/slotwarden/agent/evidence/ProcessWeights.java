package org.slotwarden.agent.evidence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the processes worth telling of: in turn the one that uses most CPU now, has most memory, used most CPU time,
 * has most files open, and the oldest; each with its ancestors in the job, so that the tree holds together. Of all
 * that are put on it, it keeps the heaviest only.
 */
final class ProcessWeights {

    private final int most;
    private final List<Ranking> rankings;
    private final Ranking oldest;

    /** @param most so many are chosen */
    ProcessWeights(int most) {
        this.most = most;
        this.oldest = new Ranking(member -> -member.now().startTicks());
        this.rankings = List.of(
                new Ranking(SeenMember::ticksSince),
                new Ranking(member -> member.now().residentPages()),
                new Ranking(member -> member.now().userTicks() + member.now().systemTicks()),
                new Ranking(SeenMember::openFiles),
                oldest);
    }

    /** The heaviest by one weight, the lightest of them at the head. */
    private final class Ranking {
        private final Comparator<SeenMember> order;
        private final PriorityQueue<SeenMember> heaviest;

        Ranking(ToLongFunction<SeenMember> weight) {
            order = Comparator.comparingLong(weight)
                    .thenComparing(Comparator.comparingInt(SeenMember::pid).reversed());
            heaviest = new PriorityQueue<>(order);
        }

        void add(SeenMember member) {
            SeenMember lightest = heaviest.peek();
            if (lightest != null && heaviest.size() == most) {
                if (order.compare(member, lightest) <= 0) {
                    return;
                }
                heaviest.poll();
            }
            heaviest.add(member);
        }

        List<SeenMember> inOrder() {
            return heaviest.stream().sorted(order.reversed()).toList();
        }
    }

    void add(SeenMember member) {
        rankings.forEach(ranking -> ranking.add(member));
    }

    /** The oldest first. */
    List<SeenMember> oldest() {
        return oldest.inOrder();
    }

    /**
     * The heaviest first.
     *
     * @param others finds a process of the job that is none of the heaviest, by its pid; null: there is none
     */
    List<SeenMember> heaviest(IntFunction<@Nullable SeenMember> others) {
        List<List<SeenMember>> ordered = rankings.stream().map(Ranking::inOrder).toList();
        Map<Integer, SeenMember> byPid = new HashMap<>();
        ordered.forEach(ranking -> ranking.forEach(member -> byPid.put(member.pid(), member)));
        Set<Integer> chosen = new LinkedHashSet<>();
        for (int rank = 0; rank < ordered.getFirst().size() && chosen.size() < most; rank++) {
            for (List<SeenMember> ranking : ordered) {
                Set<Integer> line = new LinkedHashSet<>();
                SeenMember at = ranking.get(rank);
                while (at != null && chosen.size() + line.size() < most && !chosen.contains(at.pid())) {
                    if (!line.add(at.pid())) {
                        break;
                    }
                    byPid.putIfAbsent(at.pid(), at);
                    SeenMember parent = byPid.get(at.now().parent());
                    at = parent == null ? others.apply(at.now().parent()) : parent;
                }
                chosen.addAll(line);
            }
        }
        List<SeenMember> told = new ArrayList<>(chosen.size());
        chosen.forEach(pid -> told.add(byPid.get(pid)));
        return told;
    }
}
