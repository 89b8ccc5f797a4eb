package org.slotwarden.portal.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.storage.Evidence.Connection;
import org.slotwarden.portal.storage.Evidence.Slot;
import org.slotwarden.portal.storage.MoverTimes.Fit;

/** Jobs that were there then, of which one may have it. */
final class MoverChoice {
    private final Evidence evidence;
    private final MoverJudge.Case mover;
    private final MoverTimes times;
    private final ClientPlace place;
    private final List<Slot> fit;
    private final boolean identified;
    private final String who;

    MoverChoice(
            Evidence evidence,
            MoverJudge.Case mover,
            ClientPlace place,
            List<Slot> fit,
            boolean identified,
            String who) {
        this.evidence = evidence;
        this.mover = mover;
        this.times = new MoverTimes(mover);
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
        List<Slot> with = having(
                connection -> process.equals(connection.process()) && addresses.contains(connection.storageAddress()));
        if (with.isEmpty()) {
            return null;
        }
        if (with.size() > 1) {
            String many = "processes " + process + " of " + with.size() + " jobs on " + place.words(with);
            return new MoverChoice(evidence, mover, place, with, identified, many).byConnections();
        }
        // In containers small numbers come again: another job's may not be told yet.
        boolean others = fit.stream()
                .filter(slot -> slot != with.getFirst())
                .allMatch(slot -> times.complete(slot) && times.surelySettled(slot));
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
        boolean without = times.complete(slot) && times.settled(slot) && best(slot, evidence.all(), false) == Fit.NONE;
        return without
                ? Verdict.of(slot, Confidence.LIKELY, reason + ", but has told of no connection to the storage system.")
                : Verdict.of(slot, Confidence.CERTAIN, reason + ".");
    }

    private Verdict byConnections() {
        if (fit.stream().noneMatch(Slot::told)) {
            return Verdict.ambiguous(fit, place.node(), "It fits " + who + ", of whose connections nothing is known.");
        }
        Set<String> pool = pool();
        // Where it is not known, a job may have a connection there that its agent was not asked for.
        Verdict verdict = pool.isEmpty() ? by(evidence.all(), "the storage system", false) : by(pool, "its pool", true);
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
                .allMatch(slot -> times.complete(slot) && times.settled(slot));
        if (with.size() == 1 && othersTold) {
            boolean certain = direct
                    && identified
                    && place.sure()
                    && fit.stream().filter(slot -> !with.contains(slot)).allMatch(times::surelySettled);
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
                        .anyMatch(connection -> times.overlaps(slot, connection)))
                .toList();
    }

    /** @param direct a mover needs such a connection as long as it is there */
    private Fit best(Slot slot, Set<String> addresses, boolean direct) {
        Fit best = Fit.NONE;
        for (Connection connection : slot.connections()) {
            if (addresses.contains(connection.storageAddress()) && !(direct && times.isOver(slot, connection))) {
                Fit one = times.fit(slot, connection);
                best = one.compareTo(best) > 0 ? one : best;
            }
        }
        return best;
    }
}
