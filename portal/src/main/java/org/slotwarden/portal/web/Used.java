package org.slotwarden.portal.web;

import org.jspecify.annotations.Nullable;

/**
 * What is used beside what was asked for.
 *
 * @param limit whether reaching what was asked for ends the job
 */
record Used(
        String what,
        String text,
        @Nullable Number used,
        @Nullable Number asked,
        boolean limit) {}
