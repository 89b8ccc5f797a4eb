package org.slotwarden.storagewatch.dcache;

/** What makes a mover this one: ids start again with their pool. */
record MoverKey(String pool, long id, long submittedMs) {}
