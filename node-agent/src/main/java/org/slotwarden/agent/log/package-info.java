/** Log lines to standard error, behind SLF4J: bound and written without what costs time at the start. */
@NullMarked
package org.slotwarden.agent.log;

import org.jspecify.annotations.NullMarked;
