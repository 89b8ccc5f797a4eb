/** Requests to other servers, with bounds of time and size and trust in a site's own certificates. */
@NullMarked
package org.slotwarden.storagewatch.http;

import org.jspecify.annotations.NullMarked;
