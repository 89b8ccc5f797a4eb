package org.slotwarden.portal.user;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Future;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.NotFoundException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** One's own API tokens. */
@RestController
@RequestMapping("/api/v1/tokens")
class TokenController {

    private final ApiTokens tokens;

    TokenController(ApiTokens tokens) {
        this.tokens = tokens;
    }

    /** A token to be made; {@code expiresAt} absent: it does not expire. */
    record NewToken(
            @NotBlank @Size(max = 100) String label,
            @Future @Nullable Instant expiresAt) {}

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ApiTokens.Issued issue(@Valid @RequestBody NewToken wanted, Viewer viewer) {
        return tokens.issue(viewer.name(), wanted.label(), wanted.expiresAt());
    }

    @GetMapping
    List<ApiTokens.Listed> list(Viewer viewer) {
        return tokens.list(viewer.name());
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable long id, Viewer viewer) {
        if (!tokens.delete(id, viewer.name())) {
            throw new NotFoundException("You have no such token");
        }
    }
}
