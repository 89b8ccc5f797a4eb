/** Speaks the wire contract as a whole site of nodes, and audits what a portal has stored of it. */
@NullMarked
package org.slotwarden.load;

import org.jspecify.annotations.NullMarked;
