package org.slotwarden.portal.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.policy.PolicyTerms;
import org.slotwarden.portal.policy.WorkingHours;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/** What stands in the form of a policy, as it was typed: lists one a line, times in minutes. */
public record PolicyForm(MultiValueMap<String, String> typed) {

    static final PolicyForm EMPTY = new PolicyForm(new LinkedMultiValueMap<>(Map.of(
            "severity", List.of("warn"),
            "dwell", List.of("10"),
            "stage", List.of("notify", "warn"),
            "after", List.of("0", "5"),
            "grace", List.of("", ""),
            "site", List.of("20"),
            "user", List.of("5"),
            "policy", List.of("10"))));

    static PolicyForm of(PolicyTerms terms) {
        MultiValueMap<String, String> typed = new LinkedMultiValueMap<>();
        typed.set("flags", lines(terms.flags()));
        typed.set("severity", terms.severity());
        typed.set("dwell", minutes(terms.dwellSeconds()));
        typed.set("queues", lines(terms.jobs().queues()));
        typed.set("users", lines(terms.jobs().users()));
        typed.set("groups", lines(terms.jobs().groups()));
        typed.set("accounts", lines(terms.jobs().accounts()));
        typed.set("nodes", lines(terms.jobs().nodes()));
        typed.set("not_queues", lines(terms.exempt().queues()));
        typed.set("not_users", lines(terms.exempt().users()));
        typed.set("not_groups", lines(terms.exempt().groups()));
        typed.set("not_accounts", lines(terms.exempt().accounts()));
        typed.set("not_names", lines(terms.exempt().jobNames()));
        typed.set("opt_out", terms.exempt().optOut() ? "on" : "");
        for (PolicyTerms.Stage stage : terms.stages()) {
            typed.add("stage", stage.kind());
            typed.add("after", minutes(stage.afterSeconds()));
            typed.add("grace", stage.graceSeconds() == null ? "" : String.valueOf(stage.graceSeconds()));
        }
        typed.set("site", String.valueOf(terms.caps().site()));
        typed.set("user", String.valueOf(terms.caps().user()));
        typed.set("policy", String.valueOf(terms.caps().policy()));
        WorkingHours hours = terms.workingHours();
        if (hours != null) {
            hours.days().forEach(day -> typed.add("day", day));
            typed.set("from", hours.from());
            typed.set("to", hours.to());
            typed.set("zone", hours.zone());
        }
        return new PolicyForm(typed);
    }

    private static String lines(List<String> names) {
        return String.join("\n", names);
    }

    private static String minutes(int seconds) {
        return seconds % 60 == 0 ? String.valueOf(seconds / 60) : String.valueOf(Math.rint(seconds / 0.6) / 100);
    }

    /** The first value of a field. */
    public String text(String field) {
        String value = typed.getFirst(field);
        return value == null ? "" : value;
    }

    /** The value of a field in a row. */
    public String text(String field, int row) {
        List<String> values = typed.getOrDefault(field, List.of());
        return row < values.size() ? values.get(row) : "";
    }

    /** Of the rows for stages, from 0: one more than are filled, and six at least. */
    public int lastRow() {
        return Math.clamp(typed.getOrDefault("stage", List.of()).size(), 5, 9);
    }

    public boolean has(String field, String value) {
        return typed.getOrDefault(field, List.of()).contains(value);
    }

    /** What is no number becomes one that is refused. */
    PolicyTerms terms() {
        List<PolicyTerms.Stage> stages = new ArrayList<>();
        for (int i = 0; i < typed.getOrDefault("stage", List.of()).size(); i++) {
            if (!text("stage", i).isEmpty()) {
                String grace = text("grace", i).strip();
                stages.add(new PolicyTerms.Stage(
                        text("stage", i), seconds(text("after", i)), grace.isEmpty() ? null : (Integer) number(grace)));
            }
        }
        return new PolicyTerms(
                names("flags"),
                text("severity"),
                seconds(text("dwell")),
                new PolicyTerms.Jobs(
                        names("queues"), names("users"), names("groups"), names("accounts"), names("nodes")),
                new PolicyTerms.Exempt(
                        names("not_users"),
                        names("not_queues"),
                        names("not_groups"),
                        names("not_accounts"),
                        names("not_names"),
                        !text("opt_out").isEmpty()),
                stages,
                new PolicyTerms.Caps(number(text("site")), number(text("user")), number(text("policy"))),
                hours());
    }

    private @Nullable WorkingHours hours() {
        List<String> days = typed.getOrDefault("day", List.of());
        return days.isEmpty() && text("from").isBlank() && text("to").isBlank()
                ? null
                : new WorkingHours(days, text("from"), text("to"), text("zone"));
    }

    private List<String> names(String field) {
        return Arrays.stream(text(field).split("\\R"))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toList());
    }

    private static int seconds(String minutes) {
        try {
            double seconds = minutes.isBlank() ? 0 : 60 * Double.parseDouble(minutes.strip());
            return seconds >= 0 && seconds < Integer.MAX_VALUE ? (int) Math.round(seconds) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
