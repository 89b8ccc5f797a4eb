/** What brings reports to the portal and carries out its orders. */
@NullMarked
package org.slotwarden.storagewatch.send;

import org.jspecify.annotations.NullMarked;
