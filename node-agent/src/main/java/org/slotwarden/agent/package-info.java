/** The process on a node that samples job slots and reports them to the portal. */
@NullMarked
package org.slotwarden.agent;

import org.jspecify.annotations.NullMarked;
