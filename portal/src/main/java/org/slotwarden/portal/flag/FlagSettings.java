package org.slotwarden.portal.flag;

import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Service;

/** How this portal judges, for pages to say so. */
@Service
public class FlagSettings {

    /**
     * How one kind is judged, with all durations as they are in effect.
     *
     * @param threshold what must be seen ("more than 1.3 times the cores asked for")
     * @param dwell for how long before the flag is raised
     * @param clears what takes the flag back ("below 1.1 times for 2 min")
     */
    public record Rule(FlagKind kind, String threshold, Duration dwell, String clears) {}

    private final FlagProperties settings;

    FlagSettings(FlagProperties settings) {
        this.settings = settings.scaled();
    }

    /** One rule per kind. */
    public List<Rule> rules() {
        FlagProperties.CpuOveruse cpu = settings.cpuOveruse();
        FlagProperties.MemoryNearLimit memory = settings.memoryNearLimit();
        FlagProperties.Hang hang = settings.hang();
        FlagProperties.SocketLeak socket = settings.socketLeak();
        return List.of(
                new Rule(
                        FlagKind.CPU_OVERUSE,
                        "at least %s times the cores asked for".formatted(Wording.number(cpu.raiseAt())),
                        cpu.dwell(),
                        "below %s times the cores asked for, for %s"
                                .formatted(Wording.number(cpu.clearAt()), Wording.duration(cpu.clearFor()))),
                new Rule(
                        FlagKind.MEMORY_NEAR_LIMIT,
                        "at least %s of the memory asked for".formatted(Wording.percent(memory.raiseAt())),
                        memory.dwell(),
                        "below %s for %s"
                                .formatted(Wording.percent(memory.clearAt()), Wording.duration(memory.clearFor()))),
                new Rule(
                        FlagKind.HANG,
                        ("at most %s of the cores asked for and %s/s read and written, and longer than %s times its"
                                        + " longest earlier pause; %s until it has used %s of CPU")
                                .formatted(
                                        Wording.percent(hang.busyShare()),
                                        Wording.bytes(hang.ioBytesPerSecond()),
                                        Wording.number(hang.pauseFactor()),
                                        Wording.duration(hang.startUpDwell()),
                                        Wording.duration(hang.startUpCpu())),
                        hang.dwell(),
                        Wording.duration(hang.clearFor()) + " of work"),
                new Rule(
                        FlagKind.SOCKET_LEAK,
                        "open sockets rise block by block, by at least %d and %s"
                                .formatted(socket.minGrowth(), Wording.percent(socket.minGrowthShare())),
                        SocketLeakDetector.dwell(socket),
                        "they rise at less than %s of that pace for %s"
                                .formatted(
                                        Wording.percent(socket.clearPace()),
                                        Wording.duration(SocketLeakDetector.calm(socket)))));
    }

    /** What all configured durations are multiplied with: 1 in production, far less in a demonstration. */
    public double timeScale() {
        return settings.timeScale();
    }

    /** Whether durations differ from what is configured, which pages must then say. */
    public boolean scaled() {
        return timeScale() != 1;
    }
}
