/**
 * Storage systems as their watches tell of them, and which job holds which mover. What others use:
 *
 * <ul>
 *   <li>pages: {@link StorageQueries} (systems, pools, queues with their past, movers, holders, alarms), {@link
 *       MoverReleases} (end one mover), {@link StorageWatches} (tokens of watches)
 *   <li>ingest of agents: {@link SlotConnections#take} (connections that an agent told), {@link StorageHosts} (addresses
 *       that agents look for), {@link MoverCounts} (movers of a slot), {@link NodeAddresses#heard} (address of an agent)
 *   <li>removal of a job: {@link JobMovers}
 * </ul>
 */
@NullMarked
package org.slotwarden.portal.storage;

import org.jspecify.annotations.NullMarked;
