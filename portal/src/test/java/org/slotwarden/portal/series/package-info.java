@NullMarked
package org.slotwarden.portal.series;

import org.jspecify.annotations.NullMarked;
