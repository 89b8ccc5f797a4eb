package org.slotwarden.portal.web;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.storage.Confidence;
import org.slotwarden.portal.storage.Holder;
import org.slotwarden.portal.storage.JobHolding;
import org.slotwarden.portal.storage.Mover;
import org.slotwarden.portal.storage.MoverRelease;
import org.slotwarden.portal.storage.PoolStatus;
import org.slotwarden.portal.storage.QueueStatus;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Component;

/** How the pages tell of movers, and of who holds them. Paths and names are what anybody may have chosen. */
@Component
class MoverView {
    private static final int LONGEST_PATH = 80;
    private static final int MOST_CANDIDATES = 5;

    private final JobQueries jobs;
    private final Format format;

    MoverView(JobQueries jobs, Format format) {
        this.jobs = jobs;
        this.format = format;
    }

    /** A job as a link. */
    record JobLink(long jobId, String job) {}

    /** How sure it is, as style, mark and word. */
    record Sure(String level, String mark, String word) {
        static Sure of(Confidence confidence) {
            return switch (confidence) {
                case CERTAIN -> new Sure("good", "✓", "certain");
                case LIKELY -> new Sure("warn", "≈", "likely");
                case AMBIGUOUS -> new Sure("quiet", "?", "ambiguous");
                case NONE -> new Sure("plain", "–", "no job known");
            };
        }
    }

    /**
     * Who holds movers.
     *
     * @param of places of the queue that are taken, where the list is of one queue
     * @param idle how many of them are idle
     * @param quietSince last input or output of the one that had none for longest
     * @param label what the link's text is about
     */
    record HolderRow(
            @Nullable JobLink job,
            List<JobLink> candidates,
            int moreCandidates,
            @Nullable String user,
            @Nullable String host,
            @Nullable String nodeLink,
            long movers,
            long queued,
            @Nullable Integer of,
            String share,
            @Nullable Instant oldest,
            String idle,
            @Nullable Instant quietSince,
            Sure sure,
            @Nullable String reason,
            String link,
            String label) {}

    HolderRow holder(Holder holder, String storage, @Nullable QueueStatus of) {
        String jobId = holder.batchJobId();
        JobLink job = holder.jobId() == null || jobId == null ? null : new JobLink(holder.jobId(), jobId);
        String host = text(holder.host());
        String label = job != null ? job.job() : text(holder.user()) + " " + host;
        Integer active = of == null ? null : of.active();
        return new HolderRow(
                job,
                List.of(),
                0,
                holder.user(),
                holder.host(),
                holder.node() ? "/nodes/" + host : null,
                holder.movers(),
                holder.queued(),
                active,
                format.percent(holder.movers(), active),
                holder.oldestAt(),
                format.number(holder.idle()),
                holder.quietSince(),
                Sure.of(holder.confidence()),
                holder.left() == 0 ? holder.reason() : left(holder.left()),
                link(holder, storage, of),
                label);
    }

    /** A job's movers stand on the page of the queue, beside its curves. */
    private static String link(Holder holder, String storage, @Nullable QueueStatus of) {
        String job = holder.jobId() == null ? "" : holder.jobId().toString();
        if (of != null && !job.isEmpty()) {
            return StorageView.address(StorageView.link(of.id()), "job", job, "only", "true");
        }
        return StorageView.address(
                "/storage/holders",
                "list",
                "movers",
                "storage",
                storage,
                "pool",
                of == null ? "" : of.pool(),
                "queue",
                of == null ? "" : of.name(),
                "job",
                job,
                "user",
                job.isEmpty() ? text(holder.user()) : "",
                "host",
                text(holder.host()));
    }

    private static String left(long movers) {
        return movers == 1 ? "The job of one of them has ended." : "The jobs of " + movers + " of them have ended.";
    }

    /**
     * One mover.
     *
     * @param path cut, with nothing hidden in it
     * @param fullPath the same, not cut
     */
    record MoverRow(
            long id,
            String path,
            String fullPath,
            String pool,
            String queue,
            @Nullable String queueLink,
            String level,
            String mark,
            String words,
            @Nullable Instant since,
            String idle,
            @Nullable Long bytes,
            String direction,
            @Nullable String client,
            String protocol,
            @Nullable String user,
            @Nullable JobLink job,
            List<JobLink> candidates,
            int moreCandidates,
            Sure sure,
            @Nullable String reason) {}

    /** @param pools to find the pages of their queues */
    List<MoverRow> movers(List<Mover> movers, List<PoolStatus> pools, Viewer viewer) {
        Map<Long, String> names = names(movers, viewer);
        return movers.stream()
                .map(mover -> {
                    List<JobLink> candidates = mover.attribution().candidates().stream()
                            .limit(MOST_CANDIDATES)
                            .filter(names::containsKey)
                            .map(id -> new JobLink(id, Objects.requireNonNull(names.get(id))))
                            .toList();
                    return mover(mover, pools, candidates);
                })
                .toList();
    }

    private Map<Long, String> names(List<Mover> movers, Viewer viewer) {
        Map<Long, String> names = new HashMap<>();
        movers.stream()
                .flatMap(mover -> mover.attribution().candidates().stream().limit(MOST_CANDIDATES))
                .distinct()
                .forEach(id -> jobs.summary(id, viewer).map(JobSummary::jobId).ifPresent(name -> names.put(id, name)));
        return names;
    }

    private MoverRow mover(Mover mover, List<PoolStatus> pools, List<JobLink> candidates) {
        var whose = mover.attribution();
        State state = state(mover);
        return new MoverRow(
                mover.id(),
                mover.path() == null
                        ? "file " + format.name(mover.fileId(), 64)
                        : format.name(mover.path(), LONGEST_PATH),
                mover.path() == null ? "file " + format.visible(mover.fileId()) : format.visible(mover.path()),
                mover.pool(),
                mover.queue(),
                queueLink(mover.storage(), mover.pool(), mover.queue(), pools),
                state.level(),
                state.mark(),
                state.words(),
                mover.submittedAt() != null ? mover.submittedAt() : mover.endedAt(),
                format.duration(mover.idleFor()),
                mover.bytes(),
                text(mover.direction()).toLowerCase(Locale.ROOT),
                mover.attribution().node() != null ? mover.attribution().node() : mover.clientAddress(),
                format.name(mover.protocol(), 24),
                whose.user() != null ? whose.user() : mover.user(),
                whose.jobId() == null || whose.batchJobId() == null
                        ? null
                        : new JobLink(whose.jobId(), whose.batchJobId()),
                candidates,
                whose.candidates().size() - candidates.size(),
                Sure.of(whose.confidence()),
                whose.reason());
    }

    private record State(String level, String mark, String words) {}

    private State state(Mover mover) {
        if (mover.goneAt() != null) {
            boolean badly = mover.endStatus() != null && mover.endStatus() != 0;
            return badly ? new State("bad", "✗", "ended badly") : new State("plain", "■", "ended");
        }
        if (mover.attribution().jobEndedAt() != null) {
            return new State("warn", "!", "its job has ended");
        }
        return switch (mover.state()) {
            case QUEUED -> new State("quiet", "○", "waits");
            case RUNNING -> new State("running", "▶", "open");
            case UNCONFIRMED -> new State("quiet", "?", "told by the door only");
            case UNKNOWN -> new State("quiet", "?", format.name(mover.stateText(), 40));
        };
    }

    private static @Nullable String queueLink(String storage, String pool, String queue, List<PoolStatus> pools) {
        return pools.stream()
                .filter(one -> one.storage().equals(storage) && one.name().equals(pool))
                .flatMap(one -> one.queues().stream())
                .filter(one -> one.name().equals(queue))
                .findFirst()
                .map(one -> StorageView.link(one.id()))
                .orElse(null);
    }

    /** What a job holds of a queue, in one line. */
    record HoldingRow(String pool, String queue, @Nullable String link, String words) {}

    List<HoldingRow> holdings(List<JobHolding> holdings, List<PoolStatus> pools) {
        return holdings.stream()
                .map(one -> new HoldingRow(
                        one.pool(), one.queue(), queueLink(one.storage(), one.pool(), one.queue(), pools), words(one)))
                .toList();
    }

    private String words(JobHolding one) {
        StringBuilder words = new StringBuilder(format.number(one.movers()));
        if (one.active() == null) {
            words.append(" in use");
        } else {
            words.append(" of the %s in use (%s)"
                    .formatted(format.number(one.active()), format.percent(one.movers(), one.active())));
        }
        if (one.maxActive() != null) {
            words.append(", ").append(format.number(one.maxActive())).append(" at most");
        }
        if (one.idle() > 0) {
            words.append("; ").append(format.number(one.idle())).append(one.idle() == 1 ? " lies idle" : " lie idle");
        }
        if (one.queued() > 0) {
            words.append("; of its own wait ").append(format.number(one.queued()));
        }
        return words.toString();
    }

    /** All that is known of one. */
    List<Fact> facts(Mover mover) {
        List<Fact> facts = new ArrayList<>();
        add(facts, "State", state(mover).words());
        add(facts, "Path", mover.path());
        add(facts, "File", mover.fileId());
        add(facts, "Pool, queue", mover.pool() + ", " + mover.queue());
        add(facts, "Submitted", mover.submittedAt());
        add(facts, "Place taken", mover.startedAt());
        add(facts, "Last read or write", mover.lastIoAt());
        add(facts, "Not seen any more", mover.goneAt());
        add(facts, "Ended", mover.endedAt());
        add(facts, "How it ended", mover.endText());
        add(facts, "Moved", mover.bytes() == null ? null : format.bytes(mover.bytes()));
        add(facts, "Protocol", mover.protocol());
        add(facts, "Door", mover.door());
        add(
                facts,
                "Client",
                Stream.concat(mover.clientChain().stream(), Stream.ofNullable(mover.clientAddress()))
                        .distinct()
                        .reduce((one, other) -> one + " through " + other)
                        .orElse(null));
        add(facts, "Client's port", mover.clientPort());
        add(facts, "Client's process", mover.clientProcess());
        add(facts, "User of the storage", mover.user());
        add(facts, "User id", mover.uid());
        add(facts, "Group id", mover.gid());
        add(facts, "Storage's end", mover.storageEndpoint());
        add(facts, "Door says", mover.sessionStatus());
        return facts;
    }

    private void add(List<Fact> facts, String what, @Nullable Object value) {
        if (value instanceof Instant time) {
            facts.add(new Fact(what, format.time(time) + ", " + format.relative(time), null));
        } else if (value != null && !value.toString().isEmpty()) {
            facts.add(new Fact(what, format.visible(value.toString()), null));
        }
    }

    /** An order to end a mover, and what became of it. */
    record ReleaseRow(
            String words,
            Instant at,
            String author,
            String reason,
            @Nullable String detail) {}

    ReleaseRow release(MoverRelease release) {
        String words = switch (release.state()) {
            case OPEN -> release.toldAt() == null ? "Ordered, the watch will be told" : "Ordered, the watch was told";
            case DONE -> "Ended";
            case GONE -> "It was gone already";
            case REFUSED -> "Refused by the watch";
            case FAILED -> "Failed";
            case EXPIRED -> "Nothing was heard of it in time: it may have been ended";
        };
        return new ReleaseRow(words, release.orderedAt(), release.author(), release.reason(), release.detail());
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
