package org.slotwarden.storagewatch.replay;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Recorded answers, moved in time: whoever asks gets what the storage system answered at the same moment of the
 * recording, with all its times moved to now. After the last one it begins again, with later times.
 *
 * <p>A folder with {@code series/<epoch ms>_<resource>}, {@code still/<resource>} for what does not change, and
 * {@code billing.json} (docs: recording/README.md).
 */
public final class Recording {

    private static final Pattern FILE = Pattern.compile("(\\d{13})_(.+)");

    /** Milliseconds of an epoch, not part of a longer number. */
    private static final Pattern TIME = Pattern.compile("(?<![\\d.])\\d{13}(?!\\d)");

    private static final Pattern DATE = Pattern.compile("\"date\":\"([^\"]{10,40})\"");

    /** The last answers stand for as long as those before. */
    private static final long STEP_MS = 5_000;

    private static final long NEAR_MS = Duration.ofDays(1).toMillis();

    private final TreeMap<Long, Map<String, String>> series = new TreeMap<>();
    private final Map<String, String> still = new HashMap<>();
    private final List<String> billing;
    private final long firstMs;
    private final long lengthMs;
    private final long beginMs;

    /**
     * @param folder as described above
     * @param beginMs when the recording begins to be played
     * @throws IOException when it cannot be read or holds no series
     */
    public Recording(Path folder, long beginMs) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.resolve("series"))) {
            for (Path file : files) {
                Matcher name = FILE.matcher(file.getFileName().toString());
                if (name.matches()) {
                    series.computeIfAbsent(Long.valueOf(name.group(1)), at -> new HashMap<>())
                            .put(name.group(2), Files.readString(file));
                }
            }
        }
        if (series.isEmpty()) {
            throw new IOException(folder + " holds no series");
        }
        try (Stream<Path> files = Files.list(folder.resolve("still"))) {
            for (Path file : files.toList()) {
                still.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        Path records = folder.resolve("billing.json");
        this.billing = Files.exists(records) ? Files.readAllLines(records) : List.of();
        this.firstMs = series.firstKey();
        this.lengthMs = series.lastKey() - firstMs + STEP_MS;
        this.beginMs = beginMs;
    }

    /** How long it lasts until it begins again. */
    public Duration length() {
        return Duration.ofMillis(lengthMs);
    }

    /** What was answered for this resource ({@code pools_pool_a_movers.json}); null: it was never asked for. */
    public @Nullable String answer(String resource, long nowMs) {
        String fixed = still.get(resource);
        if (fixed != null) {
            return moved(fixed, nowMs);
        }
        var moment = series.floorEntry(firstMs + playedMs(nowMs));
        String text = moment == null ? null : moment.getValue().get(resource);
        return text == null ? null : moved(text, nowMs);
    }

    /** Records of movers that ended in this span of now's time, from exclusive, to inclusive, oldest first. */
    public List<String> billing(long fromMs, long toMs) {
        List<String> ended = new ArrayList<>();
        for (String record : billing) {
            String moved = moved(record, toMs);
            Matcher date = DATE.matcher(moved);
            if (date.find()) {
                long at = Instant.parse(date.group(1)).toEpochMilli();
                if (at > fromMs && at <= toMs) {
                    ended.add(moved);
                }
            }
        }
        return ended;
    }

    /** How often it has begun again until now. */
    long round(long nowMs) {
        return Math.floorDiv(nowMs - beginMs, lengthMs);
    }

    private long playedMs(long nowMs) {
        return Math.floorMod(nowMs - beginMs, lengthMs);
    }

    private String moved(String text, long nowMs) {
        long shift = nowMs - playedMs(nowMs) - firstMs;
        String times = TIME.matcher(text).replaceAll(match -> {
            long time = Long.parseLong(match.group());
            return Math.abs(time - firstMs) > NEAR_MS ? match.group() : Long.toString(time + shift);
        });
        return DATE.matcher(times).replaceAll(match -> {
            try {
                Instant date = Instant.parse(match.group(1)).plusMillis(shift);
                return "\"date\":\"" + date + "\"";
            } catch (DateTimeParseException e) {
                return Matcher.quoteReplacement(match.group());
            }
        });
    }
}
