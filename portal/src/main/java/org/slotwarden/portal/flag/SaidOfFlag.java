package org.slotwarden.portal.flag;

/** An admin has acknowledged a flag, or said whether it was right: published in the transaction that stores it. */
public record SaidOfFlag(long flagId) {}
