package org.slotwarden.portal.user;

/** What an account may do: see its own jobs, or everything. */
public enum Role {
    USER,
    ADMIN
}
