@NullMarked
package org.slotwarden.portal.flag;

import org.jspecify.annotations.NullMarked;
