@NullMarked
package org.slotwarden.portal.note;

import org.jspecify.annotations.NullMarked;
