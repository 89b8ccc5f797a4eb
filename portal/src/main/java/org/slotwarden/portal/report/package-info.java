/** What users, groups, queues and accounts have used, over any stretch of time. */
@NullMarked
package org.slotwarden.portal.report;

import org.jspecify.annotations.NullMarked;
