/** What a job is doing at the moment in which the portal asks: processes, open files, other ends of sockets, output. */
@NullMarked
package org.slotwarden.agent.evidence;

import org.jspecify.annotations.NullMarked;
