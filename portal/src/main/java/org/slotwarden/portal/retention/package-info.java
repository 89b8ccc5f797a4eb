/** What is kept for how long: makes blocks of rows, takes away what is old, and says how much room all of it takes. */
@NullMarked
package org.slotwarden.portal.retention;

import org.jspecify.annotations.NullMarked;
