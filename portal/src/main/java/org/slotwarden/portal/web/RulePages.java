package org.slotwarden.portal.web;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.rule.RuleVariable;
import org.slotwarden.portal.rule.LiveRules;
import org.slotwarden.portal.rule.Rule;
import org.slotwarden.portal.rule.RuleConflict;
import org.slotwarden.portal.rule.RuleDraft;
import org.slotwarden.portal.rule.RuleRefused;
import org.slotwarden.portal.rule.RuleVersion;
import org.slotwarden.portal.rule.Rules;
import org.slotwarden.portal.rule.Trials;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /rules}: the rules of the site, for admins. */
@Controller
class RulePages {

    private final Rules rules;
    private final Trials trials;
    private final LiveRules live;

    RulePages(Rules rules, Trials trials, LiveRules live) {
        this.rules = rules;
        this.trials = trials;
        this.live = live;
    }

    /** What stands in the form, as it was typed. */
    public record Form(String name, String expression, String dwell, String clear, String severity, String hint) {

        static final Form EMPTY = new Form("", "", "10", "5", "info", "");

        static Form of(RuleVersion version) {
            return new Form(
                    version.name(),
                    version.expression(),
                    minutes(version.dwellSeconds()),
                    minutes(version.clearSeconds()),
                    version.severity().severityName(),
                    version.hint());
        }

        private static String minutes(double seconds) {
            double minutes = Math.rint(seconds / 0.6) / 100;
            return minutes == Math.rint(minutes) ? String.valueOf((long) minutes) : String.valueOf(minutes);
        }

        RuleDraft draft() {
            return new RuleDraft(
                    name,
                    expression,
                    seconds(dwell),
                    seconds(clear),
                    severity.equals("warn") ? Severity.WARN : Severity.INFO,
                    hint);
        }

        private static double seconds(String minutes) {
            try {
                return 60 * Double.parseDouble(minutes.strip());
            } catch (NumberFormatException e) {
                return Double.NaN;
            }
        }
    }

    /**
     * What is wrong with the form.
     *
     * @param line of the expression in which it is wrong; null: not in one place
     * @param pointer spaces and a mark below the place
     */
    public record Wrong(
            String field,
            String why,
            @Nullable String line,
            @Nullable String pointer) {

        /** Two lines: what was typed, and the mark. */
        public String place() {
            return line + "\n" + pointer;
        }

        static Wrong of(RuleRefused refused, String expression) {
            String[] lines = expression.strip().split("\n", -1);
            if (refused.line() < 1 || refused.line() > lines.length) {
                return new Wrong(refused.field(), refused.why(), null, null);
            }
            String line = lines[refused.line() - 1].replace('\t', ' ').replace("\r", "");
            int column = Math.min(refused.column(), line.length());
            int from = Math.max(0, column - 60);
            return new Wrong(
                    refused.field(),
                    refused.why(),
                    line.substring(from, Math.min(line.length(), column + 40)),
                    " ".repeat(column - from) + "^");
        }
    }

    @GetMapping("/rules")
    String list(Viewer viewer, Model model) {
        return list(Form.EMPTY, null, viewer, model);
    }

    private String list(Form form, @Nullable Wrong wrong, Viewer viewer, Model model) {
        model.addAttribute("rules", rules.all(viewer));
        model.addAttribute("retired", rules.retired(viewer));
        model.addAttribute("live", live);
        form(form, wrong, model);
        return "rules";
    }

    private static void form(Form form, @Nullable Wrong wrong, Model model) {
        model.addAttribute("form", form);
        model.addAttribute("wrong", wrong);
        model.addAttribute("variables", RuleVariable.all());
    }

    @PostMapping("/rules")
    String create(
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String expression,
            @RequestParam(defaultValue = "") String dwell,
            @RequestParam(defaultValue = "") String clear,
            @RequestParam(defaultValue = "") String severity,
            @RequestParam(defaultValue = "") String hint,
            Viewer viewer,
            Model model,
            RedirectAttributes to) {
        Form form = new Form(name, expression, dwell, clear, severity.toLowerCase(Locale.ROOT), hint);
        try {
            Rule rule = rules.create(form.draft(), viewer);
            to.addFlashAttribute("done", "Saved. Try it on history before you switch it on.");
            return "redirect:/rules/" + rule.id();
        } catch (RuleRefused e) {
            return list(form, Wrong.of(e, expression), viewer, model);
        } catch (RuleConflict e) {
            return list(form, new Wrong("name", e.why(), null, null), viewer, model);
        }
    }

    @GetMapping("/rules/{id}")
    String show(@PathVariable long id, Viewer viewer, Model model) {
        return show(id, null, null, viewer, model);
    }

    private String show(long id, @Nullable Form form, @Nullable Wrong wrong, Viewer viewer, Model model) {
        Rule rule = rules.find(id, viewer).orElseThrow(RulePages::none);
        model.addAttribute("rule", rule);
        // Before the versions: of a trial that is over they say that it was.
        model.addAttribute(
                "trial", trials.latest(id, rule.latest().version(), viewer).orElse(null));
        model.addAttribute("versions", rules.versions(id, viewer));
        model.addAttribute("audit", rules.done(id, viewer));
        model.addAttribute("health", rule.live() ? live.health(rule.name()).orElse(null) : null);
        form(form == null ? Form.of(rule.latest()) : form, wrong, model);
        return "rule";
    }

    @PostMapping("/rules/{id}")
    String change(
            @PathVariable long id,
            @RequestParam(defaultValue = "") String expression,
            @RequestParam(defaultValue = "") String dwell,
            @RequestParam(defaultValue = "") String clear,
            @RequestParam(defaultValue = "") String severity,
            @RequestParam(defaultValue = "") String hint,
            Viewer viewer,
            Model model,
            RedirectAttributes to) {
        Form form = new Form("", expression, dwell, clear, severity.toLowerCase(Locale.ROOT), hint);
        try {
            Rule rule = rules.addVersion(id, form.draft(), viewer).orElseThrow(RulePages::none);
            to.addFlashAttribute(
                    "done",
                    "Saved as version " + rule.latest().version() + ". Try it on history before you switch it on.");
            return "redirect:/rules/" + id;
        } catch (RuleRefused e) {
            return show(id, form, Wrong.of(e, expression), viewer, model);
        } catch (RuleConflict e) {
            return show(id, form, new Wrong("rule", e.why(), null, null), viewer, model);
        }
    }

    @PostMapping("/rules/{id}/trial")
    String trial(
            @PathVariable long id,
            @RequestParam int version,
            @RequestParam(defaultValue = "24") int hours,
            Viewer viewer,
            RedirectAttributes to) {
        try {
            if (!trials.begin(id, version, hours, viewer)) {
                throw none();
            }
        } catch (RuleConflict e) {
            to.addFlashAttribute("refused", e.why());
        }
        return "redirect:/rules/" + id;
    }

    @PostMapping("/rules/{id}/trial/cancel")
    String cancel(@PathVariable long id, @RequestParam int version, Viewer viewer, RedirectAttributes to) {
        boolean cancelled = trials.cancel(id, version, viewer);
        to.addFlashAttribute(cancelled ? "done" : "refused", cancelled ? "The trial stops." : "The trial is over.");
        return "redirect:/rules/" + id;
    }

    /** @param version to switch on; 0 switches the rule off */
    @PostMapping("/rules/{id}/live")
    String live(@PathVariable long id, @RequestParam int version, Viewer viewer, RedirectAttributes to) {
        try {
            Optional<Rule> rule = version == 0 ? rules.switchOff(id, viewer) : rules.switchOn(id, version, viewer);
            if (rule.isEmpty()) {
                throw none();
            }
            to.addFlashAttribute(
                    "done", version == 0 ? "Switched off; its flags are taken back." : "The rule judges from now on.");
        } catch (RuleConflict e) {
            to.addFlashAttribute("refused", e.why());
        }
        return "redirect:/rules/" + id;
    }

    @PostMapping("/rules/{id}/retire")
    String retire(@PathVariable long id, Viewer viewer, RedirectAttributes to) {
        try {
            Rule rule = rules.retire(id, viewer).orElseThrow(RulePages::none);
            to.addFlashAttribute("done", "Retired: " + rule.name() + ". Its name is free.");
        } catch (RuleConflict e) {
            to.addFlashAttribute("refused", e.why());
        }
        return "redirect:/rules/" + id;
    }

    private static ResponseStatusException none() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
