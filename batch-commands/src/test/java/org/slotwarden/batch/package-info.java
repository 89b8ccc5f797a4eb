@NullMarked
package org.slotwarden.batch;

import org.jspecify.annotations.NullMarked;
