/** How the agent itself is. */
@NullMarked
package org.slotwarden.agent.diagnostics;

import org.jspecify.annotations.NullMarked;
