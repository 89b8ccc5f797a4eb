/** The portal: one application of feature modules, each with a small public face. */
@NullMarked
package org.slotwarden.portal;

import org.jspecify.annotations.NullMarked;
