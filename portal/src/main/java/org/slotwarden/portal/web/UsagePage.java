package org.slotwarden.portal.web;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.report.Grouping;
import org.slotwarden.portal.report.Stretch;
import org.slotwarden.portal.report.UsageQueries;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** {@code /usage}: what was used in a month. */
@Controller
class UsagePage {
    private final UsageQueries usage;
    private final Clock clock;

    UsagePage(UsageQueries usage, Clock clock) {
        this.usage = usage;
        this.clock = clock;
    }

    @GetMapping("/usage")
    String usage(
            @RequestParam(name = "month", required = false) @Nullable String monthText,
            @RequestParam(name = "by", defaultValue = "user") String byText,
            Viewer viewer,
            Model model) {
        YearMonth thisMonth = YearMonth.now(clock.withZone(ZoneOffset.UTC));
        YearMonth month = thisMonth;
        Grouping by = Grouping.USER;
        Stretch stretch = Stretch.of(thisMonth);
        try {
            by = Grouping.parse(byText);
            if (monthText != null && !monthText.isBlank()) {
                month = YearMonth.parse(monthText.strip());
                stretch = Stretch.of(month);
            }
        } catch (DateTimeException e) {
            model.addAttribute("refused", "The month must look like 2026-11.");
        } catch (IllegalArgumentException e) {
            model.addAttribute("refused", e.getMessage() + ".");
        }
        model.addAttribute("report", usage.report(stretch, by, viewer));
        model.addAttribute("month", month.toString());
        model.addAttribute("previous", month.minusMonths(1).toString());
        model.addAttribute("next", month.plusMonths(1).toString());
        model.addAttribute("current", !month.isBefore(thisMonth));
        model.addAttribute("groupings", Grouping.values());
        model.addAttribute(
                "csv",
                "/api/v1/reports/usage?format=csv&from=" + stretch.from() + "&to=" + stretch.to() + "&by="
                        + by.groupingName());
        return "usage";
    }
}
