@NullMarked
package org.slotwarden.portal.node;

import org.jspecify.annotations.NullMarked;
