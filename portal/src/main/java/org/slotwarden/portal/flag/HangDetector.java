package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * All slots of a job are sampled, and none computes, reads or writes: for longer than a fixed time and than the job
 * itself was ever silent before. Where a slot, its CPU time or its I/O is not known there is no verdict: a job of
 * which nothing is heard is silent in another sense.
 */
final class HangDetector implements Detector {

    private final FlagProperties.Hang settings;

    private @Nullable Instant silentSince;
    private Duration longestPause = Duration.ZERO;
    private Duration busy = Duration.ZERO;
    private double cpuSeconds;
    private double cores;
    private double ioBytesPerSecond;
    private double busyAbove;
    private Instant last = Instant.MIN;
    private Duration dwell = Duration.ZERO;
    private boolean standing;

    HangDetector(FlagProperties.Hang settings) {
        this.settings = settings;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.HANG;
    }

    @Override
    public void feed(Moment moment) {
        if (moment.elapsed() == null || !moment.complete() || !measure(moment)) {
            // Unknown is neither silence nor work.
            busy = Duration.ZERO;
            if (!standing) {
                silentSince = null;
            }
            return;
        }
        last = moment.time();
        Integer request = moment.request().cores();
        busyAbove = settings.busyShare() * (request == null ? 1 : request);
        if (cores > busyAbove || ioBytesPerSecond > settings.ioBytesPerSecond()) {
            work(moment.elapsed());
        } else {
            silence(moment.elapsed());
        }
    }

    private boolean measure(Moment moment) {
        cores = 0;
        ioBytesPerSecond = 0;
        cpuSeconds = 0;
        for (Reading slot : moment.slots()) {
            if (slot.cores() == null || slot.ioBytesPerSecond() == null || slot.cpuSeconds() == null) {
                return false;
            }
            cores += slot.cores();
            ioBytesPerSecond += slot.ioBytesPerSecond();
            cpuSeconds += slot.cpuSeconds();
        }
        return true;
    }

    private void work(Duration elapsed) {
        if (standing) {
            busy = busy.plus(elapsed);
            if (busy.compareTo(settings.clearFor()) < 0) {
                return;
            }
        }
        if (silentSince != null) {
            Duration pause = Duration.between(silentSince, last.minus(elapsed));
            longestPause = pause.compareTo(longestPause) > 0 ? pause : longestPause;
        }
        silentSince = null;
        standing = false;
        busy = Duration.ZERO;
    }

    private void silence(Duration elapsed) {
        if (silentSince == null) {
            silentSince = last.minus(elapsed);
        }
        if (standing) {
            busy = busy.compareTo(elapsed) > 0 ? busy.minus(elapsed) : Duration.ZERO;
            return;
        }
        Duration least =
                cpuSeconds * 1e3 < settings.startUpCpu().toMillis() ? settings.startUpDwell() : settings.dwell();
        Duration own = Duration.ofMillis(Math.round(longestPause.toMillis() * settings.pauseFactor()));
        dwell = own.compareTo(least) > 0 ? own : least;
        standing = Duration.between(silentSince, last).compareTo(dwell) >= 0;
    }

    @Override
    public boolean standing() {
        return standing;
    }

    @Override
    public boolean suspects() {
        return silentSince != null;
    }

    @Override
    public Finding finding() {
        if (silentSince == null || !standing) {
            throw new IllegalStateException();
        }
        Duration silent = Duration.between(silentSince, last);
        String sentence = ("Silent for %s: %s cores busy and %s/s read and written now (silent up to %s cores and"
                        + " %s/s); flagged from %s on, its longest earlier pause was %s; clears after %s of work")
                .formatted(
                        Wording.duration(silent),
                        Wording.number(cores),
                        Wording.bytes(ioBytesPerSecond),
                        Wording.number(busyAbove),
                        Wording.bytes(settings.ioBytesPerSecond()),
                        Wording.duration(dwell),
                        Wording.duration(longestPause),
                        Wording.duration(settings.clearFor()));
        return new Finding(
                null,
                Severity.WARN,
                sentence,
                new Evidence(
                        "s",
                        silent.toMillis() / 1e3,
                        longestPause.toMillis() / 1e3,
                        dwell.toMillis() / 1e3,
                        silentSince,
                        last));
    }
}
