/** What admins note about jobs: kept as long as the job's record, never changed. */
@NullMarked
package org.slotwarden.portal.note;

import org.jspecify.annotations.NullMarked;
