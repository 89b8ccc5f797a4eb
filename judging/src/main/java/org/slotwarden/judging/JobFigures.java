package org.slotwarden.judging;

/** A whole job at one moment, in figures. */
public final class JobFigures {

    private final Reading reading;
    private final JobFacts facts;
    private final boolean complete;

    JobFigures(Reading reading, JobFacts facts, boolean complete) {
        this.reading = reading;
        this.facts = facts;
        this.complete = complete;
    }

    Reading reading() {
        return reading;
    }

    JobFacts facts() {
        return facts;
    }

    /** Whether each slot that the job should have is in it. */
    public boolean complete() {
        return complete;
    }

    /** In seconds, by the clock of the observations. */
    public double time() {
        return reading.time;
    }

    /** Seconds since the sample before; {@code NaN} when this one is not connected with it. */
    public double elapsed() {
        return reading.elapsed;
    }

    /** {@code NaN} when it was not measured. */
    public double value(JobFigure figure) {
        return figure.of(this);
    }
}
