@NullMarked
package org.slotwarden.wire;

import org.jspecify.annotations.NullMarked;
