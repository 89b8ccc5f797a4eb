@NullMarked
package org.slotwarden.portal.ingest;

import org.jspecify.annotations.NullMarked;
