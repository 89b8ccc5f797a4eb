@NullMarked
package org.slotwarden.portal.rule;

import org.jspecify.annotations.NullMarked;
