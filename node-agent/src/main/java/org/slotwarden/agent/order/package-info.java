/** Orders of the portal to jobs of this node: checked, carried out once, and what became of them told. */
@NullMarked
package org.slotwarden.agent.order;

import org.jspecify.annotations.NullMarked;
