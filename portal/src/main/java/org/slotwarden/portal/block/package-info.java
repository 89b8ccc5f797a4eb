/** Blocks: tables of numbers over time in as few bytes as they can be brought to without loss. */
@NullMarked
package org.slotwarden.portal.block;

import org.jspecify.annotations.NullMarked;
