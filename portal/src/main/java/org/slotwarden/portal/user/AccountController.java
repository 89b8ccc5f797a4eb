package org.slotwarden.portal.user;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.api.PageOf;
import org.slotwarden.portal.api.Paging;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** All accounts, for admins (who may come here is said in the security module). */
@RestController
@RequestMapping("/api/v1/accounts")
class AccountController {

    private final Accounts accounts;

    AccountController(Accounts accounts) {
        this.accounts = accounts;
    }

    record NewAccount(
            @NotNull
            @Pattern(
                    regexp = "[^\\p{Cntrl}/]{1,64}",
                    message = "must be 1 to 64 characters, no control characters, no slash")
            String name,

            @NotNull @Size(min = Accounts.SHORTEST_PASSWORD, max = Accounts.LONGEST_PASSWORD_BYTES)
            String password,

            @NotNull Role role) {}

    record NewPassword(
            @NotNull @Size(min = Accounts.SHORTEST_PASSWORD, max = Accounts.LONGEST_PASSWORD_BYTES)
            String password) {}

    record AccountView(String name, Role role, boolean enabled, Instant createdAt) {}

    private enum SortKey {
        NAME,
        CREATED_AT
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    void create(@Valid @RequestBody NewAccount wanted) {
        accounts.create(wanted.name(), wanted.password(), wanted.role());
    }

    @GetMapping
    PageOf<AccountView> list(
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            @RequestParam(defaultValue = "name") String sort) {
        return PageOf.of(
                accounts.page(Paging.of(page, size, sort, SortKey.class)),
                account -> new AccountView(account.name(), account.role(), account.enabled(), account.createdAt()));
    }

    @PostMapping("/{name}/enable")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void enable(@PathVariable String name) {
        found(accounts.setEnabled(name, true));
    }

    @PostMapping("/{name}/disable")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void disable(@PathVariable String name) {
        found(accounts.setEnabled(name, false));
    }

    @PutMapping("/{name}/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void setPassword(@PathVariable String name, @Valid @RequestBody NewPassword wanted) {
        found(accounts.setPassword(name, wanted.password()));
    }

    private static void found(boolean found) {
        if (!found) {
            throw new NotFoundException("There is no such account");
        }
    }
}
