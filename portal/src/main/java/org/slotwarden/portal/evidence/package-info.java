/** What a job was doing when a flag was raised: asks the agents for it, keeps it, and shows it to whom it concerns. */
@NullMarked
package org.slotwarden.portal.evidence;

import org.jspecify.annotations.NullMarked;
