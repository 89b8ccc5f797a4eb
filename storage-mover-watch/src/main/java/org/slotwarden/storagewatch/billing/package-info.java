/** Records of movers that have ended, from dCache's billing: a file, a folder of daily files, or a pipe. */
@NullMarked
package org.slotwarden.storagewatch.billing;

import org.jspecify.annotations.NullMarked;
