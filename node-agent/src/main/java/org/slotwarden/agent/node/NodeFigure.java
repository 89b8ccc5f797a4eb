package org.slotwarden.agent.node;

import org.slotwarden.wire.v1.NodeSample;

/** A source of figures of the node that knows them at once: both methods return without waiting for anything. */
public interface NodeFigure {

    /** A sample will be taken in some milliseconds: a good moment to begin what is read aside. */
    default void prepare() {}

    /** Adds what is known; what is not stays absent. */
    void into(NodeSample.Builder sample);
}
