package org.slotwarden.portal.web;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slotwarden.portal.order.OrderKind;
import org.slotwarden.portal.order.Orders;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;

/** What the forms for orders to a job offer this viewer, on each page that has them. */
@Component
class OrderForms {
    private final Orders orders;

    OrderForms(Orders orders) {
        this.orders = orders;
    }

    /** What the batch system can be told. */
    record BatchChoice(String kind, String words) {}

    void addTo(Model model, long jobId, Viewer viewer) {
        model.addAttribute("may", may(viewer));
        model.addAttribute("batchActs", batchActs(viewer));
        model.addAttribute("noBatch", orders.notThroughBatch(jobId).orElse(null));
    }

    private Set<String> may(Viewer viewer) {
        return Arrays.stream(OrderKind.values())
                .filter(kind -> orders.may(kind, viewer))
                .map(OrderKind::kindName)
                .collect(Collectors.toSet());
    }

    private List<BatchChoice> batchActs(Viewer viewer) {
        return Stream.of(
                        new BatchChoice("comment", "only show the reason with the job"),
                        new BatchChoice("hold", "stop it and hold it in the queue"),
                        new BatchChoice("requeue", "stop it and begin it anew"),
                        new BatchChoice("cancel", "cancel it"))
                .filter(choice -> OrderKind.named(choice.kind())
                        .filter(kind -> orders.may(kind, viewer))
                        .isPresent())
                .toList();
    }
}
