package org.slotwarden.portal.flag;

import org.jspecify.annotations.Nullable;

/**
 * What a detector found.
 *
 * @param slotId the slot it is about, null for the whole job
 */
record Finding(@Nullable Long slotId, Severity severity, String sentence, Evidence evidence) {}
