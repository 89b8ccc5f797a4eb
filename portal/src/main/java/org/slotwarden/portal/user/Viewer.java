package org.slotwarden.portal.user;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;

/**
 * Who is looking. Controllers take it as a parameter.
 *
 * @param name name of the account, which is also the name of a batch user
 * @param admin whether everything may be seen
 */
public record Viewer(String name, boolean admin) {

    public static Viewer of(Authentication authentication) {
        boolean admin = authentication.getAuthorities().stream()
                .anyMatch(authority -> "ROLE_ADMIN".equals(authority.getAuthority()));
        return new Viewer(authentication.getName(), admin);
    }

    /**
     * Whether what belongs to this batch user may be seen.
     *
     * @param owner null: nobody knows whose it is, and only admins see it
     */
    public boolean maySee(@Nullable String owner) {
        return admin || Objects.equals(name, owner);
    }
}
