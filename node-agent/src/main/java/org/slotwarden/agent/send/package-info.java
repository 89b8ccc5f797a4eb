/** What keeps reports until the portal has them, and what brings them there. */
@NullMarked
package org.slotwarden.agent.send;

import org.jspecify.annotations.NullMarked;
