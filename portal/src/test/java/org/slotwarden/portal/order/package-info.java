@NullMarked
package org.slotwarden.portal.order;

import org.jspecify.annotations.NullMarked;
