package org.slotwarden.agent.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.event.Level;

/** How much this process writes into its log: information, or for some time more. Thread-safe. */
public final class LogDetail {

    /** What is asked for at the moment; the most detailed counts. */
    private static final List<LogDetail> ASKED = new CopyOnWriteArrayList<>();

    private static volatile Level least = Level.INFO;

    private final Level level;

    private LogDetail(Level level) {
        this.level = level;
    }

    /** Writes as much as this from now on, until it is {@link #over}. */
    public static LogDetail begin(Level level) {
        LogDetail detail = new LogDetail(level);
        ASKED.add(detail);
        settle();
        return detail;
    }

    /** May be said twice. */
    public void over() {
        ASKED.remove(this);
        settle();
    }

    private static synchronized void settle() {
        Level most = Level.INFO;
        for (LogDetail asked : ASKED) {
            most = asked.level.toInt() < most.toInt() ? asked.level : most;
        }
        least = most;
    }

    static boolean writes(Level level) {
        return level.toInt() >= least.toInt();
    }
}
