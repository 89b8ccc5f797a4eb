package org.slotwarden.agent.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slotwarden.agent.probe.ProcessStat;

class ProcessWeightsTest {

    private final Map<Integer, SeenMember> all = new HashMap<>();

    private SeenMember process(int pid, int parent, long ticksSince, long pages, long start) {
        ProcessStat stat = new ProcessStat(pid, "p", 'S', parent, 1, 0, 0, 0, 0, 0, 0, 1, start, pages);
        return all.computeIfAbsent(pid, one -> new SeenMember(stat, ticksSince, 3));
    }

    private List<Integer> chosen(int most) {
        ProcessWeights weights = new ProcessWeights(most);
        all.values().forEach(weights::add);
        return weights.heaviest(all::get).stream().map(SeenMember::pid).toList();
    }

    @Test
    void eachComesWithItsAncestors_whateverTheyWeigh() {
        process(10, 1, 0, 1, 500);
        for (int pid = 11; pid <= 14; pid++) {
            process(pid, pid - 1, 0, 1, 500 + pid);
        }
        process(100, 14, 99, 1, 900); // busy, at the end of a chain
        for (int pid = 200; pid < 260; pid++) {
            process(pid, 1, 0, 50, 10); // large and old, sixty of them
        }

        assertThat(chosen(10)).hasSize(10).startsWith(100, 14, 13, 12, 11, 10);
    }

    @Test
    void theHeaviestByEachWeightAreChosen_theOldestAmongThem() {
        for (int pid = 1000; pid < 3000; pid++) {
            process(pid, 1, pid == 2500 ? 7 : 0, pid == 2600 ? 9 : 1, pid == 2700 ? 1 : 5000);
        }
        assertThat(chosen(20)).hasSize(20).startsWith(2500, 2600).contains(2700);
    }

    @Test
    void whoeverClaimsToDescendFromItselfIsChosenOnce() {
        process(10, 11, 1, 1, 1);
        process(11, 10, 1, 1, 1);

        assertThat(chosen(5)).containsExactlyInAnyOrder(10, 11);
    }
}
