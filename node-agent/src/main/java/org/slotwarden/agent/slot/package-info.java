/** Job slots: how a hook hands one over, what is known about its job, and which processes are its own. */
@NullMarked
package org.slotwarden.agent.slot;

import org.jspecify.annotations.NullMarked;
