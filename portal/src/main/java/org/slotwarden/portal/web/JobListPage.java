package org.slotwarden.portal.web;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** {@code /jobs}: the list of jobs. Its filter, order and page stand in the address. */
@Controller
class JobListPage {
    private static final int PAGE_SIZE = 50;

    private final JobQueries jobs;

    JobListPage(JobQueries jobs) {
        this.jobs = jobs;
    }

    @GetMapping("/jobs")
    String list(JobListQuery query, @RequestParam(defaultValue = "0") int page, Viewer viewer, Model model) {
        JobFilter filter = JobFilter.LIVE;
        JobSort sort = JobSort.NEWEST_FIRST;
        try {
            filter = query.filter();
            sort = query.order();
        } catch (IllegalArgumentException e) {
            model.addAttribute("refused", "Shown as without this: " + e.getMessage() + ".");
        }
        int number = Math.clamp(page, 0, Pages.LAST);
        JobQueries.Found found = jobs.search(filter, sort, number, PAGE_SIZE, viewer);
        String address = query.address();
        model.addAttribute("query", query);
        model.addAttribute("states", JobListQuery.states().keySet());
        model.addAttribute("kinds", FlagKind.values());
        model.addAttribute("orders", orders());
        model.addAttribute("jobs", found.jobs());
        model.addAttribute("caption", caption(found.total(), query.stateWord()));
        model.addAttribute("sorting", new Sorting(address, sort));
        model.addAttribute("pages", new Pages(address, number, PAGE_SIZE, found.total()));
        return "jobs";
    }

    private static String caption(long total, String stateWord) {
        String jobs = total == 1 ? " job" : " jobs";
        String number = total == JobQueries.MOST_COUNTED ? total + " or more" : String.valueOf(total);
        return stateWord.equals("any") ? number + jobs + " in any state" : number + " " + stateWord + jobs;
    }

    private static Map<String, String> orders() {
        Map<String, String> orders = new LinkedHashMap<>();
        orders.put("-started", "latest started first");
        orders.put("-ended", "latest ended first");
        orders.put("-cores_used", "most cores first");
        orders.put("-memory_rss_bytes", "most memory first");
        orders.put("-open_sockets", "most sockets first");
        orders.put("-cpu_seconds", "most CPU time first");
        orders.put("user", "by user");
        orders.put("queue", "by queue");
        orders.put("state", "by state");
        return orders;
    }
}
