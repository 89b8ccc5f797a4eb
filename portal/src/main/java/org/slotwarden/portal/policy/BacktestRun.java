package org.slotwarden.portal.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.batch.BatchSystems;
import org.slotwarden.portal.policy.PastFlags.OfJob;
import org.slotwarden.portal.policy.PastFlags.Past;

/**
 * Follows a version through flags of the past, as the engine does with those that stand. First each job for itself:
 * which stage it would have reached, and when. Then all of these in the order of time, for the caps.
 */
final class BacktestRun {

    private static final Duration HOUR = Duration.ofHours(1);

    private final PolicyTerms terms;
    private final int mostOfSite;
    private final BatchSystems batch;
    private final Instant to;
    private final List<Reached> reached = new ArrayList<>();
    private long jobs;
    private long killTimeNotKnown;
    private long coresNotKnown;

    /** A case of the past. Whether its owner was warned is found in the order of time. */
    private static final class Case {
        final OfJob job;
        boolean warned;

        Case(OfJob job) {
            this.job = job;
        }
    }

    private record Reached(Case of, Past flag, int stage, Instant at) {}

    /** @param to a flag that stands is followed until then */
    BacktestRun(PolicyTerms terms, int mostOfSite, BatchSystems batch, Instant to) {
        this.terms = terms;
        this.mostOfSite = mostOfSite;
        this.batch = batch;
        this.to = to;
    }

    void add(OfJob job) {
        if (!terms.concerns(job.job())) {
            return;
        }
        List<Past> about = job.flags().stream()
                .filter(past -> terms.flags().contains(past.flag().kind())
                        && past.flag().severity().compareTo(terms.least()) >= 0)
                .toList();
        if (about.isEmpty()) {
            return;
        }
        jobs++;
        Instant free = Instant.MIN;
        for (Past past : about) {
            Instant begin = past.raisedAt().isBefore(free) ? free : past.raisedAt();
            if (begin.isBefore(until(past))) {
                free = follow(new Case(job), past, begin, about);
            }
        }
    }

    private Instant until(Past past) {
        return past.until() == null || past.until().isAfter(to) ? to : past.until();
    }

    /** @return when the case was over */
    private Instant follow(Case of, Past first, Instant begin, List<Past> about) {
        Past flag = first;
        Instant at = begin.plus(terms.dwell());
        for (int i = 0; i < terms.stages().size(); i++) {
            PolicyTerms.Stage stage = terms.stages().get(i);
            at = at.plus(stage.after());
            if (stage.what().stopsTheJob()) {
                Past kill = worthAKill(flag, begin, about);
                if (kill == null) {
                    break;
                }
                flag = kill;
                Instant since = killSince(kill, begin).plus(terms.dwell());
                at = at.isBefore(since) ? since : at;
            }
            if (!at.isBefore(until(flag))) {
                break;
            }
            reached.add(new Reached(of, flag, i + 1, at));
        }
        return until(flag);
    }

    /** The flag of the case, or a graver one that was raised while it stood. */
    private @Nullable Past worthAKill(Past first, Instant begin, List<Past> about) {
        if (first.flag().severity() == Severity.KILL) {
            return first;
        }
        return about.stream()
                .filter(past -> past.flag().severity() == Severity.KILL
                        && killSince(past, begin).isBefore(until(first))
                        && begin.isBefore(until(past)))
                .min(Comparator.comparing((Past past) -> killSince(past, begin)))
                .orElse(null);
    }

    /** Where it is not known, the earliest that it can have been. */
    private static Instant killSince(Past past, Instant begin) {
        Instant known = past.killAt() == null ? past.raisedAt() : past.killAt();
        return known.isBefore(begin) ? begin : known;
    }

    /** Acts of the last hour, of the site and of each user; there is one policy here. */
    private static final class Hour {
        private final Map<String, Deque<Instant>> acts = new HashMap<>();

        int count(String key, Instant now) {
            Deque<Instant> some = acts.computeIfAbsent(key, name -> new ArrayDeque<>());
            while (!some.isEmpty() && !some.getFirst().isAfter(now.minus(HOUR))) {
                some.removeFirst();
            }
            return some.size();
        }

        void add(String key, Instant at) {
            acts.computeIfAbsent(key, name -> new ArrayDeque<>()).addLast(at);
        }
    }

    private static final class Sums {
        long reached;
        long done;
        long endedWell;
        long stillThere;
        double saved;
        double lost;
    }

    private static final class FlagSums {
        long warned;
        long killed;
        long endedWell;
        double saved;
    }

    Backtest result(int version, Instant from, String by, Instant madeAt, double seconds, long finished) {
        reached.sort(Comparator.comparing(Reached::at)
                .thenComparing(one -> one.of().job.job().id()));
        Map<Integer, Sums> stages = new TreeMap<>();
        for (int i = 1; i <= terms.stages().size(); i++) {
            stages.put(i, new Sums());
        }
        Map<String, FlagSums> flags = new TreeMap<>();
        List<Backtest.Act> acts = new ArrayList<>();
        Hour hour = new Hour();
        Set<Long> stopped = new HashSet<>();
        for (Reached one : reached) {
            if (stopped.contains(one.of().job.job().id())) {
                continue;
            }
            PolicyTerms.Stage stage = terms.stages().get(one.stage() - 1);
            String whyNot = whyNot(one, stage.what(), hour);
            StageKind done = whyNot == null ? stage.what() : StageKind.NOTIFY;
            if (done.act()) {
                hour.add(done.word(), one.at());
                hour.add(done.word() + "/" + one.of().job.job().user(), one.at());
            }
            one.of().warned |= done == StageKind.WARN;
            if (done.stopsTheJob()) {
                stopped.add(one.of().job.job().id());
            }
            Backtest.Act act = act(one, stage, done, whyNot);
            count(act, one, stage, stages, flags);
            acts.add(act);
        }
        acts.sort(Comparator.comparing((Backtest.Act act) -> !act.done().stopsTheJob())
                .thenComparing(act -> !act.endedWell())
                .thenComparing(Backtest.Act::at));
        return new Backtest(
                version,
                from,
                to,
                by,
                madeAt,
                seconds,
                finished,
                jobs,
                stages.entrySet().stream().map(this::ofStage).toList(),
                ofFlags(flags),
                List.copyOf(acts.subList(0, Math.min(acts.size(), Backtest.MOST_ACTS))),
                acts.size(),
                notKnown());
    }

    private @Nullable String whyNot(Reached one, StageKind wanted, Hour hour) {
        if (!wanted.act()) {
            return null;
        }
        String user = one.of().job.job().user();
        if (!terms.works(one.at())) {
            return "outside the working hours of the policy";
        }
        if (wanted == StageKind.WARN && user == null) {
            return "nobody knows whose job it is";
        }
        if (wanted.stopsTheJob() && !one.of().warned) {
            return "its owner was not warned";
        }
        FlaggedJob job = one.of().job.job();
        Optional<String> cannot = wanted.throughBatch()
                ? batch.refusal(job.batchSystem(), job.cluster(), job.batchJobId())
                : Optional.empty();
        if (cannot.isPresent()) {
            return cannot.get();
        }
        int all = hour.count(wanted.word(), one.at());
        return CaseStep.overCap(
                terms.caps(), mostOfSite, all, hour.count(wanted.word() + "/" + user, one.at()), all, wanted);
    }

    private Backtest.Act act(Reached one, PolicyTerms.Stage stage, StageKind done, @Nullable String whyNot) {
        OfJob job = one.of().job;
        Instant end = job.ended() ? job.endedAt() : null;
        Double saved = null;
        if (ends(done) && end != null && job.cores() != null) {
            Instant dead = one.at().plusSeconds(Objects.requireNonNullElse(stage.graceSeconds(), 0));
            saved = job.cores() * Math.max(0, hours(dead, end));
        }
        return new Backtest.Act(
                job.job().id(),
                job.job().batchJobId(),
                job.job().name(),
                job.job().user(),
                one.flag().flag().kind(),
                one.stage(),
                stage.what(),
                done,
                whyNot,
                one.at(),
                end,
                end == null ? null : (Double) (Duration.between(one.at(), end).toMillis() / 1e3),
                job.job().state().name(),
                job.exitCode(),
                job.endedWell(),
                saved);
    }

    /** For good: what is held or requeued will work for as long as it would have, later. */
    private static boolean ends(StageKind kind) {
        return kind == StageKind.KILL || kind == StageKind.CANCEL;
    }

    private void count(
            Backtest.Act act,
            Reached one,
            PolicyTerms.Stage stage,
            Map<Integer, Sums> stages,
            Map<String, FlagSums> flags) {
        Sums sums = Objects.requireNonNull(stages.get(one.stage()));
        OfJob job = one.of().job;
        sums.reached++;
        if (act.done() != stage.what()) {
            return;
        }
        sums.done++;
        sums.endedWell += act.endedWell() ? 1 : 0;
        sums.stillThere += job.ended() ? 0 : 1;
        FlagSums ofFlag = flags.computeIfAbsent(act.flag(), kind -> new FlagSums());
        ofFlag.warned += act.done() == StageKind.WARN ? 1 : 0;
        if (!act.done().stopsTheJob()) {
            return;
        }
        ofFlag.killed++;
        ofFlag.endedWell += act.endedWell() ? 1 : 0;
        killTimeNotKnown += one.flag().killAt() == null ? 1 : 0;
        if (!ends(act.done())) {
            return;
        }
        if (act.coreHoursSaved() == null) {
            coresNotKnown += job.ended() ? 1 : 0;
        } else if (act.endedWell()) {
            Instant begin = job.startedAt();
            sums.lost += begin == null || job.cores() == null ? 0 : job.cores() * Math.max(0, hours(begin, one.at()));
        } else {
            sums.saved += act.coreHoursSaved();
            ofFlag.saved += act.coreHoursSaved();
        }
    }

    private static double hours(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 3.6e6;
    }

    private Backtest.OfStage ofStage(Map.Entry<Integer, Sums> entry) {
        Sums sums = entry.getValue();
        StageKind kind = terms.stages().get(entry.getKey() - 1).what();
        boolean kill = ends(kind);
        return new Backtest.OfStage(
                entry.getKey(),
                kind,
                sums.reached,
                sums.done,
                sums.endedWell,
                sums.stillThere,
                kill ? (Double) sums.saved : null,
                kill ? (Double) sums.lost : null);
    }

    private static List<Backtest.OfFlag> ofFlags(Map<String, FlagSums> flags) {
        return flags.entrySet().stream()
                .map(entry -> new Backtest.OfFlag(
                        entry.getKey(),
                        entry.getValue().warned,
                        entry.getValue().killed,
                        entry.getValue().endedWell,
                        entry.getValue().saved))
                .sorted(Comparator.comparing(Backtest.OfFlag::killed).reversed())
                .toList();
    }

    private List<String> notKnown() {
        List<String> sentences = new ArrayList<>();
        sentences.add("Of a flag the severity at its end is stored: where it was less at first, a stage before the kill"
                + " may be told earlier than it would have been.");
        sentences.add("Caps count the acts of this policy only: what others would have done is not known.");
        if (terms.stages().stream()
                .anyMatch(stage -> stage.what() == StageKind.HOLD || stage.what() == StageKind.REQUEUE)) {
            sentences.add("What a job that is held or requeued would have done later is not known: no core-hours are"
                    + " told.");
        }
        sentences.add("What owners would have done about a warning is not known.");
        if (killTimeNotKnown > 0) {
            sentences.add(kills(killTimeNotKnown) + "it is not known when the flag became worth one: told is the"
                    + " earliest moment possible.");
        }
        if (coresNotKnown > 0) {
            sentences.add("Of " + coresNotKnown
                    + " kills it is not known how many cores the job had: they count nothing" + " in core-hours.");
        }
        return List.copyOf(sentences);
    }

    private static String kills(long count) {
        return "Of " + count + (count == 1 ? " kill " : " kills ");
    }
}
