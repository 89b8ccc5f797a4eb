package org.slotwarden.portal.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.BadParameterException;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.api.PageOf;
import org.slotwarden.portal.api.Paging;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Storage systems. Pools and queues are for everybody, movers for whom they belong to; alarms, tokens and the end of
 * movers for admins (as the security module says).
 */
@RestController
@RequestMapping("/api/v1")
class StorageController {

    private static final Duration USUAL_STRETCH = Duration.ofHours(6);
    private static final Duration LONGEST_STRETCH = Duration.ofDays(31);
    private static final int MOST_OF_JOB = 500;

    private final StorageQueries queries;
    private final MoverReleases releases;
    private final StorageWatches watches;
    private final JobQueries jobs;
    private final Clock clock;

    StorageController(
            StorageQueries queries, MoverReleases releases, StorageWatches watches, JobQueries jobs, Clock clock) {
        this.queries = queries;
        this.releases = releases;
        this.watches = watches;
        this.jobs = jobs;
        this.clock = clock;
    }

    /** Storage systems with the newest look at each. */
    @GetMapping("/storage")
    List<StorageStatus> systems(Viewer viewer) {
        return queries.systems().stream()
                .map(one -> viewer.admin() ? one : one.withoutToken())
                .toList();
    }

    record IssuedToken(String storage, String token) {}

    @PostMapping("/storage/watches/{name}/token")
    @ResponseStatus(HttpStatus.CREATED)
    IssuedToken issue(@PathVariable String name, Viewer viewer) {
        return new IssuedToken(name, watches.issue(name, viewer));
    }

    @DeleteMapping("/storage/watches/{name}/token")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(@PathVariable String name, Viewer viewer) {
        if (!watches.withdraw(name, viewer)) {
            throw new NotFoundException("There is no such storage system, or it has no token");
        }
    }

    /** Pools of the newest look with their queues. */
    @GetMapping("/storage/pools")
    List<PoolStatus> pools(@RequestParam(required = false) @Nullable String storage) {
        return queries.pools(storage);
    }

    record QueueHistory(QueueStatus queue, List<QueuePoint> points) {}

    /** The last six hours up to {@code to}, or up to now, where it is not said otherwise. */
    @GetMapping("/storage/queues/{id}/history")
    QueueHistory history(
            @PathVariable long id,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to) {
        Instant end = to != null ? to : clock.instant();
        Instant begin = from != null ? from : end.minus(USUAL_STRETCH);
        if (!begin.isBefore(end)) {
            throw new BadParameterException("from", "must be before to");
        }
        if (Duration.between(begin, end).compareTo(LONGEST_STRETCH) > 0) {
            throw new BadParameterException("from", "must be 31 days before to at most");
        }
        QueueStatus queue = queries.queue(id).orElseThrow(() -> new NotFoundException("There is no such queue"));
        return new QueueHistory(queue, queries.history(id, begin, end));
    }

    /** @param job the portal's id */
    @GetMapping("/storage/movers")
    PageOf<Mover> movers(
            @RequestParam(required = false) @Nullable String storage,
            @RequestParam(required = false) @Nullable String pool,
            @RequestParam(required = false) @Nullable String queue,
            @RequestParam(required = false) @Nullable Long job,
            @RequestParam(required = false) @Nullable String user,
            @RequestParam(required = false) @Nullable String host,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            @RequestParam(defaultValue = "submitted_at") String sort,
            Viewer viewer) {
        Paging.check(page, size);
        boolean descending = sort.startsWith("-");
        StorageQueries.Found found = queries.movers(
                new MoverFilter(storage, pool, queue, job, user, host, state(state)),
                key(descending ? sort.substring(1) : sort),
                descending,
                page,
                size,
                viewer);
        return new PageOf<>(found.movers(), page, size, found.total());
    }

    private static MoverFilter.@Nullable State state(@Nullable String name) {
        return name == null
                ? null
                : MoverFilter.State.named(name)
                        .orElseThrow(() -> new BadParameterException(
                                "state", "must be queued, running, unconfirmed, unknown, idle, left or ended"));
    }

    private static StorageQueries.SortKey key(String name) {
        return Arrays.stream(StorageQueries.SortKey.values())
                .filter(key -> key.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new BadParameterException(
                        "sort",
                        "must be one of submitted_at, last_io_at, bytes, pool, gone_at, with a leading minus for"
                                + " descending"));
    }

    /** Who holds most, 500 at most. */
    @GetMapping("/storage/holders")
    List<Holder> holders(
            @RequestParam(required = false) @Nullable String storage,
            @RequestParam(required = false) @Nullable String pool,
            @RequestParam(required = false) @Nullable String queue,
            Viewer viewer) {
        return queries.holders(new MoverFilter(storage, pool, queue, null, null, null, null), viewer);
    }

    record OneMover(Mover mover, List<MoverRelease> releases) {}

    /** A mover, with what was ordered of it. */
    @GetMapping("/storage/movers/{id}")
    OneMover mover(@PathVariable long id, Viewer viewer) {
        return new OneMover(queries.mover(id, viewer).orElseThrow(StorageController::noMover), releases.ofMover(id));
    }

    record Wanted(@Nullable String reason) {}

    /** Orders its end. */
    @PostMapping("/storage/movers/{id}/release")
    @ResponseStatus(HttpStatus.ACCEPTED)
    MoverRelease release(@PathVariable long id, @RequestBody Wanted wanted, Viewer viewer) {
        return releases.order(id, wanted.reason(), viewer).orElseThrow(StorageController::noMover);
    }

    /** The open ones; with {@code cleared=true} those that are over, too. */
    @GetMapping("/storage/alarms")
    List<StorageAlarm> alarms(
            @RequestParam(required = false) @Nullable String storage,
            @RequestParam(defaultValue = "false") boolean cleared,
            Viewer viewer) {
        return queries.alarms(storage, cleared, viewer);
    }

    record MoversOfJob(List<JobHolding> holdings, List<Mover> movers) {}

    /** What a job holds now of each queue, and its movers, the newest first; with {@code ended=true} past ones, too. */
    @GetMapping("/jobs/{id}/movers")
    MoversOfJob ofJob(@PathVariable long id, @RequestParam(defaultValue = "false") boolean ended, Viewer viewer) {
        if (jobs.summary(id, viewer).isEmpty()) {
            throw new NotFoundException("There is no such job");
        }
        return new MoversOfJob(queries.holdings(id, viewer), queries.ofJob(id, ended, MOST_OF_JOB, viewer));
    }

    private static NotFoundException noMover() {
        return new NotFoundException("There is no such mover");
    }
}
