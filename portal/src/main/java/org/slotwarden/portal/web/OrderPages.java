package org.slotwarden.portal.web;

import java.util.List;
import java.util.function.Supplier;
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
    private final OrderForms forms;
    private final OrderView view;
    private final EvidenceView evidence;
    private final Format format;

    OrderPages(JobQueries jobs, Orders orders, OrderForms forms, OrderView view, EvidenceView evidence, Format format) {
        this.jobs = jobs;
        this.orders = orders;
        this.forms = forms;
        this.view = view;
        this.evidence = evidence;
        this.format = format;
    }

    @GetMapping("/jobs/{id}/orders")
    String show(@PathVariable long id, Viewer viewer, Model model) {
        JobSummary job = job(id, viewer);
        model.addAttribute("pageTitle", "Orders: job " + format.name(job.jobId(), 24));
        model.addAttribute("job", job);
        forms.addTo(model, id, viewer);
        model.addAttribute(
                "rows",
                orders.ofJob(id, viewer).orElse(List.of()).stream()
                        .map(view::row)
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

    @PostMapping("/jobs/{id}/orders/batch")
    String batch(
            @PathVariable long id,
            @RequestParam String act,
            @RequestParam String reason,
            Viewer viewer,
            RedirectAttributes redirect) {
        give(
                id,
                () -> switch (act) {
                    case "cancel" -> new OrderWish.Cancel();
                    case "hold" -> new OrderWish.Hold();
                    case "requeue" -> new OrderWish.Requeue();
                    case "comment" -> new OrderWish.Comment();
                    default -> throw new IllegalArgumentException("there is no such act");
                },
                reason,
                viewer,
                redirect);
        return "redirect:/jobs/" + id + "/orders";
    }

    @PostMapping("/jobs/{id}/orders/look")
    String look(@PathVariable long id, @RequestParam String reason, Viewer viewer, RedirectAttributes redirect) {
        give(id, () -> new OrderWish.Look(true), reason, viewer, redirect);
        return "redirect:/jobs/" + id + "/orders";
    }

    @PostMapping("/jobs/{id}/orders/log-level")
    String logLevel(
            @PathVariable long id,
            @RequestParam String reason,
            @RequestParam(defaultValue = "debug") String level,
            @RequestParam(name = "for", defaultValue = "600") int howLong,
            Viewer viewer,
            RedirectAttributes redirect) {
        give(id, () -> new OrderWish.LogLevel(level, howLong), reason, viewer, redirect);
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
                throw none();
            }
        } catch (OrderRefused e) {
            redirect.addFlashAttribute("refused", "Not taken back: " + e.why() + ".");
        }
        return "redirect:/jobs/" + id + "/orders";
    }

    /** What the job was doing on one node when the order was begun. */
    @GetMapping("/jobs/{id}/orders/{order}/evidence/{slot}")
    String evidence(
            @PathVariable long id, @PathVariable long order, @PathVariable long slot, Viewer viewer, Model model) {
        JobSummary job = job(id, viewer);
        JobOrder found = orders.find(id, order, viewer).orElseThrow(OrderPages::none);
        model.addAttribute("pageTitle", "Evidence: job " + format.name(job.jobId(), 24));
        model.addAttribute("job", job);
        model.addAttribute("row", view.row(found));
        model.addAttribute("slotId", slot);
        model.addAttribute(
                "node",
                found.slots().stream()
                        .filter(one -> one.slotId() == slot)
                        .map(SlotOrder::node)
                        .findFirst()
                        .orElseThrow(OrderPages::none));
        model.addAttribute(
                "found", evidence.found(orders.evidence(id, order, slot, viewer).orElseThrow(OrderPages::none)));
        return "order-evidence";
    }

    @GetMapping("/jobs/{id}/orders/{order}/output")
    String output(@PathVariable long id, @PathVariable long order, Viewer viewer, Model model) {
        JobSummary job = job(id, viewer);
        JobOrder found = orders.find(id, order, viewer)
                .filter(one -> one.wish() instanceof OrderWish.Tail)
                .orElseThrow(OrderPages::none);
        model.addAttribute("pageTitle", "Output: job " + format.name(job.jobId(), 24));
        model.addAttribute("job", job);
        model.addAttribute("row", view.row(found));
        model.addAttribute("again", found.over() && job.state().live() && orders.may(OrderKind.TAIL, viewer));
        model.addAttribute("error", ((OrderWish.Tail) found.wish()).standardError());
        return "output";
    }

    private @Nullable JobOrder give(
            long id, Supplier<OrderWish> wish, String reason, Viewer viewer, RedirectAttributes redirect) {
        try {
            JobOrder given = orders.give(id, wish.get(), reason, viewer).orElseThrow(OrderPages::none);
            redirect.addFlashAttribute("done", "Ordered. What becomes of it stands below.");
            return given;
        } catch (OrderRefused e) {
            redirect.addFlashAttribute("refused", "Not ordered: " + e.why() + ".");
        } catch (IllegalArgumentException e) {
            redirect.addFlashAttribute("refused", "Not ordered: " + e.getMessage() + ".");
        }
        return null;
    }

    private JobSummary job(long id, Viewer viewer) {
        return jobs.summary(id, viewer).orElseThrow(OrderPages::none);
    }

    private static ResponseStatusException none() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
