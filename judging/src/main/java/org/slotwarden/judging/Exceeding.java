package org.slotwarden.judging;

/** Watches a value that should not be above a threshold for long; which value, and what is said of it, is each one's own. */
abstract class Exceeding implements Detector {

    final Excess excess;

    Exceeding(Excess excess) {
        this.excess = excess;
    }

    @Override
    public final boolean standing() {
        return excess.standing();
    }

    @Override
    public final boolean holds() {
        return excess.holds();
    }

    @Override
    public final boolean suspects() {
        return excess.building();
    }

    @Override
    public boolean undecided() {
        return !Double.isNaN(excess.since());
    }
}
