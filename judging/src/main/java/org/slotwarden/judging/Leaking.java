package org.slotwarden.judging;

/** What may leak: how it is read, what limits it, and what it is called in sentences. */
enum Leaking {
    PROCESSES(FlagKind.PROCESS_LEAK, "Processes and zombies", "1"),
    MOVERS(FlagKind.MOVER_HOARD, "Storage movers", "1"),
    SOCKETS(FlagKind.SOCKET_LEAK, "Open sockets", "1"),
    FILES(FlagKind.FILE_LEAK, "Open files", "1"),
    MEMORY(FlagKind.MEMORY_LEAK, "Memory", "B"),
    DISK(FlagKind.DISK_FILL, "Disk use", "B"),
    SCRATCH(FlagKind.DISK_FILL, "Use of scratch", "B");

    final FlagKind kind;
    final String title;
    final String unit;

    Leaking(FlagKind kind, String title, String unit) {
        this.kind = kind;
        this.title = title;
        this.unit = unit;
    }

    /**
     * NaN when it is not known. Sockets are files of a sort: a leak of them is none of files. Zombies take up a process
     * number each, as processes do.
     */
    double value(Reading reading) {
        return switch (this) {
            case PROCESSES -> Reading.sum(reading.processes, reading.zombies);
            case MOVERS -> reading.movers;
            case SOCKETS -> reading.sockets;
            case FILES -> Double.isNaN(reading.sockets) ? reading.files : reading.files - reading.sockets;
            case MEMORY -> reading.memory;
            case DISK -> reading.diskUsed;
            case SCRATCH -> reading.scratchUsed;
        };
    }

    /** What is held against the limit: with files, sockets too. */
    double used(Reading reading) {
        return this == FILES ? reading.files : value(reading);
    }

    /** NaN when there is none, or when it is not known. */
    double limit(Reading reading, JobFacts facts) {
        return switch (this) {
            case PROCESSES, MOVERS, SOCKETS -> Double.NaN;
            case FILES -> facts.openFiles();
            case MEMORY -> facts.memoryBytes();
            case DISK -> lesser(facts.diskQuotaBytes(), reading.diskUsed + reading.diskFree);
            case SCRATCH -> reading.scratchUsed + reading.scratchFree;
        };
    }

    double leastGrowth(JudgeSettings.Leak settings) {
        return switch (this) {
            case PROCESSES -> settings.processes();
            case MOVERS -> settings.movers();
            case SOCKETS -> settings.sockets();
            case FILES -> settings.files();
            case MEMORY -> settings.memoryBytes();
            case DISK, SCRATCH -> settings.diskBytes();
        };
    }

    /** Whether a rise matters only when the limit is reached before the job ends. */
    boolean byForecast() {
        return this == MEMORY || kind == FlagKind.DISK_FILL;
    }

    String amount(double value) {
        return byForecast() ? Wording.memory(value) : Wording.number(value);
    }

    private static double lesser(double a, double b) {
        return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b);
    }
}
