package org.slotwarden.agent.order;

/** Which orders are carried out on this node: the site's choice, key {@code orders} of agent.conf. */
public enum OrderScope {
    ALL,
    /** All that changes nothing in a job: no kill, nothing through the batch system. */
    LOOK,
    OFF
}
