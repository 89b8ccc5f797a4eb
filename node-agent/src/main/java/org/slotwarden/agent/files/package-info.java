/**
 * Files and directories of jobs: how large they are, and what a job says of its progress. All of it
 * belongs to users and may lie on a mount that hangs, so nothing here runs on the thread that samples.
 */
@NullMarked
package org.slotwarden.agent.files;

import org.jspecify.annotations.NullMarked;
