@NullMarked
package org.slotwarden.portal.storage;

import org.jspecify.annotations.NullMarked;
