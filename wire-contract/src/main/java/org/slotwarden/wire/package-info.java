/** What node agents, other reporters and the portal say to each other, and its limits. */
@NullMarked
package org.slotwarden.wire;

import org.jspecify.annotations.NullMarked;
