package org.slotwarden.portal.web;

import org.jspecify.annotations.Nullable;

/**
 * A line of a list of facts.
 *
 * @param link address within the portal that says more
 */
record Fact(String what, String text, @Nullable String link) {}
