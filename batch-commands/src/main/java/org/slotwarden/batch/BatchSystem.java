package org.slotwarden.batch;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Batch systems whose commands are known, with the form of their jobs' ids. */
public enum BatchSystem {
    /** Of an element of an array {@code 12_3}, of a part of a heterogeneous job {@code 12+1}. */
    SLURM("Slurm", "[0-9]{1,10}(?:_[0-9]{1,10}|\\+[0-9]{1,5})?", new Slurm()),
    /** Of a task of an array {@code 12.3}. */
    GRIDENGINE("Grid Engine", "[0-9]{1,10}(?:\\.[0-9]{1,10})?", new GridEngine()),
    /** Always with the number within its cluster, {@code 12.0}: {@code 12} would be all jobs of the cluster. */
    HTCONDOR("HTCondor", "[0-9]{1,10}\\.[0-9]{1,10}", new Condor());

    private final String title;
    private final Pattern id;
    private final Dialect dialect;

    BatchSystem(String title, String id, Dialect dialect) {
        this.title = title;
        this.id = Pattern.compile(id);
        this.dialect = dialect;
    }

    /** As it calls itself. */
    public String title() {
        return title;
    }

    /** As in reports of agents ({@code JobFacts.batch_system}). */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this is an id as the batch system writes it: nothing else comes near a command. */
    public boolean isId(String text) {
        return id.matcher(text).matches();
    }

    Dialect dialect() {
        return dialect;
    }

    public static Optional<BatchSystem> named(String word) {
        return Arrays.stream(values())
                .filter(system -> system.word().equals(word))
                .findFirst();
    }
}
