@NullMarked
package org.slotwarden.portal.database;

import org.jspecify.annotations.NullMarked;
