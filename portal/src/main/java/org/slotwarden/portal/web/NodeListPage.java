package org.slotwarden.portal.web;

import org.slotwarden.portal.api.Paging;
import org.slotwarden.portal.node.NodeStatus;
import org.slotwarden.portal.node.Nodes;
import org.springframework.data.domain.Page;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** {@code /nodes}: the nodes of the site, by name. */
@Controller
class NodeListPage {
    private static final int PAGE_SIZE = 100;

    private final Nodes nodes;

    NodeListPage(Nodes nodes) {
        this.nodes = nodes;
    }

    @GetMapping("/nodes")
    String list(@RequestParam(defaultValue = "0") int page, Model model) {
        int number = Math.clamp(page, 0, Pages.LAST);
        Page<NodeStatus> found = nodes.page(Paging.of(number, PAGE_SIZE, "name", Nodes.SortKey.class));
        long total = found.getTotalElements();
        model.addAttribute("nodes", found.getContent());
        model.addAttribute("caption", total + (total == 1 ? " node" : " nodes"));
        model.addAttribute("pages", new Pages("/nodes", number, PAGE_SIZE, total));
        return "nodes";
    }
}
