@NullMarked
package org.slotwarden.judging;

import org.jspecify.annotations.NullMarked;
