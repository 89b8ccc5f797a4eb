package org.slotwarden.storagewatch.dcache;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.slotwarden.storagewatch.http.PlainText;

/**
 * As whom dCache sees us: {@code /api/v1/user}.
 *
 * @param authenticated it knows us
 * @param name empty: it tells none
 * @param roles those that it gave
 */
record Account(boolean authenticated, String name, List<String> roles) {

    static Account read(InputStream in) throws IOException {
        boolean[] authenticated = new boolean[1];
        String[] name = {""};
        List<String> roles = new ArrayList<>();
        Json.read(
                in,
                document -> Json.fields(document, (field, value) -> {
                    switch (field) {
                        case "status" -> authenticated[0] = "AUTHENTICATED".equals(Json.text(value));
                        case "username" -> {
                            String text = Json.text(value);
                            name[0] = text == null ? "" : PlainText.line(text, 100);
                        }
                        case "roles" ->
                            Json.elements(value, each -> {
                                String role = Json.text(each);
                                if (role != null && roles.size() < 100) {
                                    roles.add(role);
                                }
                            });
                        default -> {}
                    }
                }));
        return new Account(authenticated[0], name[0], List.copyOf(roles));
    }

    boolean admin() {
        return roles.contains("admin");
    }

    /** What is missing, for people. */
    String complaint() {
        if (!authenticated) {
            return "dCache takes us for an anonymous user, who sees no movers of others: it needs a login in dcache.user"
                    + " and dcache.password_file, dcache.token_file or dcache.client_certificate_file";
        }
        return "dCache gives " + (name.isEmpty() ? "this account" : name)
                + " no admin role, so it would tell only this account's own transfers: give the account the role in"
                + " gPlazma (docs/storage-mover-watch.md)";
    }
}
