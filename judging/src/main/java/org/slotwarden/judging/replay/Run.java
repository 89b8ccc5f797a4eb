package org.slotwarden.judging.replay;

import org.slotwarden.judging.JobFacts;
import org.slotwarden.judging.rule.JobNames;

/**
 * A recorded job, as {@code jobs.csv} tells of it.
 *
 * @param array the array that it belongs to, empty when it belongs to none
 */
record Run(String id, JobFacts facts, JobNames names, String array) {}
