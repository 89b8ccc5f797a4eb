/** Jobs and their slots: what the batch system said, how they live and end, and who may see them. */
@NullMarked
package org.slotwarden.portal.job;

import org.jspecify.annotations.NullMarked;
