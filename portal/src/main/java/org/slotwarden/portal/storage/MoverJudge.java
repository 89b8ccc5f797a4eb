package org.slotwarden.portal.storage;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.storage.Evidence.Slot;

/**
 * Says whose movers are. Jobs that cannot be it are left out one after the other: those on other nodes, of other times,
 * of other users; then what the jobs' own connections tell decides among the rest. Where it does not, the answer is that
 * it is ambiguous. See docs/decisions/0025-movers-to-jobs.md.
 */
final class MoverJudge {

    private final Evidence evidence;
    private final boolean sameUids;

    /** @param sameUids whether user ids of the storage system are those of the jobs */
    MoverJudge(Evidence evidence, boolean sameUids) {
        this.evidence = evidence;
        this.sameUids = sameUids;
    }

    /**
     * What is judged.
     *
     * @param pool where it is
     * @param submittedAt null: not known
     * @param startedAt null: it has not, or that is not known
     * @param until when it was seen last, or had ended
     */
    record Case(
            String pool,
            @Nullable String door,
            @Nullable Instant submittedAt,
            @Nullable Instant startedAt,
            Instant until,
            SeenMover.Client client) {

        Instant begin() {
            return submittedAt != null ? submittedAt : startedAt != null ? startedAt : until;
        }

        Instant opened() {
            return startedAt != null ? startedAt : until;
        }
    }

    Verdict judge(Case mover) {
        ClientPlace place = place(mover.client());
        if (place == null) {
            String address = mover.client().address();
            return Verdict.none(
                    null,
                    address == null
                            ? "The storage system does not say where the client is."
                            : address + " is not known as the address of a node.");
        }
        List<Slot> there = place.nodes().stream()
                .flatMap(node -> evidence.slots().getOrDefault(node, List.of()).stream())
                .toList();
        List<Slot> then = there.stream().filter(slot -> wasThere(slot, mover)).toList();
        String where = place.words(there);
        if (then.isEmpty()) {
            return Verdict.none(place.node(), "No job that is known ran on " + where + " when it was opened.");
        }
        Long uid = sameUids ? mover.client().uid() : null;
        List<Slot> fit = uid == null
                ? then
                : then.stream()
                        .filter(slot -> slot.uid() == null || slot.uid().equals(uid))
                        .toList();
        if (fit.isEmpty()) {
            return Verdict.none(place.node(), "No job of user id " + uid + " ran on " + where + " when it was opened.");
        }
        boolean identified = uid != null && fit.stream().allMatch(slot -> slot.uid() != null);
        return new MoverChoice(evidence, mover, place, fit, identified, whose(fit.size(), uid) + " on " + where)
                .verdict();
    }

    /** What was found before, with what is known by now of the end of the job's slot. */
    Verdict stillHolds(Verdict before) {
        return evidence.slots().values().stream()
                .flatMap(List::stream)
                .filter(slot -> Long.valueOf(slot.id()).equals(before.slotId()))
                .findFirst()
                .map(slot -> Verdict.of(slot, before.confidence(), before.reason()))
                .orElse(before);
    }

    private static String whose(int jobs, @Nullable Long uid) {
        String of = uid == null ? "" : " of user id " + uid;
        return jobs == 1 ? "the only job" + of : jobs + " jobs" + of;
    }

    private @Nullable ClientPlace place(SeenMover.Client client) {
        for (String address : client.chain()) {
            Set<Long> nodes = evidence.nodes().get(address);
            if (nodes != null) {
                return new ClientPlace(address, nodes, !address.equals(client.address()));
            }
        }
        String address = client.address();
        Set<Long> nodes = address == null ? null : evidence.nodes().get(address);
        // A proxy on a node has clients elsewhere.
        return nodes == null
                ? null
                : new ClientPlace(
                        Objects.requireNonNull(address), nodes, !client.chain().isEmpty());
    }

    private static boolean wasThere(Slot slot, Case mover) {
        Instant begin = mover.begin();
        Instant startedAt = slot.startedAt();
        Instant endedAt = slot.endedAt();
        return (startedAt == null || !startedAt.minus(MoverTimes.SLACK).isAfter(begin))
                && (endedAt == null || !endedAt.plus(MoverTimes.SLACK).isBefore(begin));
    }

    /** Addresses of clients by which nodes are to be looked for. */
    static Set<String> addresses(Stream<SeenMover.Client> clients) {
        Set<String> addresses = new HashSet<>();
        clients.forEach(client -> {
            addresses.addAll(client.chain());
            if (client.address() != null) {
                addresses.add(client.address());
            }
        });
        return addresses;
    }
}
