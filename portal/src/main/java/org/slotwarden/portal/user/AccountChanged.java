package org.slotwarden.portal.user;

/**
 * Somebody's password was set or the account was switched on or off: who is logged in by what was
 * valid before, has to log in again.
 */
public record AccountChanged(String name) {}
