/** Records a run of a command as figures in a file, taken by the probes that look at jobs (docs/record.md). */
@NullMarked
package org.slotwarden.agent.record;

import org.jspecify.annotations.NullMarked;
