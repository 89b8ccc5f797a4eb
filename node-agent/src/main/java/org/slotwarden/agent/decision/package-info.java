/**
 * Decides what becomes of a sample: reported, or held back in memory and released when something happens
 * near it. Little data as long as nothing happens, much when it does (seed B8).
 */
@NullMarked
package org.slotwarden.agent.decision;

import org.jspecify.annotations.NullMarked;
