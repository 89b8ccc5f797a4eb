@NullMarked
package org.slotwarden.storagewatch;

import org.jspecify.annotations.NullMarked;
