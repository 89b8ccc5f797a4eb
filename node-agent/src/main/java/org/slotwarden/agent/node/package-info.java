/** The figures of the node as a whole: one class per source. What hangs or takes long is read aside from the sampling thread. */
@NullMarked
package org.slotwarden.agent.node;

import org.jspecify.annotations.NullMarked;
