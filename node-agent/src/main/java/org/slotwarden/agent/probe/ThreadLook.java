package org.slotwarden.agent.probe;

/**
 * Context switches and waiting for a core of all threads of a process: {@code /proc/PID/status} and
 * {@code schedstat} are about the first thread only. What a thread did after the last look and before its
 * end is not known.
 */
final class ThreadLook {

    private ThreadLook() {}

    /** False when not all could be read. */
    static boolean take(ProcFiles proc, Member member) {
        String folder = member.pid + "/task/";
        String[] threads = proc.list(folder);
        if (threads == null) {
            return false;
        }
        long waited = 0;
        long voluntary = 0;
        long involuntary = 0;
        for (String thread : threads) {
            if (!proc.read(folder + thread + "/schedstat")) {
                continue; // ended since the folder was listed
            }
            ThreadSchedule schedule = ThreadSchedule.parse(proc.bytes(), proc.length());
            if (schedule == null) {
                continue; // made, but never run yet
            }
            if (!proc.read(folder + thread + "/status")) {
                continue;
            }
            ProcessStatus status = ProcessStatus.parse(proc.bytes(), proc.length());
            if (status.voluntarySwitches() < 0 || status.involuntarySwitches() < 0) {
                return false;
            }
            waited += schedule.waitNanos();
            voluntary += status.voluntarySwitches();
            involuntary += status.involuntarySwitches();
        }
        if (proc.exhausted()) {
            return false;
        }
        member.count(CounterLedger.RUN_QUEUE_WAIT, waited);
        member.count(CounterLedger.VOLUNTARY_SWITCHES, voluntary);
        member.count(CounterLedger.INVOLUNTARY_SWITCHES, involuntary);
        return true;
    }
}
