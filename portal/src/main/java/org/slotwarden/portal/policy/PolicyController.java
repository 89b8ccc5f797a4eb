package org.slotwarden.portal.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.BadParameterException;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.api.PageOf;
import org.slotwarden.portal.api.Paging;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Policies, for admins. */
@RestController
@RequestMapping("/api/v1/policies")
class PolicyController {

    private final Policies policies;
    private final Backtests backtests;

    PolicyController(Policies policies, Backtests backtests) {
        this.policies = policies;
        this.backtests = backtests;
    }

    /** A policy as it is sent. */
    record Wanted(@Nullable String name, @Nullable PolicyTerms terms) {}

    /** A version as it is sent. */
    record WantedVersion(@Nullable PolicyTerms terms) {}

    /**
     * @param openCases jobs at which the policy is now
     * @param retiredRules that its newest version or the one that acts names, and that flag no job any more
     */
    record Details(Policy policy, long openCases, List<String> retiredRules, List<PolicyVersion> versions) {}

    @GetMapping
    List<Policy> all(Viewer viewer) {
        return policies.all(viewer);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Policy create(@RequestBody Wanted wanted, Viewer viewer) {
        return policies.create(wanted.name(), wanted.terms(), viewer);
    }

    @GetMapping("/{id}")
    Details details(@PathVariable long id, Viewer viewer) {
        Policy policy = found(policies.find(id, viewer));
        return new Details(
                policy,
                policies.openCases(id, viewer),
                policies.retiredRules(policy, viewer),
                policies.versions(id, viewer));
    }

    @PostMapping("/{id}/versions")
    @ResponseStatus(HttpStatus.CREATED)
    Policy addVersion(@PathVariable long id, @RequestBody WantedVersion wanted, Viewer viewer) {
        return found(policies.addVersion(id, wanted.terms(), viewer));
    }

    record Choice(@Nullable Integer version) {

        int needed() {
            if (version == null) {
                throw new BadParameterException("version", "is missing");
            }
            return version;
        }
    }

    /** Where the site wants a second admin, asks for the approval. */
    @PostMapping("/{id}/on")
    Policy switchOn(@PathVariable long id, @RequestBody Choice choice, Viewer viewer) {
        return found(policies.switchOn(id, choice.needed(), viewer));
    }

    @PostMapping("/{id}/approve")
    Policy approve(@PathVariable long id, @RequestBody Choice choice, Viewer viewer) {
        return found(policies.approve(id, choice.needed(), viewer));
    }

    /** @param dryRun whether it is still followed, without an act */
    record Off(@Nullable Boolean dryRun) {}

    @PostMapping("/{id}/off")
    Policy switchOff(@PathVariable long id, @RequestBody(required = false) @Nullable Off off, Viewer viewer) {
        boolean dryRun = off != null && off.dryRun() != null && off.dryRun();
        return found(policies.switchOff(id, dryRun, viewer));
    }

    /**
     * What a version would have done; it is kept, and the version can be switched on.
     *
     * @param version the newest, when nothing is said
     * @param from 30 days before {@code to}, when nothing is said
     * @param to now, when nothing is said
     */
    @GetMapping("/{id}/backtest")
    Backtest backtest(
            @PathVariable long id,
            @RequestParam(required = false) @Nullable Integer version,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            Viewer viewer) {
        return found(backtests.make(id, version, from, to, viewer));
    }

    /** The newest first. */
    @GetMapping("/{id}/acts")
    PageOf<PolicyAct> acts(
            @PathVariable long id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            Viewer viewer) {
        Paging.check(page, size);
        found(policies.find(id, viewer));
        Policies.Acts found = policies.acts(id, page, size, viewer);
        return new PageOf<>(found.acts(), page, size, found.total());
    }

    private static <T> T found(Optional<T> one) {
        return one.orElseThrow(() -> new NotFoundException("There is no such policy, or no such version"));
    }
}
