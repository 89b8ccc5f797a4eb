package org.slotwarden.portal.policy;

import java.time.Instant;

/**
 * One wording of a policy; never changed.
 *
 * @param id unique among the versions of all policies
 * @param version 1, 2, 3, ... of this policy
 * @param backtested whether it was shown what this version would have done in a week or more until now, without which
 *     it cannot act
 */
public record PolicyVersion(
        long id, long policyId, int version, PolicyTerms terms, String savedBy, Instant savedAt, boolean backtested) {}
