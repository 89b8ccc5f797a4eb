package org.slotwarden.portal.web;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.flag.FlagFilter;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.flag.FlagSettings;
import org.slotwarden.portal.flag.FlagState;
import org.slotwarden.portal.flag.FlagVerdict;
import org.slotwarden.portal.flag.FlagVerdicts;
import org.slotwarden.portal.flag.Flags;
import org.slotwarden.portal.rule.Rules;
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
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** {@code /flags}: the flags, how they come about, and an admin's word on them. */
@Controller
class FlagListPage {
    private static final int PAGE_SIZE = 50;
    private static final Duration JUDGED = Duration.ofDays(90);

    private final FlagQueries flags;
    private final Flags acknowledging;
    private final FlagVerdicts verdicts;
    private final FlagSettings settings;
    private final Rules siteRules;

    FlagListPage(
            FlagQueries flags, Flags acknowledging, FlagVerdicts verdicts, FlagSettings settings, Rules siteRules) {
        this.flags = flags;
        this.acknowledging = acknowledging;
        this.verdicts = verdicts;
        this.settings = settings;
        this.siteRules = siteRules;
    }

    @GetMapping("/flags")
    String list(
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String kind,
            @RequestParam(defaultValue = "") String user,
            @RequestParam(defaultValue = "0") int page,
            Viewer viewer,
            Model model) {
        int number = Math.clamp(page, 0, Pages.LAST);
        FlagFilter filter = new FlagFilter(
                states(state),
                FlagKind.named(kind).orElse(null),
                null,
                user.isBlank() ? null : user.strip(),
                rule(kind));
        FlagQueries.Found found = flags.search(filter, number, PAGE_SIZE, viewer);
        model.addAttribute("state", state);
        model.addAttribute("kind", kind);
        model.addAttribute("user", user);
        model.addAttribute("states", FlagState.values());
        model.addAttribute("kinds", FlagKind.values());
        model.addAttribute("flags", found.flags());
        model.addAttribute("mayAcknowledge", true);
        model.addAttribute("mayJudge", true);
        model.addAttribute(
                "caption",
                found.total()
                        + (found.total() == FlagQueries.MOST_COUNTED ? " or more" : "")
                        + (found.total() == 1 ? " flag" : " flags"));
        model.addAttribute("settings", settings);
        if (viewer.admin()) {
            model.addAttribute("precision", verdicts.precision(JUDGED));
            model.addAttribute("siteRules", siteRules.all(viewer));
        }
        Place place = new Place(state, kind, user, number);
        model.addAttribute("place", place);
        model.addAttribute("pages", new Pages(place.address(), number, PAGE_SIZE, found.total()));
        return "flags";
    }

    /**
     * Where one is in the list: its filter as it was asked for, and the page. Forms send it with what they do, so that
     * one comes back there.
     */
    record Place(
            @Nullable String state,
            @Nullable String kind,
            @Nullable String user,
            @Nullable Integer page) {

        /** Characters of an encoded value: the three of them fit into the head of an answer with room to spare. */
        private static final int LONGEST = 600;

        /** Of the list with this filter, encoded. */
        String address() {
            return UriComponentsBuilder.fromPath("/flags")
                    .queryParam("state", "{state}")
                    .queryParam("kind", "{kind}")
                    .queryParam("user", "{user}")
                    .encode()
                    .buildAndExpand(text(state), text(kind), text(user))
                    .toUriString();
        }

        /** Always the list, whatever was sent: of what is too long for the head of an answer, without it. */
        private String back(RedirectAttributes to) {
            Map.of("state", text(state), "kind", text(kind), "user", text(user)).forEach((name, value) -> {
                if (!value.isEmpty()
                        && UriUtils.encode(value, StandardCharsets.UTF_8).length() <= LONGEST) {
                    to.addAttribute(name, value);
                }
            });
            if (page != null && page > 0) {
                to.addAttribute("page", Math.min(page, Pages.LAST));
            }
            return "redirect:/flags";
        }

        private static String text(@Nullable String value) {
            return value == null ? "" : value;
        }
    }

    @PostMapping("/flags/{id}/acknowledge")
    String acknowledge(
            @PathVariable long id,
            @RequestParam(defaultValue = "") String note,
            Place place,
            Viewer viewer,
            RedirectAttributes to) {
        @Nullable String text = note.isBlank() ? null : note.strip();
        try {
            Flag flag = acknowledging
                    .acknowledge(id, text, viewer)
                    .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
            to.addFlashAttribute("done", "Acknowledged: " + flag.title() + ".");
        } catch (IllegalArgumentException e) {
            to.addFlashAttribute("refused", e.getMessage());
        }
        return place.back(to);
    }

    /**
     * @param verdict by its name; empty takes back what was said
     * @param at whence it was said: {@code job}, or the list
     */
    @PostMapping("/flags/{id}/verdict")
    String say(
            @PathVariable long id,
            @RequestParam(defaultValue = "") String verdict,
            @RequestParam(defaultValue = "") String at,
            Place place,
            Viewer viewer,
            RedirectAttributes to) {
        @Nullable
        FlagVerdict said = verdict.isEmpty()
                ? null
                : FlagVerdict.named(verdict).orElseThrow(() -> new ResponseStatusException(HttpStatus.BAD_REQUEST));
        Flag flag = verdicts.say(id, said, viewer).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        to.addFlashAttribute("done", (said == null ? "Taken back: " : "Noted: ") + flag.title() + ".");
        return at.equals("job") ? "redirect:/jobs/" + flag.jobId() : place.back(to);
    }

    /** {@code rule:12}; null: no rule. */
    private static @Nullable Long rule(String kind) {
        return kind.matches("rule:[0-9]{1,18}") ? (Long) Long.parseLong(kind.substring("rule:".length())) : null;
    }

    private static Set<FlagState> states(String state) {
        if (state.equals("any")) {
            return Set.of();
        }
        return Arrays.stream(FlagState.values())
                .filter(candidate -> candidate.stateName().equals(state))
                .findFirst()
                .map(Set::of)
                .orElse(FlagState.STANDING);
    }
}
