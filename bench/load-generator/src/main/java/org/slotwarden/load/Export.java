package org.slotwarden.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;

/** Samples as the portal gives them out, from rows and from blocks (docs/rest.md). */
final class Export implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SAMPLE = "{\"type\":\"sample\"";

    private final URI portal;
    private final String apiToken;
    private final HttpClient http = HttpClient.newHttpClient();

    /** @param apiToken of an admin */
    Export(URI portal, String apiToken) {
        this.portal = portal;
        this.apiToken = apiToken;
    }

    /**
     * Figures of a slot's samples by time in milliseconds, as {@link Store#rowsOf} has them.
     *
     * @param job the portal's id of it
     * @throws IOException when the portal gives no whole answer, or a sample twice
     */
    Map<Long, long[]> samplesOf(long job, String slotId) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(portal.resolve("/api/v1/jobs/" + job + "/export"))
                .header("Authorization", "Bearer " + apiToken)
                .timeout(PATIENCE)
                .build();
        Map<Long, long[]> samples = new HashMap<>();
        try {
            HttpResponse<Stream<String>> answer = http.send(request, HttpResponse.BodyHandlers.ofLines());
            try (Stream<String> lines = answer.body()) {
                if (answer.statusCode() != 200) {
                    throw new IOException("HTTP " + answer.statusCode() + " for the export of job " + job);
                }
                for (Iterator<String> line = lines.iterator(); line.hasNext(); ) {
                    read(line.next(), slotId, samples);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", e);
        }
        return samples;
    }

    private static void read(String line, String slotId, Map<Long, long[]> samples) throws IOException {
        if (!line.startsWith(SAMPLE)) {
            return;
        }
        if (!(Json.parse(line) instanceof Map<?, ?> sample) || !(sample.get("time") instanceof String time)) {
            throw new IOException("no sample: " + line);
        }
        if (!slotId.equals(sample.get("slot_id"))) {
            return;
        }
        long[] figures = new long[Figure.COUNT];
        Arrays.fill(figures, -1);
        for (Figure figure : Figure.values()) {
            if (sample.get(figure.column()) instanceof Double level) {
                figures[figure.ordinal()] = figure.seconds() ? Math.round(level * 1e6) : level.longValue();
            }
        }
        if (samples.put(Instant.parse(time).toEpochMilli(), figures) != null) {
            throw new IOException("the portal gives out twice: " + line);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
