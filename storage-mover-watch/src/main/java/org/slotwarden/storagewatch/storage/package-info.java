/** The seam to a storage system: who holds what where, in the words of the wire contract. dCache is behind it. */
@NullMarked
package org.slotwarden.storagewatch.storage;

import org.jspecify.annotations.NullMarked;
