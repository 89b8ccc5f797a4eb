package org.slotwarden.portal.flag;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.series.SamplesStored;

/** What waits to be judged: so many samples at most, whatever the number of their slots. Any thread may call it. */
final class JudgeQueue {

    /**
     * @param samples null: nothing to do with samples
     */
    record Task(long jobId, @Nullable SamplesStored samples, Runnable work) {
        int weight() {
            // Ends are few, and a flag whose job has ended would stand for minutes.
            return samples == null ? 0 : Math.max(1, samples.samples().size());
        }
    }

    private final int mostSamples;
    private final Deque<Task> tasks = new ArrayDeque<>();
    private int samples;
    private boolean closed;

    JudgeQueue(int mostSamples) {
        this.mostSamples = mostSamples;
    }

    /** @return false when there is no room; samples that are alone have it, and what has none */
    synchronized boolean offer(Task task) {
        if (closed || (task.weight() > 0 && samples > 0 && samples + task.weight() > mostSamples)) {
            return false;
        }
        tasks.add(task);
        samples += task.weight();
        notifyAll();
        return true;
    }

    /** Waits for some; none when it is closed and empty. */
    synchronized List<Task> take(int most) throws InterruptedException {
        while (tasks.isEmpty() && !closed) {
            wait();
        }
        List<Task> taken = new ArrayList<>();
        while (taken.size() < most && !tasks.isEmpty()) {
            Task task = tasks.removeFirst();
            samples -= task.weight();
            taken.add(task);
        }
        return taken;
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
