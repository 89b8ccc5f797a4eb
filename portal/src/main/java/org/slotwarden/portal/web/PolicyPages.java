package org.slotwarden.portal.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.policy.Backtests;
import org.slotwarden.portal.policy.Policies;
import org.slotwarden.portal.policy.Policy;
import org.slotwarden.portal.policy.PolicyConflict;
import org.slotwarden.portal.policy.PolicyRefused;
import org.slotwarden.portal.rule.Rule;
import org.slotwarden.portal.rule.Rules;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /policies}: what is done about flags, for admins. */
@Controller
class PolicyPages {

    private static final int ACTS = 50;
    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    private final Policies policies;
    private final Backtests backtests;
    private final Rules rules;
    private final Clock clock;

    PolicyPages(Policies policies, Backtests backtests, Rules rules, Clock clock) {
        this.policies = policies;
        this.backtests = backtests;
        this.rules = rules;
        this.clock = clock;
    }

    @GetMapping("/policies")
    String list(Viewer viewer, Model model) {
        return list(PolicyForm.EMPTY, null, viewer, model);
    }

    private String list(PolicyForm form, @Nullable String wrong, Viewer viewer, Model model) {
        List<Policy> all = policies.all(viewer);
        model.addAttribute("policies", all);
        model.addAttribute(
                "retired",
                all.stream().collect(Collectors.toMap(Policy::id, policy -> policies.retiredRules(policy, viewer))));
        form(form, wrong, viewer, model);
        return "policies";
    }

    private void form(PolicyForm form, @Nullable String wrong, Viewer viewer, Model model) {
        model.addAttribute("form", form);
        model.addAttribute("wrong", wrong);
        model.addAttribute("days", DAYS);
        model.addAttribute(
                "kinds",
                Arrays.stream(FlagKind.values())
                        .filter(kind -> kind != FlagKind.SITE_RULE)
                        .toList());
        model.addAttribute(
                "siteRules", rules.all(viewer).stream().map(Rule::name).toList());
    }

    @PostMapping("/policies")
    String create(
            @RequestParam MultiValueMap<String, String> typed, Viewer viewer, Model model, RedirectAttributes to) {
        PolicyForm form = new PolicyForm(typed);
        try {
            Policy policy = policies.create(form.text("name"), form.terms(), viewer);
            to.addFlashAttribute("done", "Saved, in dry run: what it would do is recorded, and nothing is done.");
            return "redirect:/policies/" + policy.id();
        } catch (PolicyRefused e) {
            return list(form, e.field() + " " + e.why(), viewer, model);
        } catch (PolicyConflict e) {
            return list(form, e.why(), viewer, model);
        }
    }

    @GetMapping("/policies/{id}")
    String show(
            @PathVariable long id,
            @RequestParam(name = "page", defaultValue = "0") int number,
            Viewer viewer,
            Model model) {
        return show(id, Math.clamp(number, 0, Pages.LAST), null, null, viewer, model);
    }

    private String show(
            long id, int number, @Nullable PolicyForm form, @Nullable String wrong, Viewer viewer, Model model) {
        Policy policy = policies.find(id, viewer).orElseThrow(PolicyPages::none);
        Policies.Acts acts = policies.acts(id, number, ACTS, viewer);
        model.addAttribute("policy", policy);
        model.addAttribute("versions", policies.versions(id, viewer));
        model.addAttribute("retired", policies.retiredRules(policy, viewer));
        model.addAttribute("openCases", policies.openCases(id, viewer));
        model.addAttribute("secondAdmin", policies.secondAdmin());
        model.addAttribute(
                "backtest",
                backtests.latest(id, policy.latest().version(), viewer).orElse(null));
        model.addAttribute("acts", acts.acts());
        model.addAttribute("pages", new Pages("/policies/" + id, number, ACTS, acts.total()));
        form(form == null ? PolicyForm.of(policy.latest().terms()) : form, wrong, viewer, model);
        return "policy";
    }

    @PostMapping("/policies/{id}")
    String change(
            @PathVariable long id,
            @RequestParam MultiValueMap<String, String> typed,
            Viewer viewer,
            Model model,
            RedirectAttributes to) {
        PolicyForm form = new PolicyForm(typed);
        try {
            Policy policy = policies.addVersion(id, form.terms(), viewer).orElseThrow(PolicyPages::none);
            to.addFlashAttribute(
                    "done",
                    "Saved as version " + policy.latest().version()
                            + (policy.on()
                                    ? "; version " + policy.liveVersion() + " goes on until this one is switched on."
                                    : ", in dry run."));
            return "redirect:/policies/" + id;
        } catch (PolicyRefused e) {
            return show(id, 0, form, e.field() + " " + e.why(), viewer, model);
        } catch (PolicyConflict e) {
            return show(id, 0, form, e.why(), viewer, model);
        }
    }

    @PostMapping("/policies/{id}/backtest")
    String backtest(
            @PathVariable long id,
            @RequestParam(defaultValue = "0") int version,
            @RequestParam(defaultValue = "30") int days,
            Viewer viewer,
            RedirectAttributes to) {
        try {
            Instant from = clock.instant().minus(Duration.ofDays(Math.clamp(days, 1, 366)));
            if (backtests.make(id, version, from, null, viewer).isEmpty()) {
                throw none();
            }
        } catch (PolicyConflict e) {
            to.addFlashAttribute("refused", e.why());
        }
        return "redirect:/policies/" + id;
    }

    /** @param what on, approve, dry_run or off */
    @PostMapping("/policies/{id}/state")
    String state(
            @PathVariable long id,
            @RequestParam(defaultValue = "") String what,
            @RequestParam(defaultValue = "0") int version,
            Viewer viewer,
            RedirectAttributes to) {
        try {
            Optional<Policy> policy = switch (what) {
                case "on" -> policies.switchOn(id, version, viewer);
                case "approve" -> policies.approve(id, version, viewer);
                case "dry_run" -> policies.switchOff(id, true, viewer);
                case "off" -> policies.switchOff(id, false, viewer);
                default -> throw new ResponseStatusException(HttpStatus.BAD_REQUEST);
            };
            if (policy.isEmpty()) {
                throw none();
            }
            to.addFlashAttribute("done", said(policy.get()));
        } catch (PolicyConflict e) {
            to.addFlashAttribute("refused", e.why());
        }
        return "redirect:/policies/" + id;
    }

    private static String said(Policy policy) {
        if (policy.askedVersion() != null) {
            return "Asked for: another admin has to approve.";
        }
        return switch (policy.state()) {
            case ON -> "The policy acts from now on.";
            case DRY_RUN -> "In dry run: what it would do is recorded, and nothing is done.";
            case OFF -> "Switched off.";
        };
    }

    private static ResponseStatusException none() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
