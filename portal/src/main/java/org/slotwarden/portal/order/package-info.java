/** The way back to the job: orders to agents, signed, told at once, carried out once, with what became of them. */
@NullMarked
package org.slotwarden.portal.order;

import org.jspecify.annotations.NullMarked;
