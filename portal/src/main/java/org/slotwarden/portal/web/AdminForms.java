package org.slotwarden.portal.web;

import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.AccountException;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.Role;
import org.slotwarden.portal.user.Viewer;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The forms of {@code /account} that only admins see: accounts, and tokens of nodes. */
@Controller
class AdminForms {
    private final Accounts accounts;
    private final NodeTokens nodeTokens;

    AdminForms(Accounts accounts, NodeTokens nodeTokens) {
        this.accounts = accounts;
        this.nodeTokens = nodeTokens;
    }

    @PostMapping("/account/accounts")
    String makeAccount(
            @RequestParam String name,
            @RequestParam String password,
            @RequestParam Role role,
            Viewer viewer,
            RedirectAttributes to) {
        demandAdmin(viewer);
        try {
            accounts.create(name, password, role);
            to.addFlashAttribute("done", "The account is made.");
        } catch (AccountException e) {
            to.addFlashAttribute("refused", e.getBody().getDetail());
        }
        return "redirect:/account";
    }

    @PostMapping("/account/accounts/state")
    String setEnabled(@RequestParam String name, @RequestParam boolean enabled, Viewer viewer, RedirectAttributes to) {
        demandAdmin(viewer);
        try {
            boolean found = accounts.setEnabled(name, enabled);
            to.addFlashAttribute(
                    found ? "done" : "refused",
                    found
                            ? (enabled ? "The account may log in." : "The account is disabled.")
                            : "There is no such account.");
        } catch (AccountException e) {
            to.addFlashAttribute("refused", e.getBody().getDetail());
        }
        return "redirect:/account";
    }

    @PostMapping("/account/node-tokens")
    String issueNodeToken(@RequestParam String node, Viewer viewer, RedirectAttributes to) {
        demandAdmin(viewer);
        if (NodeTokens.mayBeName(node)) {
            to.addFlashAttribute("secret", nodeTokens.issue(node));
            to.addFlashAttribute("secretTitle", "Token of the node " + node);
        } else {
            to.addFlashAttribute(
                    "refused", "A node is called by 1 to 255 letters, digits, dots, hyphens or underscores.");
        }
        return "redirect:/account";
    }

    private static void demandAdmin(Viewer viewer) {
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins do this");
        }
    }
}
