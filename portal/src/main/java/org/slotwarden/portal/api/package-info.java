/**
 * Forms that all of the REST interface shares: pages of a list, time series, problem details (RFC
 * 9457). Knows no feature.
 */
@NullMarked
package org.slotwarden.portal.api;

import org.jspecify.annotations.NullMarked;
