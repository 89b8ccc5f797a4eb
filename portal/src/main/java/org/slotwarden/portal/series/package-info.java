/** Samples of jobs over time: storing them durably and reading them back as series. */
@NullMarked
package org.slotwarden.portal.series;

import org.jspecify.annotations.NullMarked;
