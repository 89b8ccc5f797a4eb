package org.slotwarden.portal.policy;

/** A version that is followed now, acting or in dry run. */
record Running(long policyId, String name, long versionId, int version, boolean dryRun, PolicyTerms terms) {}
