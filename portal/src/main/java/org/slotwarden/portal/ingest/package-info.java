/** Takes the reports of the agents: checks them, has them stored in one transaction, and answers. */
@NullMarked
package org.slotwarden.portal.ingest;

import org.jspecify.annotations.NullMarked;
