package org.slotwarden.portal.job;

import java.util.Collection;

/**
 * What one node tells of its slots.
 *
 * @param node its name, as the batch system spells it
 * @param news of any number of slots, any number of times each
 */
public record NodeNews(long nodeId, String node, Collection<SlotNews> news) {}
