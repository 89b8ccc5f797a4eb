package org.slotwarden.portal.web;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slotwarden.portal.api.Paging;
import org.slotwarden.portal.node.AgentProcesses;
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

    private static final Map<String, String> ORDERS = orders();

    private final Nodes nodes;
    private final AgentProcesses agents;

    NodeListPage(Nodes nodes, AgentProcesses agents) {
        this.nodes = nodes;
        this.agents = agents;
    }

    private static Map<String, String> orders() {
        Map<String, String> orders = new LinkedHashMap<>();
        orders.put("name", "name");
        orders.put("last_report_at", "longest silent");
        orders.put("-agent_lag_seconds", "greatest lag");
        orders.put("-agent_errors", "most errors");
        orders.put("-agent_samples_given_up", "most samples given up");
        orders.put("-agent_memory_bytes", "most memory of the agent");
        return orders;
    }

    @GetMapping("/nodes")
    String list(
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(name = "sort", defaultValue = "name") String wanted,
            Model model) {
        int number = Math.clamp(page, 0, Pages.LAST);
        String sort = ORDERS.containsKey(wanted) ? wanted : "name";
        Page<NodeStatus> found = nodes.page(Paging.of(number, PAGE_SIZE, sort, Nodes.SortKey.class));
        model.addAttribute("orders", ORDERS);
        model.addAttribute("sort", sort);
        model.addAttribute("site", agents.site());
        long total = found.getTotalElements();
        model.addAttribute("nodes", found.getContent());
        model.addAttribute("caption", total + (total == 1 ? " node" : " nodes"));
        model.addAttribute("pages", new Pages("/nodes?sort=" + sort, number, PAGE_SIZE, total));
        return "nodes";
    }
}
