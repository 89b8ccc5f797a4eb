package org.slotwarden.portal.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All that one node tells of one slot in one batch, in the order in which it came. Each is equal to itself only. */
final class ToldSlot {

    private final long nodeId;
    private final String node;
    private final String key;
    private final List<SlotNews> news = new ArrayList<>();

    private ToldSlot(NodeNews told, String key) {
        this.nodeId = told.nodeId();
        this.node = told.node();
        this.key = key;
    }

    static List<ToldSlot> of(NodeNews told) {
        Map<String, ToldSlot> bySlot = new LinkedHashMap<>();
        told.news()
                .forEach(news -> bySlot.computeIfAbsent(news.slotId(), key -> new ToldSlot(told, key))
                        .news
                        .add(news));
        return List.copyOf(bySlot.values());
    }

    long nodeId() {
        return nodeId;
    }

    String node() {
        return node;
    }

    String key() {
        return key;
    }

    List<SlotNews> news() {
        return news;
    }

    /** What the batch system said of the job; null when nobody told yet. */
    @Nullable
    JobFacts job() {
        return first(SlotNews::job);
    }

    @Nullable
    Instant startedAt() {
        return first(SlotNews::startedAt);
    }

    @Nullable
    Integer cores() {
        return first(SlotNews::cores);
    }

    @Nullable
    Long memoryBytes() {
        return first(SlotNews::memoryBytes);
    }

    /** As configured on the node when it told last. */
    @Nullable
    Double sampleIntervalSeconds() {
        Double last = null;
        for (SlotNews one : news) {
            last = one.sampleIntervalSeconds() == null ? last : one.sampleIntervalSeconds();
        }
        return last;
    }

    /** Together with what was known of the end before. */
    @Nullable
    SlotEnd end(@Nullable SlotEnd known) {
        SlotEnd end = known;
        for (SlotNews one : news) {
            end = one.end() == null ? end : one.end().and(end);
        }
        return end;
    }

    boolean changesLife() {
        return news.stream().anyMatch(SlotNews::changesLife);
    }

    /** When the slot existed for certain. */
    Instant moment(Instant now) {
        Instant startedAt = startedAt();
        return startedAt != null
                ? startedAt
                : news.stream()
                        .map(one -> one.moment(now))
                        .min(Comparator.naturalOrder())
                        .orElse(now);
    }

    private <T> @Nullable T first(Function<SlotNews, @Nullable T> part) {
        for (SlotNews one : news) {
            T value = part.apply(one);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
