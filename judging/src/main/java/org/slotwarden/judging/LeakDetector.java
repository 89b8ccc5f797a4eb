package org.slotwarden.judging;

import org.jspecify.annotations.Nullable;

/**
 * Something of a slot that rises block by block, and no slower at the end than before. Three ladders of block minima: of
 * half an hour, of two hours for slow leaks, and a fine one for leaks that would be at their limit before. What needs
 * most proof is a rise that may yet stop: caches fill, pools warm up, data are loaded.
 */
final class LeakDetector implements Detector {

    /** Blocks of the normal ladder that are enough for a rise without any doubt. */
    private static final int EARLY_BLOCKS = 9;

    /** Pace of the second half as a share of the first half's, at least: what fills up slows down. */
    private static final double BOW = 0.7;

    private static final double EARLY_LATE_PACE = 0.85;
    private static final double EARLY_BEND = 0.12;
    /**
     * As a share of the time that is left to the limit, a steady rise must have lasted so long: two fifths of the way
     * are behind it then. What has hours left may yet stop, and its admin has hours, too. What has risen for
     * {@code proven} seconds need not be waited for.
     */
    private static final double PROOF = 2.0 / 3;

    /** Share of its pace with which it must rise at the moment of the flag. */
    private static final double STILL = 0.4;

    /** Share of the limit, and multiple of the steep forecast, for an early alarm of what is judged by forecast. */
    private static final double EARLY_LEVEL = 0.8;

    private static final double EARLY_FORECAST = 3;

    private static final int STEEP_BLOCKS = 6;
    private static final int STEEP_BLOCKS_MOST = 8;
    private static final double STEEP_TAU = 0.93;
    /** Data that are loaded rise steeply, too, but slow down: real warm-ups had 0.70 to 0.91. */
    private static final double STEEP_LATE_PACE = 0.92;

    private static final double STEEP_BEND = 0.08;
    /** Growth without a known limit, as a share of the first value. */
    private static final double UNLIMITED_GROWTH = 0.5;

    private final Leaking what;
    private final JudgeSettings all;
    private @Nullable BlockMinima minima;
    private @Nullable BlockMinima coarse;
    /** Only where there is a limit: what is near it is judged by it. */
    private @Nullable BlockMinima fine;

    private double interval;

    private double last;
    private double value;
    private double used;
    private double limit = Double.NaN;
    private double lifeLeft;
    private @Nullable RaisedLeak raised;
    private boolean known;
    /** Null where it does not rise, as in most jobs. */
    private @Nullable Steadiness steadiness;

    LeakDetector(Leaking what, JudgeSettings settings) {
        this.what = what;
        this.all = settings;
    }

    /** Since when it rises as a leak does, and when that was seen last; seconds. */
    private static final class Steadiness {
        private double since;
        private double seenAt;
    }

    @Override
    public FlagKind kind() {
        return what.kind;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        if (Double.isNaN(reading.elapsed)) {
            restart();
        }
        double now = what.value(reading);
        known = !Double.isNaN(now) && !Double.isNaN(reading.elapsed);
        if (Double.isNaN(now)
                || (what.kind == FlagKind.DISK_FILL && NetworkFlood.stagesIn(reading, facts, all.networkFlood()))) {
            return;
        }
        last = reading.time;
        value = now;
        used = what.used(reading);
        limit = what.limit(reading, facts);
        double left = facts.walltimeSeconds() - (reading.time - facts.startedAt());
        // Who outlives its wall time has another one than is known.
        lifeLeft = left > 0 ? left : all.forecast();
        BlockMinima blocks = ladders(facts, reading.elapsed);
        boolean closed = blocks.feed(last, now);
        if (coarse != null) {
            coarse.feed(last, now);
        }
        if (fine == null && !Double.isNaN(limit)) {
            fine = new BlockMinima(Math.max(leak().fineBlock(), 2 * interval));
        }
        if (fine != null) {
            fine.feed(last, now);
        }
        if (raised != null && what.byForecast() && !raised.limited() && !Double.isNaN(limit) && showsPace()) {
            // Its limit is known only now, and says whether it matters. That it has risen all the time counts on.
            Steadiness steady = new Steadiness();
            steady.since = raised.since();
            steady.seenAt = last;
            steadiness = steady;
            raised = null;
        }
        if (raised == null) {
            judge();
        } else if (raised.over(last, value, used, limit, blocks, closed)) {
            restart();
            raised = null;
        }
    }

    /** Blocks hold five samples, or two, where samples are far between. */
    private BlockMinima ladders(JobFacts facts, double elapsed) {
        if (minima == null) {
            double known = Double.isNaN(facts.intervalSeconds()) ? elapsed : facts.intervalSeconds();
            interval = Double.isNaN(known) ? 0 : known;
            minima = new BlockMinima(Math.max(leak().block(), 5 * interval));
            coarse = new BlockMinima(Math.max(leak().coarseBlock(), 20 * interval));
        }
        return minima;
    }

    private void judge() {
        if (minima == null || coarse == null) {
            return;
        }
        double least = what.leastGrowth(leak());
        Rise rise = steady(minima, least);
        if (rise == null) {
            rise = steady(coarse, least);
        }
        if (rise == null) {
            rise = early(minima, least);
        }
        if (rise == null && fine != null) {
            rise = steep(fine);
        }
        if (rise != null) {
            raised = new RaisedLeak(leak(), rise, last, value, used, !Double.isNaN(limit));
            steadiness = null;
        }
    }

    private @Nullable Rise steady(BlockMinima ladder, double least) {
        Rise rise = Rise.over(ladder, BlockMinima.BLOCKS, least, leak().tau());
        if (rise == null
                || rise.growth() < leak().growthShare() * Math.abs(rise.first())
                || rise.late() < leak().latePace()
                || rise.bow() < BOW) {
            return null;
        }
        Steadiness steady = steadiness == null ? new Steadiness() : steadiness;
        if (steadiness == null || last - steady.seenAt > RaisedLeak.CALM_BLOCKS * ladder.width()) {
            steady.since = last - rise.growth() / rise.pace();
        }
        steady.seenAt = last;
        steadiness = steady;
        return matters(rise, steady) ? rise : null;
    }

    /** Memory has the node's limit at least; space that nobody limits does not run out. */
    private boolean matters(Rise rise, Steadiness steady) {
        if (!what.byForecast()) {
            return true;
        }
        if (Double.isNaN(limit)) {
            return what == Leaking.MEMORY && rise.growth() >= UNLIMITED_GROWTH * rise.first();
        }
        return toLimit(rise) < lifeLeft
                && last - steady.since >= Math.min(leak().proven(), PROOF * toLimit(rise))
                && risesNow(rise);
    }

    /** What has just stopped still looks like a rise by its blocks. */
    private boolean risesNow(Rise rise) {
        return minima != null
                && showsPace()
                && value - minima.lowestNow() >= STILL * rise.pace() * (last - minima.begun());
    }

    /** Enough of this block is over to say whether it rises. */
    private boolean showsPace() {
        return minima != null && last - minima.begun() >= minima.width() / 2;
    }

    private @Nullable Rise early(BlockMinima ladder, double least) {
        if (what.byForecast() && !(used >= EARLY_LEVEL * limit)) {
            return null;
        }
        Rise rise = Rise.over(ladder, EARLY_BLOCKS, 2 * least, 1);
        if (rise == null
                || rise.growth() < 2 * leak().growthShare() * Math.abs(rise.first())
                || rise.late() < EARLY_LATE_PACE
                || rise.bow() < BOW
                || rise.bend() > EARLY_BEND) {
            return null;
        }
        return !what.byForecast() || toLimit(rise) < Math.min(lifeLeft, EARLY_FORECAST * leak().steepForecast())
                ? rise
                : null;
    }

    private @Nullable Rise steep(BlockMinima ladder) {
        int blocks = Math.min(ladder.count(), STEEP_BLOCKS_MOST);
        if (blocks < STEEP_BLOCKS || !(used >= leak().steepLevel() * limit)) {
            return null;
        }
        Rise rise = Rise.over(ladder, blocks, leak().growthShare() * limit, STEEP_TAU);
        if (rise == null || rise.late() < STEEP_LATE_PACE || rise.bend() > STEEP_BEND) {
            return null;
        }
        return toLimit(rise) < Math.min(lifeLeft, leak().steepForecast()) ? rise : null;
    }

    private JudgeSettings.Leak leak() {
        return all.leak();
    }

    private double toLimit(Rise rise) {
        return (limit - used) / rise.pace();
    }

    private boolean nearLimit() {
        return used >= leak().nearLimit() * limit;
    }

    private void restart() {
        if (minima != null && coarse != null) {
            minima.restart();
            coarse.restart();
        }
        if (fine != null) {
            fine.restart();
        }
        steadiness = null;
    }

    @Override
    public boolean standing() {
        return raised != null;
    }

    @Override
    public boolean holds() {
        return raised != null && known && raised.goesOn(last, value, used, limit);
    }

    /** A rise of half the time and growth that it takes. */
    @Override
    public boolean suspects() {
        return raised != null
                || (minima != null
                        && Rise.over(minima, BlockMinima.BLOCKS / 2, what.leastGrowth(leak()) / 2, leak().tau())
                                != null);
    }

    /** A rise of the pace of the slowest leak that the coarse ladder sees. */
    @Override
    public boolean undecided() {
        int blocks = minima == null ? 0 : minima.count();
        if (raised != null || minima == null || coarse == null || blocks < 2) {
            return raised != null;
        }
        double share = blocks * minima.width() / (BlockMinima.BLOCKS * coarse.width());
        return Math.max(value, minima.minimum(0)) - minima.minimum(blocks - 1) >= what.leastGrowth(leak()) * share;
    }

    @Override
    public Finding finding() {
        RaisedLeak leak = raised;
        if (leak == null) {
            throw new IllegalStateException();
        }
        Rise rise = leak.rise();
        double forecast = toLimit(rise);
        boolean limited = !Double.isNaN(limit);
        return new Finding(
                kind(),
                what.byForecast() && !(limited && leak.limited()) ? Severity.INFO : Severity.WARN,
                what.unit,
                used,
                rise.first(),
                limit,
                forecast,
                leak.since(),
                rise.blocks() * rise.width(),
                nearLimit(),
                sentence(leak, forecast));
    }

    private String sentence(RaisedLeak leak, double forecast) {
        Rise rise = leak.rise();
        StringBuilder text = new StringBuilder("%s rose from %s to %s in %s (%d blocks, tau %s)"
                .formatted(
                        what.title,
                        what.amount(rise.first()),
                        what.amount(value),
                        Wording.duration(last - leak.since()),
                        rise.blocks(),
                        Wording.number(Math.rint(rise.tau() * 100) / 100)));
        if (!Double.isNaN(limit)) {
            text.append("; %s of %s; limit in %s"
                    .formatted(what.amount(used), what.amount(limit), Wording.duration(Math.max(0, forecast))));
            text.append(", time left %s".formatted(Wording.duration(lifeLeft)));
        }
        return text.append(
                        "; no warm-up: late pace %s of the mean; clears when it rises by less than %s a minute%s for %s"
                                .formatted(
                                        Wording.percent(rise.late()),
                                        what.amount(leak.calmPace() * 60),
                                        used >= leak.overBelow(limit)
                                                ? " and is below " + what.amount(leak.overBelow(limit))
                                                : "",
                                        Wording.duration(RaisedLeak.CALM_BLOCKS * leak().block())))
                .toString();
    }
}
