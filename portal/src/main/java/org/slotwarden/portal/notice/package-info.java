/** What people are to be told of jobs: kept until it is sent, and shown on the job's page. */
@NullMarked
package org.slotwarden.portal.notice;

import org.jspecify.annotations.NullMarked;
