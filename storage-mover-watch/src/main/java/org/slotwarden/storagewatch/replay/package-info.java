/** A storage system that is a recording: for the demo and for tests. */
@NullMarked
package org.slotwarden.storagewatch.replay;

import org.jspecify.annotations.NullMarked;
