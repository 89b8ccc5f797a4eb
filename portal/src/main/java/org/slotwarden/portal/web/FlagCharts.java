package org.slotwarden.portal.web;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.JobFigure;
import org.slotwarden.portal.flag.Evidence;
import org.slotwarden.portal.flag.Flag;

/** Which charts of a job a flag is about, and what its figures are called there. */
final class FlagCharts {

    /**
     * What the lines are called in the first of the flag's charts.
     *
     * @param baseline null: it is none of the chart's figures
     * @param limit the same
     */
    record Words(@Nullable String baseline, @Nullable String limit) {}

    private FlagCharts() {}

    /** Ids of charts; the flag's figures are those of the first. Of some there is none. */
    static List<String> of(Flag flag) {
        return switch (flag.kind()) {
            case PROCESS_STORM, PROCESS_LEAK -> List.of("processes");
            case SOCKET_LEAK -> List.of("sockets", "socket-states");
            case FILE_LEAK -> List.of("files", "files-share");
            case MOVER_HOARD -> List.of("movers", "sockets");
            case MEMORY_LEAK, MEMORY_NEAR_LIMIT -> List.of("memory");
            case DISK_FILL -> List.of("directories", "room");
            case NETWORK_FLOOD -> List.of("traffic", "packets");
            case IO_STORM -> List.of("calls", "storage", "stuck");
            case HANG -> List.of("cores", "storage", "traffic");
            case CPU_OVERUSE, IDLE_CORES -> List.of("cores");
            case WALLTIME_OVERRUN -> List.of("progress");
            case OUTLIER -> ofUnit(flag.evidence().unit());
            case SITE_RULE ->
                flag.rule() == null ? List.of() : ofFigures(flag.rule().figures());
            default -> List.of();
        };
    }

    private static List<String> ofFigures(List<JobFigure> figures) {
        return figures.stream()
                .map(FlagCharts::ofFigure)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** Null: a limit, a time, or what no chart of a job shows. */
    private static @Nullable String ofFigure(JobFigure figure) {
        return switch (figure) {
            case CORES, CPU_SECONDS -> "cores";
            case RUN_QUEUE_WAIT -> "cpu-parts";
            case MEMORY -> "memory";
            case READ_RATE, WRITE_RATE -> "storage";
            case CALL_READ_RATE, CALL_WRITE_RATE -> "chars";
            case CALL_RATE -> "calls";
            case NETWORK_IN_RATE, NETWORK_OUT_RATE -> "traffic";
            case PACKET_RATE -> "packets";
            case PROCESSES, THREADS -> "processes";
            case BLOCKED_PROCESSES -> "stuck";
            case OPEN_FILES -> "files";
            case SOCKETS -> "sockets";
            case STORAGE_MOVERS -> "movers";
            case DISK_USED -> "directories";
            case DISK_FREE -> "room";
            case OUTPUT -> "output";
            case PROGRESS -> "progress";
            case CORES_ASKED, MEMORY_LIMIT, WALL_TIME, WALL_TIME_ASKED, WALL_TIME_LEFT, DISK_QUOTA, NODE_BUSY, SLOTS ->
                null;
        };
    }

    private static List<String> ofUnit(String unit) {
        return switch (unit) {
            case "cores" -> List.of("cores");
            case "B" -> List.of("memory");
            case "B/s" -> List.of("storage");
            case "1" -> List.of("progress");
            default -> List.of();
        };
    }

    static @Nullable Words words(Flag flag) {
        return switch (flag.kind()) {
            case PROCESS_LEAK, SOCKET_LEAK, MOVER_HOARD, MEMORY_LEAK, DISK_FILL -> new Words("rose from", "limit");
            // It is judged without sockets, which are files, too; only the limit holds for all of them.
            case FILE_LEAK -> new Words(null, "limit");
            case PROCESS_STORM -> new Words("before", "threshold");
            case IO_STORM -> new Words(null, "threshold, reads and writes together");
            case MEMORY_NEAR_LIMIT -> new Words("first measured", "limit");
            case CPU_OVERUSE -> new Words("asked for", "threshold");
            case IDLE_CORES, NETWORK_FLOOD -> new Words(null, "threshold");
            case OUTLIER -> new Words("usual (median)", onTheSide(flag.evidence()) ? "threshold" : null);
            // Figures of time, or of what no chart shows alone.
            default -> null;
        };
    }

    /** Whether the limit lies between what is usual and what was measured, and not on the other side. */
    private static boolean onTheSide(Evidence evidence) {
        return evidence.value() != null
                && evidence.baseline() != null
                && evidence.limit() != null
                && evidence.value() > evidence.baseline() == evidence.limit() > evidence.baseline();
    }
}
