@NullMarked
package org.slotwarden.portal.retention;

import org.jspecify.annotations.NullMarked;
