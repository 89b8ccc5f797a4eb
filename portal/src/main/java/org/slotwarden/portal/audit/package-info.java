/** Who did what, why and with what outcome: rows that are only added, each bound to the one before it. */
@NullMarked
package org.slotwarden.portal.audit;

import org.jspecify.annotations.NullMarked;
