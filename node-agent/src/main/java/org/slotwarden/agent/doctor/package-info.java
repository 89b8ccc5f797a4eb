/** Says what of the agent works on a node, and what does not. */
@NullMarked
package org.slotwarden.agent.doctor;

import org.jspecify.annotations.NullMarked;
