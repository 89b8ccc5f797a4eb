@NullMarked
package org.slotwarden.portal;

import org.jspecify.annotations.NullMarked;
