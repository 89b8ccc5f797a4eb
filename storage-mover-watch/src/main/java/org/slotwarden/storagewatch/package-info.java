/** The storage watch: looks at a storage system and tells the portal who holds which of its movers. */
@NullMarked
package org.slotwarden.storagewatch;

import org.jspecify.annotations.NullMarked;
