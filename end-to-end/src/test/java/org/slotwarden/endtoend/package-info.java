/** A real batch system, the installed hooks and agent, the portal as it is shipped, a browser. */
@NullMarked
package org.slotwarden.endtoend;

import org.jspecify.annotations.NullMarked;
