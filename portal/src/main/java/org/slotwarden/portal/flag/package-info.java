/** Judges running jobs sample by sample, and keeps the flags raised on them, each with its evidence. */
@NullMarked
package org.slotwarden.portal.flag;

import org.jspecify.annotations.NullMarked;
