package org.slotwarden.load;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Bodies of the first steps, made before a run begins, so that what is measured on the same machine is not the
 * compressing of them, which at a site happens on the nodes.
 */
final class Prepared {

    /** @param samples job samples in it */
    record Body(byte[] bytes, int samples) {}

    private final Body[][] bodies;
    private final int stepsAtOnce;

    private Prepared(Body[][] bodies, int stepsAtOnce) {
        this.bodies = bodies;
        this.stepsAtOnce = stepsAtOnce;
    }

    static Prepared none() {
        return new Prepared(new Body[0][], 1);
    }

    /** @param steps rounded down to a multiple of those that go into a batch */
    static Prepared make(Site site, Course course, Habits habits, int steps) {
        int gzipLevel = habits.gzipLevel();
        int batches = steps / habits.stepsAtOnce();
        Body[][] bodies = new Body[site.nodes()][];
        int parts = 2 * Runtime.getRuntime().availableProcessors();
        IntStream.range(0, parts).parallel().forEach(part -> {
            BatchWriter writer = new BatchWriter(site, course);
            try (Gzip gzip = new Gzip(Math.max(1, gzipLevel))) {
                for (int node = part; node < site.nodes(); node += parts) {
                    bodies[node] = new Body[batches];
                    for (int batch = 0; batch < batches; batch++) {
                        int first = batch * habits.stepsAtOnce();
                        int[] of = IntStream.range(first, first + habits.stepsAtOnce())
                                .toArray();
                        bodies[node][batch] = body(writer, gzipLevel == 0 ? null : gzip, node, of);
                    }
                }
            }
        });
        return new Prepared(bodies, habits.stepsAtOnce());
    }

    private static Body body(BatchWriter writer, @Nullable Gzip gzip, int node, int[] steps) {
        writer.write(node, steps, false, System.currentTimeMillis());
        byte[] bytes = writer.body().buffer();
        int size = writer.body().size();
        if (gzip != null) {
            size = gzip.compress(bytes, size);
            bytes = gzip.buffer();
        }
        return new Body(Arrays.copyOf(bytes, size), writer.samples());
    }

    /** Of these steps, without facts that were asked for; null: not prepared. */
    @Nullable
    Body body(int node, int[] steps) {
        int batch = steps[0] / stepsAtOnce;
        return steps.length == stepsAtOnce
                        && steps[0] % stepsAtOnce == 0
                        && node < bodies.length
                        && batch < bodies[node].length
                ? bodies[node][batch]
                : null;
    }
}
