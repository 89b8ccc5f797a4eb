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

    private Prepared(Body[][] bodies) {
        this.bodies = bodies;
    }

    static Prepared none() {
        return new Prepared(new Body[0][]);
    }

    static Prepared make(Site site, Course course, int gzipLevel, int steps) {
        Body[][] bodies = new Body[site.nodes()][];
        int parts = 2 * Runtime.getRuntime().availableProcessors();
        IntStream.range(0, parts).parallel().forEach(part -> {
            BatchWriter writer = new BatchWriter(site, course);
            try (Gzip gzip = new Gzip(Math.max(1, gzipLevel))) {
                for (int node = part; node < site.nodes(); node += parts) {
                    bodies[node] = new Body[steps];
                    for (int step = 0; step < steps; step++) {
                        bodies[node][step] = body(writer, gzipLevel == 0 ? null : gzip, node, step);
                    }
                }
            }
        });
        return new Prepared(bodies);
    }

    private static Body body(BatchWriter writer, @Nullable Gzip gzip, int node, int step) {
        writer.write(node, new int[] {step}, false, System.currentTimeMillis());
        byte[] bytes = writer.body().buffer();
        int size = writer.body().size();
        if (gzip != null) {
            size = gzip.compress(bytes, size);
            bytes = gzip.buffer();
        }
        return new Body(Arrays.copyOf(bytes, size), writer.samples());
    }

    /** Of one step, without facts that were asked for; null: not prepared. */
    @Nullable
    Body body(int node, int[] steps) {
        return steps.length == 1 && node < bodies.length && steps[0] < bodies[node].length
                ? bodies[node][steps[0]]
                : null;
    }
}
