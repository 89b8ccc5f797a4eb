package org.slotwarden.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Figures of recorded jobs in the archive format of ClusterCockpit: files {@code data.json.gz} with, for each node,
 * what that site measured. Each slot replays one node of one job, beginning anew when it is over. What that site did
 * not measure is made of what it did: processor time of the load, memory of {@code mem_used}, characters of the
 * bandwidth of memory, calls and context switches of operations and instructions; operations on storage stay rare.
 */
final class RecordedCourse implements Course {

    private static final List<String> METRICS =
            List.of("cpu_load", "mem_used", "mem_bw", "flops_any", "ipc", "clock", "rapl_power");

    /** Of each recorded node: for each figure its level at each sample, counters added up. */
    private final List<long[][]> nodes;

    private RecordedCourse(List<long[][]> nodes) {
        this.nodes = nodes;
    }

    /**
     * @param directory in which archives lie, at any depth
     * @throws IOException when there is none, or one that cannot be read
     */
    static RecordedCourse read(Path directory) throws IOException {
        List<Path> archives;
        try (Stream<Path> files = Files.walk(directory)) {
            archives =
                    files.filter(file -> file.endsWith("data.json.gz")).sorted().toList();
        }
        List<long[][]> nodes = new ArrayList<>();
        for (Path archive : archives) {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(archive))) {
                nodes.addAll(read(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
            } catch (IllegalArgumentException | ClassCastException e) {
                throw new IOException(archive + " is no archive of a job: " + e.getMessage(), e);
            }
        }
        if (nodes.isEmpty()) {
            throw new IOException("no recorded jobs (data.json.gz) in " + directory);
        }
        return new RecordedCourse(nodes);
    }

    private static List<long[][]> read(String text) {
        Map<?, ?> archive = map(Json.parse(text));
        List<List<double[]>> metrics = new ArrayList<>();
        double step = 60;
        for (String metric : METRICS) {
            Map<?, ?> scope = map(map(archive.get(metric)).get("node"));
            step = scope.get("timestep") instanceof Double told ? told : step;
            metrics.add(list(scope.get("series")).stream()
                    .map(one -> filled(list(map(one).get("data"))))
                    .toList());
        }
        List<long[][]> nodes = new ArrayList<>();
        for (int node = 0; node < metrics.getFirst().size(); node++) {
            int at = node;
            nodes.add(figures(metrics.stream().map(series -> series.get(at)).toList(), step));
        }
        return nodes;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("a metric is missing");
    }

    private static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("a series is missing");
    }

    /** A gap has the level before it. */
    private static double[] filled(List<?> recorded) {
        double[] values = new double[recorded.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = recorded.get(i) instanceof Double value ? Math.max(0, value) : i == 0 ? 0 : values[i - 1];
        }
        return values;
    }

    private static long[][] figures(List<double[]> recorded, double step) {
        int length = recorded.stream().mapToInt(series -> series.length).min().orElse(0);
        long[][] figures = new long[length][Figure.COUNT];
        for (int i = 0; i < length; i++) {
            double load = recorded.get(0)[i];
            double memory = recorded.get(1)[i];
            double bandwidth = recorded.get(2)[i];
            double flops = recorded.get(3)[i];
            double ipc = recorded.get(4)[i];
            double clock = recorded.get(5)[i];
            double power = recorded.get(6)[i];
            double[] levels = {
                Math.round(memory * 1e9 / 4096) * 4096.0,
                Math.round(memory * 0.98e9 / 1024) * 1024.0,
                0,
                20,
                20 + Math.round(load),
                240,
                12,
                Math.round(power / 64) * 4096.0,
                // From here on: in this step.
                load * step * 1e6 * 0.98,
                load * step * 1e6 * 0.02,
                Math.max(0, load - 20) * step * 1e6,
                0,
                i % 60 == 0 ? memory * 1e8 : 0,
                bandwidth * step * 1e5,
                bandwidth * step * 4e4,
                ipc * step * 50,
                ipc * step * 20,
                0,
                i % 60 == 0 ? memory * 400 : 0,
                0,
                flops * step / 10,
                clock * step / 1000,
            };
            for (int figure = 0; figure < Figure.COUNT; figure++) {
                long before = figure >= Figure.GAUGES && i > 0 ? figures[i - 1][figure] : 0;
                figures[i][figure] = before + Math.round(levels[figure]);
            }
        }
        return figures;
    }

    @Override
    public void fill(long slot, int index, long[] figures) {
        long[][] node = nodes.get((int) Hash.below(Hash.of(slot, -10), nodes.size()));
        long[] now = node[index % node.length];
        long laps = index / node.length;
        for (int figure = 0; figure < Figure.COUNT; figure++) {
            figures[figure] = now[figure] + (figure < Figure.GAUGES ? 0 : laps * node[node.length - 1][figure]);
        }
    }
}
