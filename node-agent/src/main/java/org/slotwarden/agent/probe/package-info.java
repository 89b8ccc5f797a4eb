/** One class per source of figures: the kernel's files about processes and about the node. */
@NullMarked
package org.slotwarden.agent.probe;

import org.jspecify.annotations.NullMarked;
