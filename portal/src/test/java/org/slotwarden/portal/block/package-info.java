@NullMarked
package org.slotwarden.portal.block;

import org.jspecify.annotations.NullMarked;
