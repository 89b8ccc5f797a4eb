package org.slotwarden.agent.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.wire.v1.GpuSample;
import org.slotwarden.wire.v1.NodeSample;

/**
 * The node's GPUs, through nvidia-smi. Its figures are those of its last run, which is up to one interval
 * ago: it takes a tenth of a second, and some seconds where no daemon keeps the driver awake.
 */
public final class Gpus implements NodeFigure {

    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration LEAST_GAP = Duration.ofSeconds(10);

    private final Aside<List<GpuSample>> gpus;

    /** @param interval between two samples */
    public Gpus(Path nvidiaSmi, Duration interval) {
        this(nvidiaSmi, interval, LIMIT, LEAST_GAP);
    }

    Gpus(Path nvidiaSmi, Duration interval, Duration limit, Duration leastGap) {
        // Half an interval: a sample may come a little earlier than the one before did.
        Duration half = Duration.ofMillis(interval.toMillis() / 2);
        this.gpus = new Aside<>(
                "nvidia-smi",
                new Aside.Pace(
                        half.compareTo(leastGap) > 0 ? half : leastGap,
                        limit,
                        Duration.ofMillis(2 * interval.toMillis())),
                ErrorKind.GPU_SLOW,
                ErrorKind.GPU_UNUSABLE,
                new NvidiaSmi(nvidiaSmi, limit)::read);
    }

    @Override
    public void prepare() {
        gpus.request();
    }

    @Override
    public void into(NodeSample.Builder sample) {
        gpus.latest().ifPresent(sample::addAllGpus);
    }
}
