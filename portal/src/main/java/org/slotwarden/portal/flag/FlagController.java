package org.slotwarden.portal.flag;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.api.BadParameterException;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.api.PageOf;
import org.slotwarden.portal.api.Paging;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.user.Viewer;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Flags, that somebody knows of them, and whether they were right. */
@RestController
@RequestMapping("/api/v1")
class FlagController {

    private final FlagQueries queries;
    private final Flags flags;
    private final FlagVerdicts verdicts;
    private final JobQueries jobs;

    FlagController(FlagQueries queries, Flags flags, FlagVerdicts verdicts, JobQueries jobs) {
        this.queries = queries;
        this.flags = flags;
        this.verdicts = verdicts;
        this.jobs = jobs;
    }

    /** What an admin says with an acknowledgement. */
    record Acknowledgement(@Nullable String note) {}

    /** Several states mean any of them: {@code state=open,acknowledged}. */
    @GetMapping("/flags")
    PageOf<Flag> search(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String kind,
            @RequestParam(required = false) @Nullable Long rule,
            @RequestParam(required = false) @Nullable Long job,
            @RequestParam(required = false) @Nullable String user,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            Viewer viewer) {
        return page(new FlagFilter(states(state), kind(kind), job, blankToNull(user), rule), page, size, viewer);
    }

    @GetMapping("/jobs/{id}/flags")
    PageOf<Flag> ofJob(
            @PathVariable long id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            Viewer viewer) {
        if (jobs.find(id, viewer).isEmpty()) {
            throw new NotFoundException("There is no such job");
        }
        return page(new FlagFilter(Set.of(), null, id, null), page, size, viewer);
    }

    @PostMapping("/flags/{id}/acknowledge")
    Flag acknowledge(
            @PathVariable long id,
            @RequestBody(required = false) @Nullable Acknowledgement acknowledgement,
            Viewer viewer) {
        Optional<Flag> flag;
        try {
            flag = flags.acknowledge(id, acknowledgement == null ? null : acknowledgement.note(), viewer);
        } catch (IllegalArgumentException e) {
            throw new BadParameterException("note", "may have at most " + Flags.MAX_NOTE + " characters");
        }
        return flag.orElseThrow(() -> new NotFoundException("There is no such flag"));
    }

    /** What an admin says of a flag. */
    record Verdict(@Nullable String verdict) {}

    @PutMapping("/flags/{id}/verdict")
    Flag say(@PathVariable long id, @RequestBody Verdict said, Viewer viewer) {
        FlagVerdict verdict = Optional.ofNullable(said.verdict())
                .flatMap(FlagVerdict::named)
                .orElseThrow(() -> new BadParameterException("verdict", "must be problem or not_a_problem"));
        return said(verdicts.say(id, verdict, viewer));
    }

    @DeleteMapping("/flags/{id}/verdict")
    Flag takeBack(@PathVariable long id, Viewer viewer) {
        return said(verdicts.say(id, null, viewer));
    }

    private static Flag said(Optional<Flag> flag) {
        return flag.orElseThrow(() -> new NotFoundException("There is no such flag"));
    }

    /**
     * How often flags of each kind were right, as admins saw it.
     *
     * @param days flags raised in so many days, 1 to 3650
     */
    @GetMapping("/flags/precision")
    List<PrecisionOfKind> precision(@RequestParam(defaultValue = "90") int days, Viewer viewer) {
        if (days < 1 || days > 3650) {
            throw new BadParameterException("days", "must be 1 to 3650");
        }
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins see how often flags were right");
        }
        return verdicts.precision(Duration.ofDays(days)).stream()
                .map(PrecisionOfKind::new)
                .toList();
    }

    /** {@link Precision} in JSON: shares are 0 to 1, absent where nothing was judged. */
    record PrecisionOfKind(
            String kind,
            @Nullable Long ruleId,
            @Nullable String rule,
            long raised,
            long problems,
            long falseAlarms,
            @Nullable Double precision,
            @Nullable Double atLeast,
            @Nullable Double atMost) {

        PrecisionOfKind(Precision of) {
            this(
                    of.kind().kindName(),
                    of.rule() == null ? null : (Long) of.rule().id(),
                    of.rule() == null ? null : of.rule().name(),
                    of.raised(),
                    of.problems(),
                    of.falseAlarms(),
                    of.share(),
                    of.atLeast(),
                    of.atMost());
        }
    }

    private PageOf<Flag> page(FlagFilter filter, int page, int size, Viewer viewer) {
        Paging.check(page, size);
        FlagQueries.Found found = queries.search(filter, page, size, viewer);
        return new PageOf<>(found.flags(), page, size, found.total());
    }

    private static Set<FlagState> states(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return Set.of();
        }
        return Arrays.stream(text.split(","))
                .map(name -> FlagState.named(name.strip())
                        .orElseThrow(() -> new BadParameterException(
                                "state", "must be one or more of open, acknowledged, cleared, ended")))
                .collect(Collectors.toSet());
    }

    private static @Nullable FlagKind kind(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        return FlagKind.named(text.strip())
                .orElseThrow(() -> new BadParameterException(
                        "kind",
                        "must be one of "
                                + Arrays.stream(FlagKind.values())
                                        .map(FlagKind::kindName)
                                        .collect(Collectors.joining(", "))));
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
