@NullMarked
package org.slotwarden.load;

import org.jspecify.annotations.NullMarked;
