package org.slotwarden.portal.rule;

/** Other rules are live than before. */
public record LiveRulesChanged() {}
