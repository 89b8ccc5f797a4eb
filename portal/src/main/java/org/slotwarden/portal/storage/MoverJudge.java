package org.slotwarden.portal.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.storage.Evidence.Connection;
import org.slotwarden.portal.storage.Evidence.Slot;

/**
 * Says whose movers are. Jobs that cannot be it are left out one after the other: those on other nodes, of other times,
 * of other users; then what the jobs' own connections tell decides among the rest. Where it does not, the answer is that
 * it is ambiguous. See docs/decisions/0025-movers-to-jobs.md.
 */
final class MoverJudge {

    /** Clocks of nodes and of the storage system may differ by this much. */
    static final Duration SLACK = Duration.ofSeconds(5);

    /** A mover outlives its client's connection to the pool by no more than this, measured at a dCache. */
    static final Duration WITHOUT_CLIENT = Duration.ofMinutes(5);

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

    /**
     * Where the client can be.
     *
     * @param forwarded an address that a proxy told, and that its client may have made up
     */
    private record Place(String address, Set<Long> nodes, boolean forwarded) {

        boolean shared() {
            return nodes.size() > 1;
        }

        /** Whether what is found there can be certain. */
        boolean sure() {
            return !shared() && !forwarded;
        }

        @Nullable
        Long node() {
            return shared() ? null : nodes.iterator().next();
        }

        String words(List<Slot> slots) {
            if (shared()) {
                return "the " + nodes.size() + " nodes that come from " + address;
            }
            String name = slots.isEmpty() ? address : slots.getFirst().nodeName();
            return forwarded ? name + ", as a proxy says" : name;
        }
    }

    Verdict judge(Case mover) {
        Place place = place(mover.client());
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
        return new Choice(mover, place, fit, identified, whose(fit.size(), uid) + " on " + where).verdict();
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

    private @Nullable Place place(SeenMover.Client client) {
        for (String address : client.chain()) {
            Set<Long> nodes = evidence.nodes().get(address);
            if (nodes != null) {
                return new Place(address, nodes, !address.equals(client.address()));
            }
        }
        String address = client.address();
        Set<Long> nodes = address == null ? null : evidence.nodes().get(address);
        // A proxy on a node has clients elsewhere.
        return nodes == null
                ? null
                : new Place(
                        Objects.requireNonNull(address), nodes, !client.chain().isEmpty());
    }

    private static boolean wasThere(Slot slot, Case mover) {
        Instant begin = mover.begin();
        Instant startedAt = slot.startedAt();
        Instant endedAt = slot.endedAt();
        return (startedAt == null || !startedAt.minus(SLACK).isAfter(begin))
                && (endedAt == null || !endedAt.plus(SLACK).isBefore(begin));
    }

    /** How a job's connection fits the opening of a mover, the better the later. */
    private enum Fit {
        NONE,
        /** It came too late. */
        AFTER,
        /** It was there already, or may have been. */
        BEFORE,
        /** It came with the mover. */
        WITH
    }

    /** Jobs that were there then, of which one may have it. */
    private final class Choice {
        private final Case mover;
        private final Place place;
        private final List<Slot> fit;
        private final boolean identified;
        private final String who;

        Choice(Case mover, Place place, List<Slot> fit, boolean identified, String who) {
            this.mover = mover;
            this.place = place;
            this.fit = fit;
            this.identified = identified;
            this.who = who;
        }

        Verdict verdict() {
            Verdict exact = byPort();
            if (exact == null) {
                exact = byProcess();
            }
            if (exact != null) {
                return exact;
            }
            return fit.size() == 1 ? only(fit.getFirst()) : byConnections();
        }

        private @Nullable Verdict byPort() {
            Integer port = mover.client().port();
            if (port == null) {
                return null;
            }
            Set<String> addresses = pool();
            List<Slot> with = having(connection -> connection.localPort() == port
                    && (addresses.contains(connection.storageAddress())
                            || evidence.all().contains(connection.storageAddress())));
            if (with.size() != 1) {
                return null;
            }
            // Address translation changes ports: behind it an equal one says little.
            return Verdict.of(
                    with.getFirst(),
                    place.sure() ? Confidence.CERTAIN : Confidence.LIKELY,
                    "The client's port " + port + " is that of a connection of the job to the storage system.");
        }

        private @Nullable Verdict byProcess() {
            Long process = mover.client().process();
            if (process == null) {
                return null;
            }
            // A process is one of several that hold a connection: one of another job may have the client's number.
            Set<String> pool = pool();
            Set<String> addresses = pool.isEmpty() ? evidence.all() : pool;
            List<Slot> with = having(connection ->
                    process.equals(connection.process()) && addresses.contains(connection.storageAddress()));
            if (with.isEmpty()) {
                return null;
            }
            if (with.size() > 1) {
                String many = "processes " + process + " of " + with.size() + " jobs on " + place.words(with);
                return new Choice(mover, place, with, identified, many).byConnections();
            }
            // In containers small numbers come again: another job's may not be told yet.
            boolean others = fit.stream()
                    .filter(slot -> slot != with.getFirst())
                    .allMatch(slot -> slot.complete() && surelySettled(slot));
            return Verdict.of(
                    with.getFirst(),
                    place.sure() && others && !pool.isEmpty() ? Confidence.CERTAIN : Confidence.LIKELY,
                    "The client is process " + process + ", and the job's process of this number has a connection to "
                            + (pool.isEmpty() ? "the storage system." : "its pool."));
        }

        private Verdict only(Slot slot) {
            String reason = "It is " + who + " at that time";
            if (!identified) {
                return Verdict.of(
                        slot,
                        Confidence.LIKELY,
                        reason + "; who opened it the storage system does not say or it is not known of the job.");
            }
            if (!place.sure()) {
                return Verdict.of(slot, Confidence.LIKELY, reason + ".");
            }
            boolean without = slot.complete() && settled(slot) && best(slot, evidence.all(), false) == Fit.NONE;
            return without
                    ? Verdict.of(
                            slot, Confidence.LIKELY, reason + ", but has told of no connection to the storage system.")
                    : Verdict.of(slot, Confidence.CERTAIN, reason + ".");
        }

        private Verdict byConnections() {
            if (fit.stream().noneMatch(Slot::told)) {
                return Verdict.ambiguous(
                        fit, place.node(), "It fits " + who + ", of whose connections nothing is known.");
            }
            Set<String> pool = pool();
            // Where it is not known, a job may have a connection there that its agent was not asked for.
            Verdict verdict =
                    pool.isEmpty() ? by(evidence.all(), "the storage system", false) : by(pool, "its pool", true);
            if (verdict == null) {
                verdict = by(evidence.hosts().getOrDefault(String.valueOf(mover.door()), Set.of()), "its door", false);
            }
            return verdict != null
                    ? verdict
                    : Verdict.ambiguous(
                            fit,
                            place.node(),
                            "It fits " + who + ", none of which has told of a connection that was there then.");
        }

        /** @return null when no job had a connection to these addresses */
        private @Nullable Verdict by(Set<String> addresses, String what, boolean direct) {
            List<Slot> with = new ArrayList<>();
            List<Slot> came = new ArrayList<>();
            for (Slot slot : fit) {
                Fit best = best(slot, addresses, direct);
                if (best == Fit.WITH || (best == Fit.BEFORE && mover.client().process() == null)) {
                    with.add(slot);
                }
                if (best == Fit.WITH) {
                    came.add(slot);
                }
            }
            if (with.isEmpty()) {
                return null;
            }
            boolean othersTold = fit.stream()
                    .filter(slot -> !with.contains(slot))
                    .allMatch(slot -> slot.complete() && settled(slot));
            if (with.size() == 1 && othersTold) {
                boolean certain = direct
                        && identified
                        && place.sure()
                        && fit.stream().filter(slot -> !with.contains(slot)).allMatch(this::surelySettled);
                return Verdict.of(
                        with.getFirst(),
                        certain ? Confidence.CERTAIN : Confidence.LIKELY,
                        "Of " + who + " it alone had a connection to " + what + " then.");
            }
            if (came.size() == 1 && othersTold && direct) {
                return Verdict.of(
                        came.getFirst(),
                        Confidence.LIKELY,
                        "Of " + who + " " + with.size() + " had connections to " + what
                                + ", and only this one's came when it was opened.");
            }
            List<Slot> possible = othersTold ? with : fit;
            return Verdict.ambiguous(
                    possible,
                    place.node(),
                    othersTold
                            ? "Of " + who + " " + with.size() + " had connections to " + what + " then."
                            : "It fits " + who + ", and not all of them have told of their connections yet.");
        }

        /** Other side of the client's connection; empty where that is not known. */
        private Set<String> pool() {
            String endpoint = mover.client().endpoint();
            String address = endpoint == null ? null : host(endpoint);
            if (address != null) {
                return Set.of(address);
            }
            return evidence.hosts().getOrDefault(mover.pool(), Set.of());
        }

        private static @Nullable String host(String endpoint) {
            int colon = endpoint.lastIndexOf(':');
            String host = colon < 0 ? endpoint : endpoint.substring(0, colon);
            return Address.canonical(
                    host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
        }

        /** Those with such a connection while it was open. */
        private List<Slot> having(Predicate<Connection> wanted) {
            return fit.stream()
                    .filter(slot -> slot.connections().stream()
                            .filter(wanted)
                            .anyMatch(connection -> overlaps(slot, connection)))
                    .toList();
        }

        private boolean overlaps(Slot slot, Connection connection) {
            Instant goneAt = connection.goneAt();
            return !beganAfter(slot, connection).minus(SLACK).isAfter(mover.until())
                    && (goneAt == null || !goneAt.plus(SLACK).isBefore(mover.begin()));
        }

        /** Where the agent does not say it, nothing was known of the job before: it began after the job. */
        private static Instant beganAfter(Slot slot, Connection connection) {
            Instant told = connection.beganAfter();
            Instant started = slot.startedAt() != null ? slot.startedAt() : Instant.EPOCH;
            return told != null
                    ? told
                    : started.isBefore(connection.firstSeenAt()) ? started : connection.firstSeenAt();
        }

        /** @param direct a mover needs such a connection as long as it is there */
        private Fit best(Slot slot, Set<String> addresses, boolean direct) {
            Fit best = Fit.NONE;
            for (Connection connection : slot.connections()) {
                if (addresses.contains(connection.storageAddress()) && !(direct && isOver(slot, connection))) {
                    Fit one = fit(slot, connection);
                    best = one.compareTo(best) > 0 ? one : best;
                }
            }
            return best;
        }

        /** It is gone for so long that a mover of its client would be gone, too. */
        private boolean isOver(Slot slot, Connection connection) {
            Instant goneAt = connection.goneAt() != null ? connection.goneAt() : slot.endedAt();
            return goneAt != null && goneAt.plus(WITHOUT_CLIENT).plus(SLACK).isBefore(mover.until());
        }

        /** It began at some time before it was seen, and the mover was opened between its submission and its start. */
        private Fit fit(Slot slot, Connection connection) {
            Instant goneAt = connection.goneAt();
            Instant begin = mover.begin().minus(SLACK);
            Instant beganAfter = beganAfter(slot, connection);
            if (goneAt != null && goneAt.isBefore(begin)) {
                return Fit.NONE;
            }
            if (beganAfter.isAfter(mover.opened().plus(SLACK))) {
                return Fit.AFTER;
            }
            boolean soonSeen = !beganAfter.plus(slot.interval().multipliedBy(2)).isBefore(connection.firstSeenAt());
            return connection.firstSeenAt().isBefore(begin) || !soonSeen ? Fit.BEFORE : Fit.WITH;
        }

        /** Whether its agent has looked while the mover was open, and would have seen the client's connection. */
        private boolean settled(Slot slot) {
            Instant sampledAt = slot.sampledAt();
            return slot.endedAt() != null
                    || (!mover.opened().plus(slot.interval()).plus(SLACK).isAfter(mover.until())
                            && sampledAt != null
                            && sampledAt.isAfter(mover.opened()));
        }

        /** The same, and it did not end before its agent's next look, with a mover that may still be there. */
        private boolean surelySettled(Slot slot) {
            Instant endedAt = slot.endedAt();
            return settled(slot)
                    && (endedAt == null
                            || !mover.opened().plus(slot.interval()).plus(SLACK).isAfter(endedAt)
                            || endedAt.plus(WITHOUT_CLIENT).plus(SLACK).isBefore(mover.until()));
        }
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
