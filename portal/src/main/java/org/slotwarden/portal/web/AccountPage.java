package org.slotwarden.portal.web;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.notice.ChannelRefused;
import org.slotwarden.portal.notice.OwnerAddresses;
import org.slotwarden.portal.user.AccountException;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /account}: one's own API tokens and password; for admins all accounts as well. */
@Controller
class AccountPage {
    private static final int PAGE_SIZE = 50;
    private static final int LONGEST_LABEL = 100;
    private static final int LONGEST_VALIDITY_DAYS = 3650;

    private final ApiTokens tokens;
    private final Accounts accounts;
    private final OwnerAddresses addresses;
    private final Clock clock;

    AccountPage(ApiTokens tokens, Accounts accounts, OwnerAddresses addresses, Clock clock) {
        this.tokens = tokens;
        this.accounts = accounts;
        this.addresses = addresses;
        this.clock = clock;
    }

    @GetMapping("/account")
    String show(@RequestParam(defaultValue = "0") int page, Viewer viewer, Model model, HttpServletResponse answer) {
        // May show a token, this once.
        answer.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        model.addAttribute("tokens", tokens.list(viewer.name()));
        model.addAttribute("mail", addresses.of(viewer.name()).orElse(null));
        if (viewer.admin()) {
            int number = Math.clamp(page, 0, Pages.LAST);
            Accounts.Found found = accounts.list(number, PAGE_SIZE);
            model.addAttribute("accounts", found.accounts());
            model.addAttribute("pages", new Pages("/account", number, PAGE_SIZE, found.total()));
        }
        return "account";
    }

    @PostMapping("/account/tokens")
    String makeToken(
            @RequestParam String label, @RequestParam @Nullable Integer days, Viewer viewer, RedirectAttributes to) {
        if (label.isBlank() || label.length() > LONGEST_LABEL) {
            to.addFlashAttribute("refused", "A label has 1 to " + LONGEST_LABEL + " characters.");
            return "redirect:/account";
        }
        Instant expiresAt =
                days == null ? null : clock.instant().plus(Duration.ofDays(Math.clamp(days, 1, LONGEST_VALIDITY_DAYS)));
        try {
            to.addFlashAttribute(
                    "secret",
                    tokens.issue(viewer.name(), label.strip(), expiresAt).token());
            to.addFlashAttribute("secretTitle", "Your new token");
        } catch (AccountException e) {
            to.addFlashAttribute("refused", e.getBody().getDetail());
        }
        return "redirect:/account";
    }

    @PostMapping("/account/tokens/{id}/revoke")
    String revokeToken(@PathVariable long id, Viewer viewer, RedirectAttributes to) {
        boolean revoked = tokens.delete(id, viewer.name());
        to.addFlashAttribute(
                revoked ? "done" : "refused",
                revoked ? "The token opens nothing any more." : "You have no such token.");
        return "redirect:/account";
    }

    @PostMapping("/account/password")
    String changePassword(
            @RequestParam String current, @RequestParam String password, Viewer viewer, RedirectAttributes to) {
        try {
            accounts.changePassword(viewer.name(), current, password);
            to.addFlashAttribute("done", "The password is changed: log in with it.");
        } catch (AccountException e) {
            to.addFlashAttribute("refused", e.getBody().getDetail());
        }
        return "redirect:/account";
    }

    @PostMapping("/account/mail")
    String changeMail(@RequestParam String mail, Viewer viewer, RedirectAttributes to) {
        try {
            addresses.choose(mail, viewer);
            to.addFlashAttribute("done", "The address is saved.");
        } catch (ChannelRefused e) {
            to.addFlashAttribute("refused", "This is no mail address.");
        }
        return "redirect:/account";
    }
}
