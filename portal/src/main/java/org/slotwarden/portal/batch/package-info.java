/** How this site's batch systems are told what is to become of a job: by this host, by agents, or not at all. */
@NullMarked
package org.slotwarden.portal.batch;

import org.jspecify.annotations.NullMarked;
