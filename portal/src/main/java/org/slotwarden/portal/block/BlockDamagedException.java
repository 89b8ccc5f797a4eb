package org.slotwarden.portal.block;

/** Bytes are no block, or no longer the block that they were, or of a version that is not known here. */
public final class BlockDamagedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BlockDamagedException(String why) {
        super("A block cannot be read: " + why);
    }
}
