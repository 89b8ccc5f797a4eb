@NullMarked
package org.slotwarden.portal.audit;

import org.jspecify.annotations.NullMarked;
