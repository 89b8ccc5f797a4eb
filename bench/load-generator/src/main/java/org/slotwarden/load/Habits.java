package org.slotwarden.load;

/**
 * How the nodes of a site send.
 *
 * @param gzipLevel 0: without; agents have 6
 * @param reconnect a new connection for each request, as agents have that report every 30 s
 * @param twiceShare of batches that are sent again although they were acknowledged
 * @param lateShare of nodes that are without the portal for {@code lateSteps} and tell all of it afterwards
 * @param samplesPerSecond of all nodes together; 0: as many as the portal takes
 * @param stepsAtOnce in a batch; more than one: as agents tell what waited in their spools, and nobody is late
 */
record Habits(
        int gzipLevel,
        boolean reconnect,
        double twiceShare,
        double lateShare,
        int lateSteps,
        double samplesPerSecond,
        int stepsAtOnce) {

    /** Of a node that is late: the step with which it is without the portal, and of which it tells only later. */
    int awayFrom(Site site, int node) {
        return 1 + (int) Hash.below(Hash.of(site.seed() + 1, node), Math.max(1, lateSteps));
    }

    boolean late(Site site, int node) {
        return lateSteps > 0 && stepsAtOnce == 1 && Hash.happens(Hash.of(site.seed() + 2, node), lateShare);
    }

    boolean twice(Site site, int node, int step) {
        return twiceShare > 0 && Hash.happens(Hash.of(Hash.of(site.seed() + 3, node), step), twiceShare);
    }
}
