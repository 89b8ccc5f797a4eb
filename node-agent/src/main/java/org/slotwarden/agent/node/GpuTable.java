package org.slotwarden.agent.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.slotwarden.agent.probe.ProcText;
import org.slotwarden.wire.v1.GpuSample;

/** What {@code nvidia-smi --query-gpu=... --format=csv,noheader,nounits} prints: a line for each GPU. */
final class GpuTable {

    /** In the order in which the parser takes them. A name may hold commas, so it stands where it can be told. */
    static final String QUERY = "index,uuid,name,utilization.gpu,memory.used,memory.total,power.draw,temperature.gpu";

    private static final int MOST = 64;
    private static final int BEFORE_NAME = 2;
    private static final int AFTER_NAME = 5;
    private static final int LONGEST_TEXT = 100;

    private GpuTable() {}

    /**
     * The GPUs; a figure that a GPU does not know ({@code [N/A]}) is absent.
     *
     * @throws IOException when a line is no GPU
     */
    static List<GpuSample> parse(String text) throws IOException {
        List<GpuSample> gpus = new ArrayList<>();
        for (String line : text.lines().filter(l -> !l.isBlank()).toList()) {
            if (gpus.size() == MOST) {
                break;
            }
            String[] field =
                    Arrays.stream(line.split(",", -1)).map(String::strip).toArray(String[]::new);
            int end = field.length - AFTER_NAME;
            OptionalLong index = ProcText.wholeNumber(field[0]);
            if (end <= BEFORE_NAME
                    || index.isEmpty()
                    || index.getAsLong() > Integer.MAX_VALUE
                    || !field[1].matches("[A-Za-z0-9-]{1,80}")) {
                throw new IOException("no line about a GPU: " + shown(line));
            }
            GpuSample.Builder gpu =
                    GpuSample.newBuilder().setIndex((int) index.getAsLong()).setUuid(field[1]);
            String name = String.join(", ", Arrays.asList(field).subList(BEFORE_NAME, end));
            if (!name.isEmpty() && !name.startsWith("[")) {
                gpu.setName(shown(name));
            }
            number(field[end], 100).ifPresent(percent -> gpu.setUtilization(percent / 100));
            number(field[end + 1], 1 << 30).ifPresent(mib -> gpu.setMemoryUsedBytes((long) (mib * (1 << 20))));
            number(field[end + 2], 1 << 30).ifPresent(mib -> gpu.setMemoryTotalBytes((long) (mib * (1 << 20))));
            number(field[end + 3], 100_000).ifPresent(gpu::setPowerWatts);
            number(field[end + 4], 1000).ifPresent(gpu::setCelsius);
            gpus.add(gpu.build());
        }
        return gpus;
    }

    private static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}+", " ");
        return clean.length() > LONGEST_TEXT ? clean.substring(0, LONGEST_TEXT) : clean;
    }

    private static OptionalDouble number(String text, double most) {
        if (!text.matches("[0-9]{1,12}(\\.[0-9]{1,6})?") || Double.parseDouble(text) > most) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(Double.parseDouble(text));
    }
}
