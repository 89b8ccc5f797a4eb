package org.slotwarden.portal.web;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.order.JobOrder;
import org.slotwarden.portal.order.OrderKind;
import org.slotwarden.portal.order.OrderRefused;
import org.slotwarden.portal.order.OrderWish;
import org.slotwarden.portal.order.Orders;
import org.slotwarden.portal.order.SlotOrder;
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

/** {@code /jobs/ID/orders}: stop a job, look at it, follow its output, and what became of that. */
@Controller
class OrderPages {

    private final JobQueries jobs;
    private final Orders orders;
    private final Format format;

    OrderPages(JobQueries jobs, Orders orders, Format format) {
        this.jobs = jobs;
        this.orders = orders;
        this.format = format;
    }

    /** An order as it is shown. */
    record Row(JobOrder order, String what, boolean open, List<Outcome> outcomes) {}

    /**
     * What became of it on one node.
     *
     * @param level for its colour: ok, warn, bad or empty
     */
    record Outcome(SlotOrder slot, String words, String level) {}

    @GetMapping("/jobs/{id}/orders")
    String show(@PathVariable long id, Viewer viewer, Model model) {
        JobSummary job = job(id, viewer);
        model.addAttribute("pageTitle", "Orders: job " + format.name(job.jobId(), 24));
        model.addAttribute("job", job);
        model.addAttribute("may", may(viewer));
        model.addAttribute(
                "rows",
                orders.ofJob(id, viewer).orElse(List.of()).stream()
                        .map(this::row)
                        .toList());
        return "orders";
    }

    @PostMapping("/jobs/{id}/orders/kill")
    String kill(
            @PathVariable long id,
            @RequestParam String reason,
            @RequestParam(defaultValue = "30") int grace,
            Viewer viewer,
            RedirectAttributes redirect) {
        give(id, () -> new OrderWish.Kill(grace), reason, viewer, redirect);
        return "redirect:/jobs/" + id + "/orders";
    }

    @PostMapping("/jobs/{id}/orders/look")
    String look(@PathVariable long id, @RequestParam String reason, Viewer viewer, RedirectAttributes redirect) {
        give(id, () -> new OrderWish.Look(true), reason, viewer, redirect);
        return "redirect:/jobs/" + id + "/orders";
    }

    @PostMapping("/jobs/{id}/orders/tail")
    String tail(
            @PathVariable long id,
            @RequestParam(defaultValue = "stdout") String stream,
            @RequestParam(defaultValue = "300") int follow,
            Viewer viewer,
            RedirectAttributes redirect) {
        JobOrder given = give(
                id,
                () -> new OrderWish.Tail("stderr".equals(stream), 50, follow),
                "follow the output",
                viewer,
                redirect);
        return given == null
                ? "redirect:/jobs/" + id + "/orders"
                : "redirect:/jobs/" + id + "/orders/" + given.id() + "/output";
    }

    @PostMapping("/jobs/{id}/orders/{order}/withdraw")
    String withdraw(@PathVariable long id, @PathVariable long order, Viewer viewer, RedirectAttributes redirect) {
        try {
            if (orders.withdraw(id, order, viewer).isEmpty()) {
                throw new ResponseStatusException(HttpStatus.NOT_FOUND);
            }
        } catch (OrderRefused e) {
            redirect.addFlashAttribute("refused", e.why());
        }
        return "redirect:/jobs/" + id + "/orders";
    }

    @GetMapping("/jobs/{id}/orders/{order}/output")
    String output(@PathVariable long id, @PathVariable long order, Viewer viewer, Model model) {
        JobSummary job = job(id, viewer);
        JobOrder found = orders.find(id, order, viewer)
                .filter(one -> one.wish() instanceof OrderWish.Tail)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        model.addAttribute("pageTitle", "Output: job " + format.name(job.jobId(), 24));
        model.addAttribute("job", job);
        model.addAttribute("row", row(found));
        model.addAttribute("error", ((OrderWish.Tail) found.wish()).standardError());
        return "output";
    }

    private @Nullable JobOrder give(
            long id, Supplier<OrderWish> wish, String reason, Viewer viewer, RedirectAttributes redirect) {
        try {
            return orders.give(id, wish.get(), reason, viewer)
                    .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        } catch (OrderRefused e) {
            redirect.addFlashAttribute("refused", e.why());
        } catch (IllegalArgumentException e) {
            redirect.addFlashAttribute("refused", e.getMessage());
        }
        return null;
    }

    private JobSummary job(long id, Viewer viewer) {
        return jobs.summary(id, viewer).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    }

    private Set<String> may(Viewer viewer) {
        return Arrays.stream(OrderKind.values())
                .filter(kind -> orders.may(kind, viewer))
                .map(OrderKind::kindName)
                .collect(Collectors.toSet());
    }

    private Row row(JobOrder order) {
        return new Row(
                order,
                what(order.wish()),
                order.slots().stream().anyMatch(slot -> slot.state().open()),
                order.slots().stream().map(this::outcome).toList());
    }

    private String what(OrderWish wish) {
        return switch (wish) {
            case OrderWish.Kill kill ->
                kill.graceSeconds() == 0
                        ? "Stop it at once"
                        : "Stop it, SIGKILL after " + format.seconds((double) kill.graceSeconds());
            case OrderWish.Look look -> "Say what it is doing";
            case OrderWish.Tail tail ->
                (tail.standardError() ? "Standard error" : "Standard output")
                        + (tail.followSeconds() == 0
                                ? ""
                                : ", followed for " + format.seconds((double) tail.followSeconds()));
            case OrderWish.Interval interval ->
                "Sample every " + format.seconds(interval.seconds()) + " for "
                        + format.seconds((double) interval.forSeconds());
        };
    }

    private Outcome outcome(SlotOrder slot) {
        String words = switch (slot.state()) {
            case WAITING -> "the agent has not been told yet";
            case TOLD -> "the agent was told";
            case BEGUN -> "the agent is at it";
            case DONE -> slot.killed() == null ? "done" : ended(slot.killed());
            case FAILED -> slot.killed() == null ? "failed" : "failed: " + ended(slot.killed());
            case REFUSED -> "the agent refused";
            case EXPIRED -> "no agent took it in time";
            case TOO_LATE -> "the job had ended before";
            case WITHDRAWN -> "taken back";
        };
        String level = switch (slot.state()) {
            case DONE -> "ok";
            case FAILED, REFUSED -> "bad";
            case EXPIRED -> "warn";
            default -> "";
        };
        return new Outcome(slot, words, level);
    }

    private String ended(SlotOrder.Killed killed) {
        String left = killed.left() == 0 ? "" : ", " + killed.left() + " still there";
        return "%s ended in %s (%d by SIGTERM, %d by SIGKILL)%s"
                .formatted(
                        killed.processes() - killed.left() == 1
                                ? "1 process"
                                : format.number(killed.processes() - killed.left()) + " processes",
                        format.seconds(killed.tookSeconds()),
                        killed.endedByTerm(),
                        killed.killed(),
                        left);
    }
}
