package org.slotwarden.portal.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.slotwarden.portal.user.Viewer;

/**
 * Who did something.
 *
 * @param name of the account or of the policy
 */
public record Actor(Kind kind, String name) {

    /** Nobody in particular: an order expired, a job ended. */
    public static final Actor PORTAL = new Actor(Kind.PORTAL, "portal");

    public enum Kind {
        USER,
        ADMIN,
        POLICY,
        /** An agent, which tells of an outcome. */
        NODE,
        PORTAL;

        /** As in REST. */
        @JsonValue
        public String kindName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Actor of(Viewer viewer) {
        return new Actor(viewer.admin() ? Kind.ADMIN : Kind.USER, viewer.name());
    }

    public static Actor policy(String name) {
        return new Actor(Kind.POLICY, name);
    }

    public static Actor node(String name) {
        return new Actor(Kind.NODE, name);
    }

    public boolean policy() {
        return kind == Kind.POLICY;
    }

    /** For people and agents: "anna", "policy leaks". */
    public String words() {
        return kind == Kind.POLICY || kind == Kind.NODE ? kind.kindName() + " " + name : name;
    }
}
