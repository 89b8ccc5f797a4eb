package org.slotwarden.portal.web;

import java.util.List;

/** Charts that answer one question, under one heading. */
record ChartGroup(String id, String title, List<Chart> charts) {}
