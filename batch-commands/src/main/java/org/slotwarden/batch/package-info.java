/**
 * Says to a batch system, by its own commands, what is to become of a job. The same in the portal and in the agent.
 * Never a shell: programs get lists of arguments, and what stands in them was checked.
 */
@NullMarked
package org.slotwarden.batch;

import org.jspecify.annotations.NullMarked;
