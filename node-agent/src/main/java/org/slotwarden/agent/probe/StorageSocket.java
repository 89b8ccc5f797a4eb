package org.slotwarden.agent.probe;

/**
 * A TCP socket of a job's, connected to a host of the site's storage.
 *
 * @param inode by which the kernel tells sockets apart
 * @param storage the other end
 * @param local the job's end
 * @param pid of one process that holds it: the first in the order of samples, where parents come before children
 * @param startTicks with the pid it tells processes apart
 */
public record StorageSocket(
        long inode, IpAddress storage, int storagePort, IpAddress local, int localPort, int pid, long startTicks) {}
