package org.slotwarden.agent.decision;

import java.util.Set;

/**
 * An opinion on what becomes of a slot's samples. Every slot has triggers of its own, asked in the order
 * of their priorities by one thread; the first that has a verdict on a sample decides, releases add up.
 */
public interface Trigger {

    /** The smaller, the earlier it is asked. */
    int priority();

    /** What it wants to be told of. */
    Set<SlotEvent.Type> events();

    Opinion decide(SlotEvent event);
}
