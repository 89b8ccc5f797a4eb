/**
 * What people are to be told of jobs: kept, shown on the job's page, and sent by the channels that admins set up, in
 * digests, with retries that outlive the portal.
 */
@NullMarked
package org.slotwarden.portal.notice;

import org.jspecify.annotations.NullMarked;
