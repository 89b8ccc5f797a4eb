package org.slotwarden.portal.rule;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.rule.RuleHealth;
import org.slotwarden.portal.api.BadParameterException;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Rules of the site, for admins. */
@RestController
@RequestMapping("/api/v1/rules")
class RuleController {

    private final Rules rules;
    private final Trials trials;
    private final LiveRules live;

    RuleController(Rules rules, Trials trials, LiveRules live) {
        this.rules = rules;
        this.trials = trials;
        this.live = live;
    }

    /** A rule as it is sent; its severity is {@code info} or {@code warn}. */
    record Wanted(
            @Nullable String name,
            @Nullable String expression,
            @Nullable Double dwellSeconds,
            @Nullable Double clearSeconds,
            @Nullable String severity,
            @Nullable String hint) {

        RuleDraft draft() {
            Severity grave = null;
            if (severity != null) {
                try {
                    grave = Severity.valueOf(severity.toUpperCase(Locale.ROOT));
                } catch (IllegalArgumentException e) {
                    throw new BadParameterException("severity", "must be info or warn");
                }
            }
            return new RuleDraft(name, expression, dwellSeconds, clearSeconds, grave, hint);
        }
    }

    /** {@link RuleVersion} in JSON. */
    record Version(
            int version,
            String expression,
            double dwellSeconds,
            double clearSeconds,
            String severity,
            String hint,
            String savedBy,
            Instant savedAt,
            boolean tried) {

        Version(RuleVersion of) {
            this(
                    of.version(),
                    of.expression(),
                    of.dwellSeconds(),
                    of.clearSeconds(),
                    of.severity().severityName(),
                    of.hint(),
                    of.savedBy(),
                    of.savedAt(),
                    of.tried());
        }
    }

    /** @param health of the live version, and whether that is bad; absent while it is switched off */
    record View(
            long id,
            String name,
            @Nullable Integer liveVersion,
            @Nullable Instant liveSince,
            @Nullable Instant retiredAt,
            Version latest,
            RuleHealth.@Nullable Figures health,
            @Nullable Boolean failing) {}

    record Details(View rule, List<Version> versions, List<RuleDone> audit) {}

    /** @param retired true: those that are retired, in the place of the others */
    @GetMapping
    List<View> all(@RequestParam(defaultValue = "false") boolean retired, Viewer viewer) {
        List<Rule> wanted = retired ? rules.retired(viewer) : rules.all(viewer);
        return wanted.stream().map(this::view).toList();
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    View create(@RequestBody Wanted wanted, Viewer viewer) {
        return view(rules.create(wanted.draft(), viewer));
    }

    /**
     * Whether a rule could be saved.
     *
     * @param parameter what is wrong, as in the answer to a rule that is not saved; absent: nothing
     * @param line of the expression, from 1 on; absent: no one place
     * @param column from 1 on
     */
    record Checked(
            boolean valid,
            @Nullable String parameter,
            @Nullable String detail,
            @Nullable Integer line,
            @Nullable Integer column) {}

    /** Says whether a rule could be saved, and saves nothing. */
    @PostMapping("/check")
    Checked check(@RequestBody Wanted wanted, Viewer viewer) {
        try {
            rules.check(wanted.draft(), viewer);
            return new Checked(true, null, null, null, null);
        } catch (RuleRefused e) {
            return e.line() == 0
                    ? new Checked(false, e.field(), e.getBody().getDetail(), null, null)
                    : new Checked(false, e.field(), e.getBody().getDetail(), e.line(), e.column() + 1);
        }
    }

    /** The live rules as {@code replay --rules} reads them. */
    @GetMapping(value = "/export", produces = "text/csv")
    String export(Viewer viewer) {
        StringBuilder csv = new StringBuilder("name,expression,dwell_s,clear_s,severity,hint\n");
        for (Rule rule : rules.all(viewer)) {
            rules.versions(rule.id(), viewer).stream()
                    .filter(version -> rule.liveVersion() != null && version.version() == rule.liveVersion())
                    .forEach(version -> csv.append(cell(version.name()))
                            .append(',')
                            .append(cell(version.expression().replaceAll("[\\r\\n]+", " ")))
                            .append(',')
                            .append(version.dwellSeconds())
                            .append(',')
                            .append(version.clearSeconds())
                            .append(',')
                            .append(version.severity().severityName())
                            .append(',')
                            .append(cell(version.hint()))
                            .append('\n'));
        }
        return csv.toString();
    }

    private static String cell(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    @GetMapping("/{id}")
    Details details(@PathVariable long id, Viewer viewer) {
        Rule rule = found(rules.find(id, viewer));
        return new Details(
                view(rule),
                rules.versions(id, viewer).stream().map(Version::new).toList(),
                rules.done(id, viewer));
    }

    /** Its versions and who did what can be read after that. */
    @DeleteMapping("/{id}")
    View retire(@PathVariable long id, Viewer viewer) {
        return view(found(rules.retire(id, viewer)));
    }

    @PostMapping("/{id}/versions")
    @ResponseStatus(HttpStatus.CREATED)
    View addVersion(@PathVariable long id, @RequestBody Wanted wanted, Viewer viewer) {
        return view(found(rules.addVersion(id, wanted.draft(), viewer)));
    }

    /** @param hours of the past, 1 to 720 */
    record Wish(@Nullable Integer hours) {}

    @PostMapping("/{id}/versions/{version}/trial")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Trial begin(@PathVariable long id, @PathVariable int version, @RequestBody Wish wish, Viewer viewer) {
        int hours = wish.hours() == null ? 24 : wish.hours();
        if (hours < 1 || hours > Trials.MOST_HOURS) {
            throw new BadParameterException("hours", "must be 1 to " + Trials.MOST_HOURS);
        }
        if (!trials.begin(id, version, hours, viewer)) {
            throw new NotFoundException("There is no such version");
        }
        return trial(id, version, viewer);
    }

    @GetMapping("/{id}/versions/{version}/trial")
    Trial trial(@PathVariable long id, @PathVariable int version, Viewer viewer) {
        return trials.latest(id, version, viewer)
                .orElseThrow(() -> new NotFoundException("This version was not tried"));
    }

    @DeleteMapping("/{id}/versions/{version}/trial")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void cancel(@PathVariable long id, @PathVariable int version, Viewer viewer) {
        if (!trials.cancel(id, version, viewer)) {
            throw new NotFoundException("This version is not being tried");
        }
    }

    record Choice(@Nullable Integer version) {}

    @PutMapping("/{id}/live")
    View switchOn(@PathVariable long id, @RequestBody Choice choice, Viewer viewer) {
        Integer version = choice.version();
        if (version == null) {
            throw new BadParameterException("version", "is missing");
        }
        return view(found(rules.switchOn(id, version, viewer)));
    }

    @DeleteMapping("/{id}/live")
    View switchOff(@PathVariable long id, Viewer viewer) {
        return view(found(rules.switchOff(id, viewer)));
    }

    private View view(Rule rule) {
        RuleHealth.Figures health = rule.live() ? live.health(rule.name()).orElse(null) : null;
        return new View(
                rule.id(),
                rule.name(),
                rule.liveVersion(),
                rule.liveSince(),
                rule.retiredAt(),
                new Version(rule.latest()),
                health,
                health == null ? null : (Boolean) health.failing());
    }

    private static Rule found(Optional<Rule> rule) {
        return rule.orElseThrow(() -> new NotFoundException("There is no such rule, or no such version"));
    }
}
