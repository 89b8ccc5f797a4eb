package org.slotwarden.judging;

/**
 * A hundred processes where there was a handful minutes ago, and not only for a moment. A job that asked for many cores
 * may start as many processes.
 */
final class ProcessStorm implements Detector {

    private final JudgeSettings.ProcessStorm settings;
    private long window = Long.MIN_VALUE;
    private double lowest = Double.NaN;
    private double lowestBefore = Double.NaN;
    private double processes;
    private double from;
    private double least;
    private double since = Double.NaN;
    private double last;
    private double below;
    private boolean standing;
    private boolean holds;
    private double nodeBusy;

    ProcessStorm(JudgeSettings.ProcessStorm settings) {
        this.settings = settings;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.PROCESS_STORM;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        holds = false;
        if (Double.isNaN(reading.processes)) {
            return;
        }
        nodeBusy = reading.nodeBusy;
        processes = reading.processes;
        last = reading.time;
        if (standing) {
            holds = !Double.isNaN(reading.elapsed) && processes >= least / 2;
            mayClear(reading.elapsed);
            return;
        }
        least = Double.isNaN(facts.cores())
                ? settings.processes()
                : Math.max(settings.processes(), settings.perCore() * facts.cores());
        if (Double.isNaN(reading.elapsed)) {
            window = Long.MIN_VALUE;
            since = Double.NaN;
        }
        follow(facts, reading.elapsed);
        if (!Double.isNaN(since)) {
            standing = processes >= least && processes >= settings.growth() * from;
            since = standing ? since : Double.NaN;
        } else {
            double low = Double.isNaN(lowestBefore) ? lowest : Math.min(lowest, lowestBefore);
            if (processes >= least && processes >= settings.growth() * low) {
                from = low;
                since = last;
            }
        }
    }

    private void follow(JobFacts facts, double elapsed) {
        double interval = Double.isNaN(facts.intervalSeconds()) ? elapsed : facts.intervalSeconds();
        double width = Double.isNaN(interval) ? settings.window() : Math.max(settings.window(), 4 * interval);
        long now = (long) Math.floor(last / width);
        if (now != window) {
            lowestBefore = now == window + 1 ? lowest : Double.NaN;
            lowest = processes;
            window = now;
        }
        lowest = Math.min(lowest, processes);
    }

    private void mayClear(double elapsed) {
        below = processes >= least / 2 ? 0 : below + (Double.isNaN(elapsed) ? 0 : elapsed);
        if (below >= settings.clearFor()) {
            standing = false;
            since = Double.NaN;
            window = Long.MIN_VALUE;
            below = 0;
        }
    }

    @Override
    public boolean standing() {
        return standing;
    }

    @Override
    public boolean holds() {
        return standing && holds;
    }

    @Override
    public boolean suspects() {
        return !Double.isNaN(since);
    }

    @Override
    public Finding finding() {
        String sentence = ("%s processes now, where there were %s within the last %s (flagged from %s and %s-fold on);"
                        + " clears below %s for %s")
                .formatted(
                        Wording.number(processes),
                        Wording.number(from),
                        Wording.duration(2 * settings.window()),
                        Wording.number(least),
                        Wording.number(settings.growth()),
                        Wording.number(least / 2),
                        Wording.duration(settings.clearFor()));
        return new Finding(
                kind(),
                Severity.WARN,
                "1",
                processes,
                from,
                least,
                Double.NaN,
                since,
                settings.window(),
                nodeBusy >= CpuOveruse.NODE_FULL,
                sentence);
    }
}
